// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy
import SystemIO

/// One line of /sys/kernel/security/clip/entries: `key=value` words.
package struct LiveEntry: Equatable, Sendable {
    package var context = ContextID.own
    /// `major:minor`
    package var device = ""
    package var inode: UInt64 = 0
    package var generation: UInt64 = 0
    package var flags = EntryFlags(rawValue: 0)
    package var effective = CapabilitySet(rawValue: 0)
    package var permitted = CapabilitySet(rawValue: 0)
    package var inheritable = CapabilitySet(rawValue: 0)
    package var privileges = Privileges(rawValue: 0)
    /// `CLIP_ALGO_*`
    package var algorithm: UInt16 = 0
    package var digest: [UInt8] = []
    /// Of an allow digest.
    package var fileSize: FileSize?
    /// nil if the kernel keeps no names.
    package var path: BytePath?
    package var origin = RuleOrigin.unknown

    /// The entry as a rule; nil without a path, or with an algorithm that this
    /// tool does not know, because no rule can express it.
    package var rule: Rule? {
        guard let path, let algorithm = DigestAlgorithm(rawValue: algorithm), digest.count == algorithm.size else {
            return nil
        }
        return Rule(
            path: path, context: context, flags: flags, effective: effective, permitted: permitted,
            inheritable: inheritable, privileges: privileges, algorithm: algorithm, digest: digest, origin: origin)
    }
}

extension LiveEntry {
    /// Whether the file that `path` names now is the file of the entry. False
    /// if it cannot be examined.
    package func isNamed(by path: BytePath) -> Bool {
        guard let identity = try? Files.status(path).identity else { return false }
        return identity.inode == inode && identity.deviceText == device
    }
}

/// A line of the kernel's list that this tool cannot read.
package struct EntriesError: Error, Equatable, CustomStringConvertible {
    package let line: Int
    package let key: String

    package var description: String { "line \(line): \(key.isEmpty ? "not key=value words" : "bad value of \(key)")" }
}

package enum EntriesFile {
    /// All entries, in the kernel's order.
    package static func parse(_ text: [UInt8]) throws(EntriesError) -> [LiveEntry] {
        try text.withUnsafeBufferPointer { text throws(EntriesError) in
            var entries: [LiveEntry] = []
            var last = LiveEntry()
            var start = 0
            while start < text.count {
                let end = ByteScan.first(ASCII.newline, in: text, from: start) ?? text.count
                if end > start {
                    last = try EntryReader(text: text, number: entries.count + 1).entry(start..<end, after: last)
                    entries.append(last)
                }
                start = end + 1
            }
            return entries
        }
    }

    static func entry(_ line: ArraySlice<UInt8>, number: Int) throws(EntriesError) -> LiveEntry {
        try line.withUnsafeBufferPointer { line throws(EntriesError) in
            try EntryReader(text: line, number: number).entry(line.indices, after: LiveEntry())
        }
    }
}

/// Reads the words of a line where they are: a list may have a million lines.
struct EntryReader {
    let text: UnsafeBufferPointer<UInt8>
    /// Of the line, for an error.
    let number: Int

    /// `last` is the entry of an earlier line, which shares what is the same in both.
    func entry(_ line: Range<Int>, after last: LiveEntry) throws(EntriesError) -> LiveEntry {
        var entry = LiveEntry()
        var start = line.lowerBound
        while start < line.upperBound {
            var end = start
            var equals: Int?
            while end < line.upperBound, text[end] != ASCII.space {
                if equals == nil, text[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            defer { start = end + 1 }
            if end == start { continue }
            guard let equals else { throw EntriesError(line: number, key: "") }
            let key = start..<equals
            guard set(key, (equals + 1)..<end, in: &entry, last) else {
                throw EntriesError(line: number, key: DisplayText.of(text[key]))
            }
        }
        return entry
    }

    private func isWord(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count where text[range.lowerBound + offset] != word.utf8Start[offset] { return false }
        return true
    }

    /// Whether the word was accepted. Unknown keys, of a newer kernel, are ignored.
    private func set(_ key: Range<Int>, _ value: Range<Int>, in entry: inout LiveEntry, _ last: LiveEntry) -> Bool {
        switch key.count {
        case 3 where isWord(key, "dev"): entry.device = device(value, last.device)
        case 4 where isWord(key, "path"):
            guard let bytes = escaped(value) else { return false }
            entry.path = isWord(value, "-") ? nil : BytePath(bytes)
        case 4 where isWord(key, "size"): return number(value) { entry.fileSize = FileSize($0) }
        case 4 where isWord(key, "line"): return number(value) { entry.origin.line = UInt32(truncatingIfNeeded: $0) }
        case 5 where isWord(key, "inode"): return number(value) { entry.inode = $0 }
        case 5 where isWord(key, "flags"):
            return number(value) { entry.flags = EntryFlags(rawValue: UInt32(truncatingIfNeeded: $0)) }
        case 6 where isWord(key, "digest"):
            guard let digest = digest(value) else { return false }
            entry.digest = digest
        case 6 where isWord(key, "source"):
            guard let bytes = source(value, last.origin.source) else { return false }
            entry.origin.source = bytes
        case 7 where isWord(key, "context"):
            return number(value) { entry.context = ContextID(UInt32(truncatingIfNeeded: $0)) }
        case 9 where isWord(key, "effective"): return number(value) { entry.effective = CapabilitySet(rawValue: $0) }
        case 9 where isWord(key, "permitted"): return number(value) { entry.permitted = CapabilitySet(rawValue: $0) }
        case 9 where isWord(key, "algorithm"):
            return number(value) { entry.algorithm = UInt16(truncatingIfNeeded: $0) }
        case 10 where isWord(key, "generation"): return number(value) { entry.generation = $0 }
        case 10 where isWord(key, "privileges"): return number(value) { entry.privileges = Privileges(rawValue: $0) }
        case 11 where isWord(key, "inheritable"):
            return number(value) { entry.inheritable = CapabilitySet(rawValue: $0) }
        default: break
        }
        return true
    }

    // MARK: Values

    private func number(_ value: Range<Int>, _ set: (UInt64) -> Void) -> Bool {
        guard let number = plainNumber(value) ?? KernelStatus.number(Array(text[value])[...]) else { return false }
        set(number)
        return true
    }

    /// A number in its usual form, which is not too large for certain.
    private func plainNumber(_ value: Range<Int>) -> UInt64? {
        guard !value.isEmpty, value.count <= 18 else { return nil }
        var number: UInt64 = 0
        if value.count > 2, text[value.lowerBound] == ASCII.zero, text[value.lowerBound + 1] == UInt8(ascii: "x") {
            for index in value.dropFirst(2) {
                guard let digit = Hex.lowerValue(text[index]) else { return nil }
                number = number << 4 | UInt64(digit)
            }
            return number
        }
        for index in value {
            guard ASCII.isDigit(text[index]) else { return nil }
            number = number * 10 + UInt64(text[index] - ASCII.zero)
        }
        return number
    }

    private func digest(_ value: Range<Int>) -> [UInt8]? {
        guard value.count % 2 == 0 else { return nil }
        var isGood = false
        let bytes = [UInt8](unsafeUninitializedCapacity: value.count / 2) { buffer, count in
            isGood = Hex.decode(UnsafeBufferPointer(rebasing: text[value]), into: buffer)
            count = value.count / 2
        }
        return isGood ? bytes : nil
    }

    private func escaped(_ value: Range<Int>) -> [UInt8]? {
        let bytes = Array(text[value])
        guard bytes.contains(ASCII.backslash) else { return bytes }
        return try? OctalEscape.decode(bytes[...])
    }

    private func source(_ value: Range<Int>, _ last: [UInt8]) -> [UInt8]? {
        let isLast = last.withUnsafeBufferPointer { last in
            last.count == value.count
                && ByteScan.areEqual(text, at: value.lowerBound, last, at: 0, count: value.count)
        }
        // What is written with an escape is longer than what it stands for.
        if isLast, !last.contains(ASCII.backslash) { return last }
        return isWord(value, "-") ? [] : escaped(value)
    }

    private func device(_ value: Range<Int>, _ last: String) -> String {
        last.utf8.elementsEqual(text[value]) ? last : DisplayText.of(text[value])
    }
}
