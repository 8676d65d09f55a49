// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CSystem
import Glibc

/// An open file that somebody owns: it is closed when its owner goes away.
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

    /// Opens what ought to be a regular file, found by searching: a fifo or a
    /// terminal line in its place would otherwise block this call.
    package init(readingFound path: BytePath) throws(Errno) {
        try self.init(open: path, [.readOnly, .nonBlocking, .noControllingTerminal])
    }

    /// Opens a device for reading and writing.
    package init(device path: BytePath) throws(Errno) {
        try self.init(open: path, .readWrite)
    }

    /// Closes the file and reports what close(2) says: on some file systems
    /// that is where a failed write shows.
    package consuming func close() throws(Errno) {
        let number = number
        discard self
        // Not repeated when interrupted: on Linux the number is free already.
        if Glibc.close(number) == -1 {
            let error = Errno(errno)
            if error != .interrupted { throw error }
        }
    }

    /// Reads at most as many bytes as fit; 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try sys { Glibc.read(number, buffer.baseAddress, buffer.count) }
    }

    /// Writes all bytes.
    package func write(_ bytes: [UInt8]) throws(Errno) {
        try Self.write(bytes, to: number)
    }

    /// Writes all bytes to a descriptor that somebody else owns.
    package static func write(_ bytes: [UInt8], to number: Int32) throws(Errno) {
        var done = 0
        while done < bytes.count {
            done += try bytes.withUnsafeBufferPointer { buffer throws(Errno) in
                try sys { Glibc.write(number, buffer.baseAddress.map { $0 + done }, buffer.count - done) }
            }
        }
    }

    /// What fstat(2) says about the file.
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

    /// Keeps the file from programs that this process turns into.
    package func closeOnExec() throws(Errno) {
        try sys { fcntl(number, F_SETFD, FD_CLOEXEC) }
    }
}

extension BytePath {
    /// Lends the path with a NUL at its end. A path that holds a NUL would name
    /// another file: EINVAL.
    package func withCString<Result>(
        _ body: (UnsafePointer<CChar>) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        guard !bytes.contains(0) else { throw .invalid }
        let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
        return try terminated.withUnsafeBufferPointer { buffer throws(Errno) in
            guard let start = buffer.baseAddress else { throw .invalid }
            return try body(start)
        }
    }
}
