// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CSystem
import Glibc

/// An open file with an owner: it is closed when its owner is destroyed.
package struct Descriptor: ~Copyable {
    package let number: Int32

    /// Takes over an open descriptor.
    package init(owning number: Int32) {
        self.number = number
    }

    deinit {
        // Nothing can be done about an error here; see `close`.
        _ = Glibc.close(number)
    }

    /// Opens a file; O_CLOEXEC is added. Errors are those of open(2).
    init(open path: BytePath, _ flags: OpenFlags, permissions: FilePermissions = []) throws(Errno) {
        let number = try path.withCString { name throws(Errno) in
            try sys { csystem_open(name, flags.rawValue, permissions.rawValue) }
        }
        self.init(owning: number)
    }

    /// Opens a file for reading.
    package init(reading path: BytePath) throws(Errno) {
        try self.init(open: path, .readOnly)
    }

    /// Opens a file that was found by searching and is expected to be regular.
    /// A fifo or a terminal line in its place would otherwise block this call.
    package init(readingFound path: BytePath) throws(Errno) {
        try self.init(open: path, [.readOnly, .nonBlocking, .noControllingTerminal])
    }

    /// Opens a file, or makes it, to write at its end. No link on the way is
    /// followed.
    package init(appending path: BytePath, permissions: FilePermissions) throws(Errno) {
        let number = try path.withCString { name throws(Errno) in
            try sys { csystem_open_to_append(name, permissions.rawValue) }
        }
        self.init(owning: number)
    }

    /// Opens a device for reading and writing.
    package init(device path: BytePath) throws(Errno) {
        try self.init(open: path, .readWrite)
    }

    /// Closes the file and reports errors of close(2): on some file systems a
    /// failed write is reported only there.
    package consuming func close() throws(Errno) {
        let number = number
        discard self
        // close(2) is not repeated when interrupted: on Linux the number is
        // already free.
        if Glibc.close(number) == -1 {
            let error = Errno(errno)
            if error != .interrupted { throw error }
        }
    }

    /// Reads at most as many bytes as fit; 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try sys { Glibc.read(number, buffer.baseAddress, buffer.count) }
    }

    /// Reads to the end, and calls `each` with all bytes in turn. Throws EFBIG if there
    /// are more than `limit`.
    package func read(limit: Int, each: (UnsafeBufferPointer<UInt8>) -> Void) throws(Errno) {
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.pieceSize) { buffer throws(Errno) in
            var total = 0
            while true {
                let count = try read(into: UnsafeMutableRawBufferPointer(buffer))
                if count == 0 { return }
                total += count
                guard total <= limit else { throw .fileTooLarge }
                each(UnsafeBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    /// Bytes of one read of a file that is read piece by piece.
    static let pieceSize = 64 << 10

    /// The bytes at an offset, less than `count` at the end of the file.
    package func bytes(at offset: UInt64, count: Int) throws(Errno) -> [UInt8] {
        guard let start = off_t(exactly: offset) else { return [] }
        let number = number
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = try bytes.withUnsafeMutableBufferPointer { buffer throws(Errno) in
                try sys { pread(number, buffer.baseAddress.map { $0 + done }, count - done, start + off_t(done)) }
            }
            if got == 0 { break }
            done += got
        }
        return Array(bytes.prefix(done))
    }

    /// Whether a process has the file open for writing. The kernel says so only
    /// by refusing a lease, which is given back at once; false if this process
    /// cannot have one.
    package func isOpenForWriting() -> Bool {
        do throws(Errno) {
            try sys { csystem_try_lease(number) }
            return false
        } catch {
            return error == .tryAgain
        }
    }

    /// Writes all bytes.
    package func write(_ bytes: [UInt8]) throws(Errno) {
        try Self.write(bytes, to: number)
    }

    /// Writes all bytes to a descriptor with another owner.
    package static func write(_ bytes: [UInt8], to number: Int32) throws(Errno) {
        var done = 0
        while done < bytes.count {
            done += try bytes.withUnsafeBufferPointer { buffer throws(Errno) in
                try sys { Glibc.write(number, buffer.baseAddress.map { $0 + done }, buffer.count - done) }
            }
        }
    }

    /// Returns the status of the file; see fstat(2).
    package func status() throws(Errno) -> FileStatus {
        var raw = stat()
        try sys { fstat(number, &raw) }
        return FileStatus(raw)
    }

    /// Calls ioctl(2) with the address of `argument`, and returns its result.
    package func control<Argument>(
        _ request: UInt, _ argument: inout Argument
    ) throws(Errno) -> Int32 {
        try withUnsafeMutablePointer(to: &argument) { pointer throws(Errno) in
            try sys { csystem_ioctl(number, request, pointer) }
        }
    }

    /// The same for a request without an argument.
    package func control(_ request: UInt) throws(Errno) -> Int32 {
        try sys { csystem_ioctl(number, request, nil) }
    }

    /// Closes the file when this process executes another program.
    package func closeOnExec() throws(Errno) {
        try sys { fcntl(number, F_SETFD, FD_CLOEXEC) }
    }
}

extension BytePath {
    /// Calls `body` with the path terminated by a NUL. Throws EINVAL if the
    /// path contains a NUL, because it would then name another file.
    package func withCString<Result>(
        _ body: (UnsafePointer<CChar>) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        let hasNul = bytes.withUnsafeBytes { $0.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false }
        guard !hasNul else { throw .invalid }
        return try withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer throws(Errno) in
            guard let start = buffer.baseAddress else { throw .invalid }
            bytes.withUnsafeBytes { if let first = $0.baseAddress { memcpy(start, first, bytes.count) } }
            start[bytes.count] = 0
            return try body(start)
        }
    }
}
