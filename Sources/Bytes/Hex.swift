// SPDX-License-Identifier: LGPL-2.1-or-later

/// Hexadecimal text of bytes, as in the fingerprint of a rule.
package enum Hex {
    /// Lower-case digits, two per byte.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        append(bytes, to: &text)
        return text
    }

    /// Appends the same to text.
    package static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
    }

    /// The bytes that `text` stands for; nil unless it is an even number of
    /// digits 0-9 and a-f. Upper case is refused: the rule language has one
    /// spelling for a digest, so that files can be compared as text.
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        decode(text.span)
    }

    package static func decode(_ digits: Span<UInt8>) -> [UInt8]? {
        guard digits.count % 2 == 0 else { return nil }
        var isGood = false
        let bytes = digits.withUnsafeBufferPointer { digits in
            [UInt8](unsafeUninitializedCapacity: digits.count / 2) { buffer, count in
                isGood = decode(digits, into: buffer)
                count = digits.count / 2
            }
        }
        return isGood ? bytes : nil
    }

    /// Writes the bytes that the digits stand for, which are twice as many as the
    /// bytes of `buffer`; false if there is something else among them.
    package static func decode(
        _ digits: UnsafeBufferPointer<UInt8>, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        var faults: UInt64 = 0
        var index = 0
        while index + 8 <= digits.count {
            let four = fourBytes(ByteScan.word(digits, at: index), &faults)
            for place in 0..<4 {
                buffer.initializeElement(
                    at: index / 2 + place, to: UInt8(truncatingIfNeeded: four >> UInt64(8 * place)))
            }
            index += 8
        }
        var isGood = faults == 0
        while index + 2 <= digits.count {
            let (high, low) = (lowerValue(digits[index]), lowerValue(digits[index + 1]))
            isGood = isGood && high != nil && low != nil
            buffer.initializeElement(at: index / 2, to: (high ?? 0) << 4 | (low ?? 0))
            index += 2
        }
        return isGood
    }

    /// Whether there are only digits 0-9 and a-f, and an even number of them.
    package static func areLowerDigits(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        guard digits.count % 2 == 0 else { return false }
        var faults: UInt64 = 0
        var index = 0
        while index + 8 <= digits.count {
            _ = fourBytes(ByteScan.word(digits, at: index), &faults)
            index += 8
        }
        while index < digits.count {
            if lowerValue(digits[index]) == nil { return false }
            index += 1
        }
        return faults == 0
    }

    /// The values of eight digits at once, without a branch. Each byte of `faults`
    /// stays zero as long as there are digits only.
    private static func fourBytes(_ text: UInt64, _ faults: inout UInt64) -> UInt64 {
        let ones = ByteScan.ones
        let (low, high) = (ones &* 0x0f, ones &* 0xf0)
        // Of the digits, only letters have the bit 0x40: a is 0x61.
        let letters = (text >> 6) & ones
        let values = (text & low) &+ (letters &* 9)
        // What is a digit becomes the same text again, ...
        faults |= text ^ (values &+ (ones &* 0x30) &+ (letters &* 0x27))
        // ... has a value below 16, and one from 10 on if it is a letter.
        faults |= values & high
        faults |= ((values &+ (ones &* 6)) & (ones &* 0x10)) ^ (letters << 4)
        var bytes = ((values << 4) | (values >> 8)) & 0x00ff_00ff_00ff_00ff
        bytes = (bytes | (bytes >> 8)) & 0x0000_ffff_0000_ffff
        return (bytes | (bytes >> 16)) & 0xffff_ffff
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
