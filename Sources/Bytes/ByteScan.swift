// SPDX-License-Identifier: LGPL-2.1-or-later

/// Scans of bytes, eight at a time. A mark of a byte is its highest bit.
package enum ByteScan {
    @usableFromInline static let ones: UInt64 = 0x0101_0101_0101_0101
    @usableFromInline static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Marks the first byte that is zero; bytes behind it may be marked as well.
    @inlinable static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

    /// Eight bytes, the first one being the lowest.
    @inlinable @inline(__always)
    package static func word(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The index of the first `byte` from `start` on; nil if there is none.
    package static func first(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        let pattern = ones &* UInt64(byte)
        while index + 8 <= bytes.count {
            let found = zeros(word(bytes, at: index) ^ pattern)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            if bytes[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The index of the first byte from `start` on that cannot be in a path without
    /// escapes: a blank, a control character, a backslash or the start of a comment.
    /// The number of bytes if there is none.
    package static func endOfPlainPath(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        let hashes = ones &* UInt64(ASCII.hash)
        let backslashes = ones &* UInt64(ASCII.backslash)
        let limit = ones &* UInt64(ASCII.space + 1)
        while index + 8 <= bytes.count {
            let word = word(bytes, at: index)
            let low = (word &- limit) & ~word & highs
            let found = low | zeros(word ^ hashes) | zeros(word ^ backslashes)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte <= ASCII.space || byte == ASCII.hash || byte == ASCII.backslash { return index }
            index += 1
        }
        return index
    }

    /// The index of the first byte from `start` on that is not written as it is in a rule,
    /// in JSON or in the kernel's lists: one that cannot be in a path without escapes, a
    /// quote, or none of ASCII. The number of bytes if there is none.
    package static func endOfPlainText(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        let hashes = ones &* UInt64(ASCII.hash)
        let backslashes = ones &* UInt64(ASCII.backslash)
        let quotes = ones &* UInt64(UInt8(ascii: "\""))
        let limit = ones &* UInt64(ASCII.space + 1)
        while index + 8 <= bytes.count {
            let word = word(bytes, at: index)
            // The sum has the highest bit for DEL, and any other byte is below it.
            let outside = ((word &- limit) | word | ((word & ~highs) &+ ones)) & highs
            let found = outside | zeros(word ^ hashes) | zeros(word ^ backslashes) | zeros(word ^ quotes)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            let isPlain =
                byte > ASCII.space && byte < ASCII.delete && byte != ASCII.hash && byte != ASCII.backslash
                && byte != UInt8(ascii: "\"")
            if !isPlain { return index }
            index += 1
        }
        return index
    }

    /// Whether `count` bytes of one buffer are the same as those of another one.
    package static func areEqual(
        _ first: UnsafeBufferPointer<UInt8>, at start: Int, _ second: UnsafeBufferPointer<UInt8>, at other: Int,
        count: Int
    ) -> Bool {
        guard count > 0, start + count <= first.count, other + count <= second.count,
            let one = UnsafeRawPointer(first.baseAddress)?.advanced(by: start),
            let two = UnsafeRawPointer(second.baseAddress)?.advanced(by: other)
        else { return count == 0 }
        if count < 8 {
            for index in 0..<count where first[start + index] != second[other + index] { return false }
            return true
        }
        // The last eight bytes may overlap those before them.
        let last = count - 8
        var index = 0
        while index < last {
            if one.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                != two.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            {
                return false
            }
            index += 8
        }
        return one.loadUnaligned(fromByteOffset: last, as: UInt64.self)
            == two.loadUnaligned(fromByteOffset: last, as: UInt64.self)
    }

    /// A number for some bytes, by which they are found again. It does not
    /// withstand bytes that were chosen to have the same one.
    package static func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64 {
        let factor: UInt64 = 0x9e37_79b9_7f4a_7c15
        var hash = UInt64(range.count) &* factor
        var index = range.lowerBound
        while index + 8 <= range.upperBound {
            hash = (hash ^ word(bytes, at: index)) &* factor
            hash ^= hash >> 29
            index += 8
        }
        while index < range.upperBound {
            hash = (hash ^ UInt64(bytes[index])) &* factor
            index += 1
        }
        return hash ^ hash >> 32
    }
}
