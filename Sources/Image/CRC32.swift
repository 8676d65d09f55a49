// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// CRC-32 of IEEE 802.3, as in gzip (RFC 1952 section 8): polynomial
/// 0xEDB88320 reflected, start and end inverted. It finds accidents, not
/// attacks.
package struct CRC32 {
    private var state: UInt32 = .max

    package init() {}

    package var value: UInt32 { ~state }

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        var crc = state
        for byte in bytes { crc = Self.tables[0][Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
        state = crc
    }

    /// Updates the checksum with contiguous bytes, sixteen at a time: each of the
    /// sixteen tables holds the contribution of a byte at one distance from the end
    /// of the block.
    package mutating func update(_ bytes: Span<UInt8>) { bytes.withUnsafeBufferPointer { updateBlocks($0) } }

    private mutating func updateBlocks(_ bytes: UnsafeBufferPointer<UInt8>) {
        var crc = state
        var index = 0
        Self.flat.withUnsafeBufferPointer { tables in
            while index + 16 <= bytes.count {
                let low = ByteScan.word(bytes, at: index) ^ UInt64(crc)
                let high = ByteScan.word(bytes, at: index + 8)
                crc = Self.part(low, tables, 15) ^ Self.part(high, tables, 7)
                index += 16
            }
        }
        state = crc
        update(bytes[index...])
    }

    /// The contribution of eight bytes, the first of which has this table.
    @inline(__always)
    private static func part(_ word: UInt64, _ tables: UnsafeBufferPointer<UInt32>, _ first: Int) -> UInt32 {
        var crc: UInt32 = 0
        for place in 0..<8 {
            let byte = Int(truncatingIfNeeded: word >> UInt64(8 * place) & 0xff)
            crc ^= tables[(first - place) << 8 | byte]
        }
        return crc
    }

    private static let tables: [[UInt32]] = {
        let first = (0..<256).map { index in
            (0..<8).reduce(UInt32(index)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        var tables = [first]
        for _ in 1..<16 {
            tables.append(tables[tables.count - 1].map { crc in crc >> 8 ^ first[Int(crc & 0xff)] })
        }
        return tables
    }()

    /// The tables one behind the other.
    private static let flat = Array(tables.joined())
}
