// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Glibc

/// The lines of a regular file in several parts, which may be read at the same time.
/// The descriptor must stay open as long as parts are read.
package struct FileParts: Sendable {
    private let number: Int32
    /// Where each part begins, which is the start of a line.
    private let starts: [Int]

    /// Cuts a file of `size` bytes into at most `count` parts that are about as large.
    package init(_ file: borrowing Descriptor, size: Int, count: Int) throws(Errno) {
        number = file.number
        var starts = [0]
        for part in 1..<max(1, count) {
            let start = try Self.lineStart(number, from: size / count * part, size: size)
            if let last = starts.last, start > last, start < size { starts.append(start) }
        }
        self.starts = starts
    }

    package var count: Int { starts.count }

    /// Calls `each` with all bytes of a part in turn. The last part ends with the file.
    /// Throws EFBIG if the file has more than `limit` bytes.
    package func read(
        part: Int, limit: Int, each: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(Errno) {
        let end = part + 1 < starts.count ? starts[part + 1] : nil
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Descriptor.pieceSize) { buffer throws(Errno) in
            var offset = starts[part]
            while true {
                let room = min(buffer.count, (end ?? .max) - offset)
                let count = try sys { pread(number, buffer.baseAddress, room, off_t(offset)) }
                if count == 0 { return }
                offset += count
                guard offset <= limit else { throw .fileTooLarge }
                each(UnsafeBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    /// The start of the first line that begins at `offset` or later; `size` if none does.
    private static func lineStart(_ number: Int32, from offset: Int, size: Int) throws(Errno) -> Int {
        guard offset > 0 else { return size }
        var offset = offset - 1
        return try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4 << 10) { buffer throws(Errno) in
            while true {
                let count = try sys { pread(number, buffer.baseAddress, buffer.count, off_t(offset)) }
                if count == 0 { return size }
                let bytes = UnsafeBufferPointer(rebasing: buffer[..<count])
                if let newline = ByteScan.first(ASCII.newline, in: bytes, from: 0) { return offset + newline + 1 }
                offset += count
            }
        }
    }
}
