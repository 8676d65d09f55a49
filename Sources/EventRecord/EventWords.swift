// SPDX-License-Identifier: LGPL-2.1-or-later

import CClip
import Device
import Glibc
import Policy
import SystemIO

/// The words of an event, back to what they stand for.
package enum EventWords {
    static func kind(_ word: String) -> UInt32? {
        (1..<__CLIP_EVENT_MAX.rawValue).first { "\(EventKind($0))" == word }
            ?? numbered(word, prefix: "kind-")
    }

    static func reason(_ word: String) -> Reason? {
        Reason.all.first { $0.description == word } ?? numbered(word, prefix: "reason-").map { Reason($0) }
    }

    static func error(_ word: String) -> UInt32? {
        (1...Int32(133)).first { Errno($0).name == word }.map { UInt32($0) } ?? UInt32(word)
    }

    static func algorithm(_ word: String) -> UInt32? {
        DigestAlgorithm.allCases.first { $0.name == word }.map { UInt32($0.rawValue) }
            ?? numbered(word, prefix: "number")
    }

    /// A line of the kernel's log does not name the algorithm of a digest that was
    /// compared with a rule. The size tells it, except for the sizes of fs-verity.
    static func algorithm(size: Int) -> UInt32? {
        DigestAlgorithm.allCases.first { $0.size == size }.map { UInt32($0.rawValue) }
    }

    static func device(_ text: String) -> (UInt32?, UInt32?)? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let major = UInt32(parts[0]), let minor = UInt32(parts[1]) else { return nil }
        return (major, minor)
    }

    static func capabilities(_ words: [String]) -> CapabilitySet {
        words.reduce(into: []) { set, word in set.formUnion(CapabilitySet(word: word.utf8) ?? []) }
    }

    /// Letters as in a rule, or names joined by commas or bars. The log joins
    /// letters by `+` or `|`.
    static func privileges(_ text: String) -> Privileges {
        let bytes = Array(text.utf8)
        if let (set, _) = try? FieldSyntax.lettersOrNames(bytes[...], as: Privileges.self) { return set }
        let letters = bytes.filter { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "|") }
        return (try? FieldSyntax.lettersOrNames(letters[...], as: Privileges.self).0) ?? []
    }

    /// Nanoseconds since 1970 of a time in the form of RFC 3339, in UTC, with or
    /// without the time of day and a fraction of a second. nil also for a time that
    /// 64 bits cannot hold, from July 2554 on.
    package static func time(_ text: String) -> UInt64? {
        var bytes = Array(text.utf8)
        guard bytes.count >= 10 else { return nil }
        if bytes.last == UInt8(ascii: "Z") { bytes.removeLast() }
        func number(_ range: Range<Int>) -> Int32? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return Int32(String(decoding: bytes[range], as: UTF8.self))
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-")
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
        var nanoseconds: UInt64 = 0
        if bytes.count > 10 {
            guard let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19) else {
                return nil
            }
            (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
            if bytes.count > 20 {
                guard let fraction = number(20..<min(bytes.count, 29)) else { return nil }
                nanoseconds = UInt64(fraction)
                for _ in min(bytes.count, 29)..<29 { nanoseconds *= 10 }
            }
        }
        guard let seconds = UInt64(exactly: timegm(&parts)) else { return nil }
        let (whole, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isFarther) = whole.addingReportingOverflow(nanoseconds)
        return isTooFar || isFarther ? nil : sum
    }

    private static func numbered(_ word: String, prefix: String) -> UInt32? {
        word.hasPrefix(prefix) ? UInt32(word.dropFirst(prefix.count)) : nil
    }
}
