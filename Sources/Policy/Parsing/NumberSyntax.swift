// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Numbers in the notation of C: decimal, `0x` hexadecimal, `0` octal.
package enum NumberSyntax {
    package enum Failure: Error, Equatable {
        case notANumber
        case badOctalDigit
        case signed
        case negative
        case tooLarge

        var message: String {
            switch self {
            case .notANumber: "not a context number"
            case .badOctalDigit: "bad octal digit in"
            case .signed: "a context number has no sign"
            case .negative: "out of range"
            case .tooLarge: "exceeds 32 bits"
            }
        }

        var hint: String? {
            switch self {
            case .notANumber: "decimal, 0x hexadecimal, 0 octal, or -1 for the loading context"
            case .badOctalDigit: "a leading 0 means octal"
            case .signed: "write the number without +"
            case .negative: "only -1 may be negative"
            case .tooLarge: "the largest is 4294967294; the loading context is written -1"
            }
        }
    }

    /// An unsigned number of 32 bits without a sign.
    package static func unsigned(_ text: ArraySlice<UInt8>) throws(Failure) -> UInt32 {
        guard let first = text.first else { throw .notANumber }
        if first == ASCII.minus || first == ASCII.plus {
            let isNumber = (try? unsigned(text.dropFirst())) != nil
            throw !isNumber ? .notANumber : first == ASCII.minus ? .negative : .signed
        }
        guard first == ASCII.zero, text.count > 1 else { return try value(text, radix: 10) }
        let rest = text.dropFirst()
        if let mark = rest.first, ASCII.lowered(mark) == UInt8(ascii: "x") {
            return try value(rest.dropFirst(), radix: 16)
        }
        return try value(rest, radix: 8)
    }

    /// A context number: as above, or `-1`.
    package static func context(_ text: ArraySlice<UInt8>) throws(Failure) -> ContextID {
        if text.elementsEqual("-1".utf8) { return .own }
        return ContextID(try unsigned(text))
    }

    private static func value(_ digits: ArraySlice<UInt8>, radix: UInt64) throws(Failure) -> UInt32 {
        guard !digits.isEmpty else { throw .notANumber }
        var value: UInt64 = 0
        var isTooLarge = false
        for digit in digits {
            guard let part = Hex.lowerValue(ASCII.lowered(digit)).map(UInt64.init) else { throw .notANumber }
            guard part < radix else { throw radix == 8 && part < 10 ? .badOctalDigit : .notANumber }
            // Continue to the end: `99999999999x` is not a number at all,
            // rather than a large one.
            value = min(value * radix + part, UInt64(UInt32.max) + 1)
            isTooLarge = value > UInt64(UInt32.max)
        }
        guard !isTooLarge, let number = UInt32(exactly: value) else { throw .tooLarge }
        return number
    }
}
