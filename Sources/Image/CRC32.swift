// SPDX-License-Identifier: LGPL-2.1-or-later

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

    /// Updates the checksum with contiguous bytes, eight at a time: each of the
    /// eight tables holds the contribution of a byte at one distance from the
    /// end of the block.
    package mutating func update(_ bytes: Span<UInt8>) {
        var crc = state
        let tables = Self.tables
        var index = 0
        while index + 8 <= bytes.count {
            let low = crc ^ Self.word(bytes, at: index)
            let high = Self.word(bytes, at: index + 4)
            crc =
                tables[7][Int(low & 0xff)] ^ tables[6][Int(low >> 8 & 0xff)]
                ^ tables[5][Int(low >> 16 & 0xff)] ^ tables[4][Int(low >> 24)]
            crc ^=
                tables[3][Int(high & 0xff)] ^ tables[2][Int(high >> 8 & 0xff)]
                ^ tables[1][Int(high >> 16 & 0xff)] ^ tables[0][Int(high >> 24)]
            index += 8
        }
        while index < bytes.count {
            crc = tables[0][Int(UInt8(truncatingIfNeeded: crc) ^ bytes[index])] ^ (crc >> 8)
            index += 1
        }
        state = crc
    }

    private static func word(_ bytes: Span<UInt8>, at index: Int) -> UInt32 {
        UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
            | UInt32(bytes[index + 3]) << 24
    }

    private static let tables: [[UInt32]] = {
        let first = (0..<256).map { index in
            (0..<8).reduce(UInt32(index)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        var tables = [first]
        for _ in 1..<8 {
            tables.append(tables[tables.count - 1].map { crc in crc >> 8 ^ first[Int(crc & 0xff)] })
        }
        return tables
    }()
}
