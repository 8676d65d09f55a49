// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Passes the bytes of an argument through an argument parser that knows only
/// `String`: file names need not be UTF-8, and a `String` repairs invalid
/// bytes.
///
/// Each byte that is not part of a well-formed character becomes one character
/// of a private range. The bytes of such characters are encoded in the same way
/// if they occur, so decoding is exact.
package enum ArgumentText {
    /// U+10FE00 + byte, in the private use plane 16.
    private static let base: UInt32 = 0x10fe00
    private static let range: ClosedRange<UInt32> = 0x10fe80...0x10feff

    package static func encode(_ bytes: [UInt8]) -> String {
        var text = ""
        var index = 0
        while index < bytes.count {
            if let (scalar, length) = UTF8Scanner.scalar(in: bytes[...], at: index), !range.contains(scalar.value) {
                text.unicodeScalars.append(scalar)
                index += length
            } else if let scalar = Unicode.Scalar(base + UInt32(bytes[index])) {
                text.unicodeScalars.append(scalar)
                index += 1
            }
        }
        return text
    }

    package static func decode(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if range.contains(scalar.value) {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value - base))
            } else {
                bytes += UTF8.encode(scalar).map(Array.init) ?? []
            }
        }
        return bytes
    }

    /// Text of the parser's messages, made safe for a terminal.
    package static func display(_ text: String) -> String {
        decode(text).split(separator: ASCII.newline, omittingEmptySubsequences: false)
            .map { DisplayText.of($0) }.joined(separator: "\n")
    }
}
