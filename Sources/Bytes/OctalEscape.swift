// SPDX-License-Identifier: LGPL-2.1-or-later

/// The escapes of the rule language: a backslash and three octal digits stand
/// for one byte (`\040` is a blank), as in /proc/mounts. A backslash followed by
/// anything else is itself, because old rule files know no escapes.
package enum OctalEscape {
    package enum Failure: Error, Equatable {
        /// `\400` to `\777` do not fit in a byte; the offset is the backslash's.
        case outOfRange(offset: Int)
        /// `\000`: a path cannot contain a NUL.
        case nul(offset: Int)
    }

    /// Returns the bytes that `text` stands for.
    package static func decode(_ text: ArraySlice<UInt8>) throws(Failure) -> [UInt8] {
        guard text.contains(ASCII.backslash) else { return Array(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == ASCII.backslash, let value = octal(text[(index + 1)...].prefix(3)) else {
                bytes.append(text[index])
                index += 1
                continue
            }
            let offset = index - text.startIndex
            guard let byte = UInt8(exactly: value) else { throw .outOfRange(offset: offset) }
            guard byte != 0 else { throw .nul(offset: offset) }
            bytes.append(byte)
            index += 4
        }
        return bytes
    }

    /// Returns text that `decode` turns back into `bytes`. It contains nothing
    /// with a meaning in the rule language: no blank, control byte, `#` or
    /// single backslash. Bytes from 0x80 are kept, so that UTF-8 remains
    /// readable.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        append(bytes, to: &text)
        return text
    }

    /// Appends the same to text.
    package static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        let isPlain = bytes.withUnsafeBufferPointer { bytes in
            ByteScan.endOfPlainPath(bytes, from: 0) == bytes.count
                && ByteScan.first(ASCII.delete, in: bytes, from: 0) == nil
        }
        if isPlain {
            text += bytes
            return
        }
        for byte in bytes {
            let plain = byte > ASCII.space && byte != ASCII.delete && byte != ASCII.hash && byte != ASCII.backslash
            if plain { text.append(byte) } else { append(byte, to: &text) }
        }
    }

    /// Appends the escape of one byte.
    package static func append(_ byte: UInt8, to text: inout [UInt8]) {
        text += [ASCII.backslash, ASCII.zero + byte >> 6, ASCII.zero + byte >> 3 & 7, ASCII.zero + byte & 7]
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.count == 3 else { return nil }
        var value = 0
        for digit in digits {
            guard digit >= ASCII.zero, digit <= 0x37 else { return nil }
            value = value * 8 + Int(digit - ASCII.zero)
        }
        return value
    }
}
