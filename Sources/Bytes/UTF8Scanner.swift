// SPDX-License-Identifier: LGPL-2.1-or-later

/// Finds the well-formed UTF-8 sequences (RFC 3629) in arbitrary bytes.
package enum UTF8Scanner {
    /// The character at `index` and its length in bytes, or nil if no
    /// well-formed sequence starts there.
    package static func scalar(in bytes: ArraySlice<UInt8>, at index: Int) -> (scalar: Unicode.Scalar, length: Int)? {
        let first = bytes[index]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length: Int
        var value: UInt32
        switch first {
        case 0xc2...0xdf: (length, value) = (2, UInt32(first & 0x1f))
        case 0xe0...0xef: (length, value) = (3, UInt32(first & 0x0f))
        case 0xf0...0xf4: (length, value) = (4, UInt32(first & 0x07))
        default: return nil
        }
        guard bytes.endIndex - index >= length else { return nil }
        for next in bytes[(index + 1)..<(index + length)] {
            guard next & 0xc0 == 0x80 else { return nil }
            value = value << 6 | UInt32(next & 0x3f)
        }
        // Overlong forms are not well-formed; surrogates and values past
        // U+10FFFF are refused by the initialiser.
        guard value >= [0, 0, 0x80, 0x800, 0x10000][length], let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, length)
    }

    package static func isWellFormed(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard let (_, length) = scalar(in: bytes, at: index) else { return false }
            index += length
        }
        return true
    }
}
