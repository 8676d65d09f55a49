// SPDX-License-Identifier: LGPL-2.1-or-later

/// Hexadecimal text of bytes, as in the fingerprint of a rule.
package enum Hex {
    /// Lower-case digits, two per byte.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return text
    }

    /// The bytes that `text` stands for; nil unless it is an even number of
    /// digits 0-9 and a-f. Upper case is refused: the rule language has one
    /// spelling for a digest, so that files can be compared as text.
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        decode(text.span)
    }

    package static func decode(_ digits: Span<UInt8>) -> [UInt8]? {
        guard digits.count % 2 == 0 else { return nil }
        var isBad = false
        let bytes = [UInt8](unsafeUninitializedCapacity: digits.count / 2) { buffer, count in
            count = digits.count / 2
            for index in 0..<count {
                let (high, isHigh) = value(digits[2 * index])
                let (low, isLow) = value(digits[2 * index + 1])
                isBad = isBad || !isHigh || !isLow
                buffer[index] = high << 4 | low
            }
        }
        return isBad ? nil : bytes
    }

    /// The value of a digit without a branch: digits are as good as random. The
    /// value of another character means nothing.
    private static func value(_ character: UInt8) -> (value: UInt8, isDigit: Bool) {
        let (decimal, letter) = (character &- 0x30, character &- 0x61)
        return (decimal < 10 ? decimal : letter &+ 10, decimal < 10 || letter < 6)
    }

    package static func decode(_ text: [UInt8]) -> [UInt8]? {
        decode(text[...])
    }

    /// Value of a lower-case hexadecimal digit.
    @inlinable package static func lowerValue(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x61...0x66: character - 0x61 + 10
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + value - 10
    }
}
