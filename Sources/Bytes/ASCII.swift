// SPDX-License-Identifier: LGPL-2.1-or-later

/// Bytes with a meaning in the formats of this project. They are inlinable
/// because the parser, in another module, compares every byte with them.
package enum ASCII {
    @inlinable package static var tab: UInt8 { 0x09 }
    @inlinable package static var newline: UInt8 { 0x0a }
    @inlinable package static var carriageReturn: UInt8 { 0x0d }
    @inlinable package static var space: UInt8 { 0x20 }
    @inlinable package static var hash: UInt8 { 0x23 }
    @inlinable package static var comma: UInt8 { 0x2c }
    @inlinable package static var minus: UInt8 { 0x2d }
    @inlinable package static var plus: UInt8 { 0x2b }
    @inlinable package static var slash: UInt8 { 0x2f }
    @inlinable package static var zero: UInt8 { 0x30 }
    @inlinable package static var colon: UInt8 { 0x3a }
    @inlinable package static var backslash: UInt8 { 0x5c }
    @inlinable package static var bar: UInt8 { 0x7c }
    @inlinable package static var delete: UInt8 { 0x7f }

    @inlinable package static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }
    @inlinable package static func isDigit(_ byte: UInt8) -> Bool { byte >= zero && byte <= 0x39 }
    @inlinable package static func isUpper(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5a }
    @inlinable package static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7a }
    @inlinable package static func isLetter(_ byte: UInt8) -> Bool { isUpper(byte) || isLower(byte) }

    @inlinable package static func lowered(_ byte: UInt8) -> UInt8 { isUpper(byte) ? byte + 0x20 : byte }
    @inlinable package static func raised(_ byte: UInt8) -> UInt8 { isLower(byte) ? byte - 0x20 : byte }
}
