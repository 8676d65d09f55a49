// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Finds the dynamic loader that a program names; see elf(5). Running the
/// program, as ldd(1) may, is no way to ask.
enum ELFInterpreter {
    /// The path; nil for a static program and for what is no ELF file. Every
    /// number is checked before it is used.
    static func path(in file: [UInt8]) -> BytePath? {
        guard file.count >= 52, file.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else { return nil }
        let reader = Reader(bytes: file, isWide: file[4] == 2, isBigEndian: file[5] == 2)
        guard let table = reader.address(at: reader.isWide ? 32 : 28),
            let size = reader.number(at: reader.isWide ? 54 : 42, bytes: 2),
            let count = reader.number(at: reader.isWide ? 56 : 44, bytes: 2)
        else { return nil }
        for index in 0..<count {
            // No overflow: both factors have 16 bits.
            let (header, overflow) = table.addingReportingOverflow(index * size)
            guard !overflow, let type = reader.number(at: header, bytes: 4) else { return nil }
            if type == segmentType { return reader.segment(at: header) }
        }
        return nil
    }

    /// PT_INTERP
    private static let segmentType = 3

    private struct Reader {
        let bytes: [UInt8]
        /// 64-bit file.
        let isWide: Bool
        let isBigEndian: Bool

        func number(at offset: Int, bytes count: Int) -> Int? {
            guard offset >= 0, offset <= bytes.count - count else { return nil }
            let digits = bytes[offset..<(offset + count)]
            var value: UInt64 = 0
            for digit in isBigEndian ? Array(digits) : digits.reversed() { value = value << 8 | UInt64(digit) }
            return Int(exactly: value)
        }

        func address(at offset: Int) -> Int? { number(at: offset, bytes: isWide ? 8 : 4) }

        /// The string of a segment, without its NUL.
        func segment(at header: Int) -> BytePath? {
            guard let start = address(at: header + (isWide ? 8 : 4)),
                let size = address(at: header + (isWide ? 32 : 16)),
                start <= bytes.count, size <= bytes.count - start
            else { return nil }
            let text = bytes[start..<(start + size)].prefix { $0 != 0 }
            return text.isEmpty ? nil : BytePath(text)
        }
    }
}
