// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// The size of the files that have an allow digest, in bytes. The image has 32 bits
/// for it, and the largest number stands for an unknown size.
package struct FileSize: Hashable, Sendable {
    package let bytes: UInt32

    /// nil for a size that is too large; the digest of such a file has none.
    package init?(_ bytes: some BinaryInteger) {
        guard let bytes = UInt32(exactly: bytes), bytes < Self.unknown else { return nil }
        self.bytes = bytes
    }

    /// In an image and in the kernel's list.
    package static let unknown = UInt32.max

    /// What separates the size from the digest in field 9.
    static let mark = UInt8(ascii: ":")

    /// Reads the digits of a number without a sign or a leading zero.
    init?(digits: UnsafeBufferPointer<UInt8>) {
        guard let first = digits.first, digits.count <= Self.mostDigits, first != ASCII.zero || digits.count == 1 else {
            return nil
        }
        var number: UInt64 = 0
        for digit in digits {
            guard ASCII.isDigit(digit) else { return nil }
            number = number * 10 + UInt64(digit - ASCII.zero)
        }
        self.init(number)
    }

    private static let mostDigits = 10
}
