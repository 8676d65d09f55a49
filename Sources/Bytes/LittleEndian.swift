// SPDX-License-Identifier: LGPL-2.1-or-later

extension [UInt8] {
    /// Appends a number, least significant byte first.
    @inlinable package mutating func appendLittleEndian<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// Writes a number over the bytes at `offset`, which must exist.
    @inlinable package mutating func storeLittleEndian<Number: FixedWidthInteger & UnsignedInteger>(
        _ number: Number, at offset: Int
    ) {
        for index in 0..<(Number.bitWidth / 8) {
            self[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
        }
    }

    /// The number at `offset`, whose bytes must exist.
    @inlinable package func loadLittleEndian<Number: FixedWidthInteger & UnsignedInteger>(
        at offset: Int, as: Number.Type = Number.self
    ) -> Number {
        var number: Number = 0
        for index in (0..<(Number.bitWidth / 8)).reversed() {
            number = number << 8 | Number(self[offset + index])
        }
        return number
    }
}
