// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// An address of IPv4 or IPv6, and how many of its bits count.
package struct NetworkAddress: Hashable, Sendable {
    /// 4 or 16, in the order of the network.
    package let bytes: [UInt8]
    package let prefix: UInt32

    package init(bytes: [UInt8], prefix: UInt32) {
        self.bytes = bytes
        self.prefix = prefix
    }

    package var isIPv4: Bool { bytes.count == 4 }

    /// Reads `ADDRESS`, `ADDRESS/PREFIX`, or `a.b.c.d/m.m.m.m`.
    package init?(_ text: [UInt8]) {
        let parts = text.split(separator: ASCII.slash, maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first else { return nil }
        guard let bytes = Self.four(first) ?? Self.sixteen(first) else { return nil }
        self.bytes = bytes
        let all = UInt32(bytes.count * 8)
        guard parts.count == 2 else {
            prefix = all
            return
        }
        if bytes.count == 4, let mask = Self.four(parts[1]) {
            guard let length = Self.length(ofMask: mask) else { return nil }
            prefix = length
        } else {
            guard let number = Self.number(parts[1], radix: 10, digits: 3), number <= all else { return nil }
            prefix = number
        }
    }

    /// As it is given to the kernel: a range has no bits behind its prefix.
    package var network: NetworkAddress {
        var masked = bytes
        for index in masked.indices {
            let kept = min(8, max(0, Int(prefix) - index * 8))
            masked[index] &= kept == 0 ? 0 : UInt8(truncatingIfNeeded: 0xff << (8 - kept))
        }
        return NetworkAddress(bytes: masked, prefix: prefix)
    }

    /// Whether an address belongs to both.
    package func overlaps(_ other: NetworkAddress) -> Bool {
        guard isIPv4 == other.isIPv4 else { return false }
        let shorter = min(prefix, other.prefix)
        let one = NetworkAddress(bytes: bytes, prefix: shorter).network
        return one.bytes == NetworkAddress(bytes: other.bytes, prefix: shorter).network.bytes
    }

    package var text: String {
        let address = isIPv4 ? bytes.map(String.init).joined(separator: ".") : groupsText
        return "\(address)/\(prefix)"
    }

    // MARK: Text

    private static func four(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let values = parts.compactMap { number($0, radix: 10, digits: 3).flatMap { UInt8(exactly: $0) } }
        return values.count == 4 ? values : nil
    }

    private static func sixteen(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var text = Array(text)
        // The last two groups may be written as an IPv4 address.
        if let colon = text.lastIndex(of: ASCII.colon), text[colon...].contains(UInt8(ascii: ".")) {
            guard let last = four(text[(colon + 1)...]) else { return nil }
            let (high, low) = (UInt32(last[0]) << 8 | UInt32(last[1]), UInt32(last[2]) << 8 | UInt32(last[3]))
            text = Array(text[...colon]) + "\(String(high, radix: 16)):\(String(low, radix: 16))".utf8
        }
        let halves = Self.halves(text)
        let groups = halves.map { half -> [UInt32]? in
            guard !half.isEmpty else { return [] }
            let parts = half.split(separator: ASCII.colon, omittingEmptySubsequences: false)
            let values = parts.compactMap { number($0, radix: 16, digits: 4) }
            return values.count == parts.count ? values : nil
        }
        guard groups.count <= 2, let head = groups[0] else { return nil }
        guard groups.count == 2 else { return head.count == 8 ? octets(head) : nil }
        guard let tail = groups[1], head.count + tail.count <= 7 else { return nil }
        return octets(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    /// The parts before and behind `::`; more than two if it is there twice.
    private static func halves(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        var halves: [ArraySlice<UInt8>] = []
        var (start, index) = (0, 0)
        while index + 1 < text.count {
            if text[index] == ASCII.colon, text[index + 1] == ASCII.colon {
                halves.append(text[start..<index])
                (start, index) = (index + 2, index + 2)
            } else {
                index += 1
            }
        }
        return halves + [text[start...]]
    }

    private static func octets(_ groups: [UInt32]) -> [UInt8] {
        groups.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    }

    private static func number(_ text: ArraySlice<UInt8>, radix: UInt32, digits: Int) -> UInt32? {
        guard !text.isEmpty, text.count <= digits else { return nil }
        var value: UInt32 = 0
        for digit in text {
            guard let part = Hex.lowerValue(ASCII.lowered(digit)).map(UInt32.init), part < radix else { return nil }
            value = value * radix + part
        }
        return value
    }

    private static func length(ofMask mask: [UInt8]) -> UInt32? {
        let value = mask.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let length = UInt32((~value).leadingZeroBitCount)
        return (~value) & ((~value) &+ 1) == 0 ? length : nil
    }

    /// The longest run of groups that are 0 is left out.
    private var groupsText: String {
        let groups = stride(from: 0, to: 16, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        let words = groups.map { String($0, radix: 16) }
        guard best.count > 1 else { return words.joined(separator: ":") }
        return words[..<best.lowerBound].joined(separator: ":") + "::"
            + words[best.upperBound...].joined(separator: ":")
    }
}
