// SPDX-License-Identifier: LGPL-2.1-or-later

/// A file name as the kernel sees it: bytes without a NUL.
///
/// Never a `String`: a name with an invalid byte would be repaired and then
/// name another file, and two names that are canonically equivalent (é composed
/// and decomposed) would compare equal and merge two rules into one.
package struct BytePath: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    package init(_ bytes: Span<UInt8>) {
        self.bytes = bytes.withUnsafeBufferPointer { Array($0) }
    }

    package var isAbsolute: Bool { bytes.first == ASCII.slash }

    /// The part after the last slash; the whole path if it has none.
    package var lastComponent: [UInt8] {
        guard let slash = bytes.lastIndex(of: ASCII.slash) else { return bytes }
        return Array(bytes[(slash + 1)...])
    }

    /// The path of `name` inside the directory that this path names.
    package func appending(_ name: [UInt8]) -> BytePath {
        var joined = bytes
        if joined.last != ASCII.slash { joined.append(ASCII.slash) }
        joined += name
        return BytePath(joined)
    }

    /// The directory part, with no slash at its end unless it is the root; `.`
    /// for a path without a slash.
    package var parent: BytePath {
        guard let slash = bytes.lastIndex(of: ASCII.slash) else { return "." }
        return slash == 0 ? "/" : BytePath(bytes[..<slash])
    }

    /// This path as seen from inside `root`, or nil if it is outside of it.
    package func inside(root: BytePath) -> BytePath? {
        if root.bytes == [ASCII.slash] { return self }
        let prefix = root.bytes
        guard bytes.starts(with: prefix) else { return nil }
        if bytes.count == prefix.count { return "/" }
        guard bytes[prefix.count] == ASCII.slash else { return nil }
        return BytePath(bytes[prefix.count...])
    }
}

extension BytePath {
    /// Hashes all bytes at once; the default implementation hashes them one by
    /// one.
    package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension BytePath: Comparable {
    /// Compares bytes, independently of any locale.
    package static func < (left: BytePath, right: BytePath) -> Bool {
        left.order(right) < 0
    }

    /// Negative, zero or positive, as memcmp(3) answers.
    package func order(_ other: BytePath) -> Int {
        bytes.withUnsafeBytes { left in other.bytes.withUnsafeBytes { right in Self.order(left, right) } }
    }

    /// The same for bytes of paths.
    package static func order(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let common = min(left.count, right.count)
        var index = 0
        // Paths of one directory begin with the same bytes.
        while index + 8 <= common {
            let first = left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let second = right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if first != second { return first.bigEndian < second.bigEndian ? -1 : 1 }
            index += 8
        }
        while index < common {
            if left[index] != right[index] { return Int(left[index]) - Int(right[index]) }
            index += 1
        }
        return left.count - right.count
    }
}

extension BytePath: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        self.init(text.utf8)
    }
}

extension BytePath: CustomStringConvertible {
    /// For display only; see `DisplayText`.
    package var description: String { DisplayText.of(bytes) }
}
