// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Glibc

/// Whole files and directories.
package enum Files {
    /// Reads all bytes of a file, or of a pipe or device until its end. Throws
    /// EFBIG if there are more than `limit`.
    package static func read(_ path: BytePath, limit: Int = 1 << 30) throws(Errno) -> [UInt8] {
        try read(Descriptor(reading: path), limit: limit)
    }

    /// Reads a file that was found by searching, and returns its status as well.
    /// Only a regular file has content: anything else (a pipe, a device) is not
    /// read, and opening it does not block.
    package static func readFound(
        _ path: BytePath, limit: Int = 1 << 30
    ) throws(Errno) -> (status: FileStatus, bytes: [UInt8]?) {
        let file = try Descriptor(readingFound: path)
        let status = try file.status()
        return (status, status.kind == .regular ? try read(file, limit: limit) : nil)
    }

    /// Reads the first bytes of a regular file that was found by searching, at
    /// most `count`. Anything else than a regular file has none.
    package static func readStart(_ path: BytePath, count: Int) throws(Errno) -> [UInt8] {
        let file = try Descriptor(readingFound: path)
        guard try file.status().kind == .regular else { return [] }
        var chunk = [UInt8](repeating: 0, count: count)
        let length = try readChunk(file, into: &chunk)
        return Array(chunk[..<length])
    }

    /// Reads all bytes of standard input.
    package static func readStandardInput(limit: Int = 1 << 30) throws(Errno) -> [UInt8] {
        let number = try sys { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) }
        return try read(Descriptor(owning: number), limit: limit)
    }

    /// Reads the next line of standard input, without its end, and no byte
    /// behind it; nil at the end of the input.
    package static func readLine(limit: Int = 64 << 10) throws(Errno) -> [UInt8]? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count < limit {
            guard try sys({ Glibc.read(STDIN_FILENO, &byte, 1) }) == 1 else { return line.isEmpty ? nil : line }
            if byte == ASCII.newline { break }
            line.append(byte)
        }
        return line
    }

    /// Reads what a device such as /dev/kmsg or a file has now, without waiting
    /// for more. A record of the device that was lost is left out.
    package static func readAvailable(_ path: BytePath, limit: Int = 64 << 20) throws(Errno) -> [UInt8] {
        let file = try Descriptor(readingFound: path)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < limit {
            do throws(Errno) {
                let count = try readChunk(file, into: &chunk)
                if count == 0 { break }
                bytes += chunk[..<count]
            } catch {
                if error == .tryAgain { break }
                if error != .brokenPipe { throw error }
            }
        }
        return bytes
    }

    private static func read(_ file: consuming Descriptor, limit: Int) throws(Errno) -> [UInt8] {
        // The size is a hint only: files of proc and sysfs say 0 or 4096.
        let hint = min(Int(clamping: try file.status().size), limit)
        var bytes = try readHinted(file, size: hint, behind: [])
        if bytes.count < hint { return bytes }
        // Most of these files are short. The memory of a page that is never written to
        // costs nothing, and with large steps little of a long list is copied.
        var size = min(hint + (4 << 10), limit + 1)
        while true {
            bytes = try readHinted(file, size: size, behind: bytes)
            guard bytes.count <= limit else { throw .fileTooLarge }
            if bytes.count < size { return bytes }
            size = min(max(4 * size, longList), limit + 1)
        }
    }

    /// A list of the kernel of so many bytes is read into its place at once.
    private static let longList = 16 << 20

    /// Reads up to `size` bytes into the memory that is returned, behind those that were
    /// read; fewer if the file ends before.
    private static func readHinted(
        _ file: borrowing Descriptor, size: Int, behind start: [UInt8]
    ) throws(Errno) -> [UInt8] {
        let number = file.number
        var failure: Errno?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            filled = buffer.initialize(fromContentsOf: start)
            do throws(Errno) {
                while filled < size {
                    let rest = UnsafeMutableBufferPointer(rebasing: buffer[filled...])
                    let count = try sys { Glibc.read(number, rest.baseAddress, rest.count) }
                    if count == 0 { break }
                    filled += count
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private static func readChunk(_ file: borrowing Descriptor, into chunk: inout [UInt8]) throws(Errno) -> Int {
        // A closure cannot capture a borrowed descriptor, hence the number.
        let number = file.number
        return try chunk.withUnsafeMutableBufferPointer { buffer throws(Errno) in
            try sys { Glibc.read(number, buffer.baseAddress, buffer.count) }
        }
    }

    /// Replaces a file atomically: readers see the old content or the new one,
    /// never a part of it. A file that exists keeps its permissions and, if it
    /// is reached by a symbolic link, its place; a new one gets `permissions`
    /// less the umask. A pipe or device (`/dev/stdout`) is written to directly.
    package static func write(
        _ bytes: [UInt8], to path: BytePath, permissions: FilePermissions = .data
    ) throws(Errno) {
        guard let old = try existing(path) else {
            return try replace(path, with: bytes, permissions, exactly: false)
        }
        guard old.kind == .regular else {
            return try Descriptor(open: path, [.writeOnly, .noControllingTerminal]).write(bytes)
        }
        try replace(try realPath(path), with: bytes, old.permissions, exactly: true)
    }

    /// Between the name of a file and the number of the process that replaces it.
    private static let temporaryMark = Array(".verictl-".utf8)

    /// Removes what writers of this file have left behind when they were killed.
    /// No other process may be writing it.
    package static func removeLeftovers(of path: BytePath) throws(Errno) {
        let start = path.lastComponent + temporaryMark
        for entry in try list(path.parent)
        where entry.name.last == UInt8(ascii: "~") && entry.name.starts(with: start) {
            try remove(path.parent.appending(entry.name))
        }
    }

    private static func existing(_ path: BytePath) throws(Errno) -> FileStatus? {
        do throws(Errno) {
            return try status(path)
        } catch {
            if error == .noEntry { return nil }
            throw error
        }
    }

    private static func replace(
        _ path: BytePath, with bytes: [UInt8], _ permissions: FilePermissions, exactly: Bool
    ) throws(Errno) {
        let temporary = BytePath(path.bytes + temporaryMark + "\(getpid())~".utf8)
        // A process of the same number left it behind when it was killed.
        try? remove(temporary)
        do throws(Errno) {
            let file = try Descriptor(
                open: temporary, [.writeOnly, .create, .exclusive, .noFollow], permissions: permissions)
            try file.write(bytes)
            let number = file.number
            if exactly { try sys { fchmod(number, permissions.rawValue) } }
            try sys { fsync(number) }
            try file.close()
            try rename(temporary, to: path)
        } catch {
            if error != .exists { try? remove(temporary) }
            throw error
        }
        // The new content is in place. A directory that cannot be synchronized
        // only means that a power cut may bring back the old one.
        try? synchronizeDirectory(path.parent)
    }

    /// Makes a directory that only its owner may change, and those above it,
    /// unless they are there.
    package static func makeDirectory(_ path: BytePath) throws(Errno) {
        do throws(Errno) {
            _ = try path.withCString { name throws(Errno) in try sys { mkdir(name, 0o755) } }
        } catch {
            if error == .exists, try status(path).kind == .directory { return }
            guard error == .noEntry, path.parent != path, path.parent != "." else { throw error }
            try makeDirectory(path.parent)
            _ = try path.withCString { name throws(Errno) in try sys { mkdir(name, 0o755) } }
        }
    }

    /// Makes the names in a directory durable: those that were added, and the
    /// absence of those that were removed.
    package static func synchronizeDirectory(_ path: BytePath) throws(Errno) {
        let directory = try Descriptor(open: path, [.readOnly, .directory])
        let number = directory.number
        try sys { fsync(number) }
    }

    /// Appends to a file, which is made if there is none; the bytes are on the
    /// disk afterwards.
    package static func append(
        _ bytes: [UInt8], to path: BytePath, permissions: FilePermissions = .data
    ) throws(Errno) {
        let isNew = try existing(path) == nil
        let file = try Descriptor(open: path, [.writeOnly, .create, .append, .noFollow], permissions: permissions)
        try file.write(bytes)
        let number = file.number
        try sys { fsync(number) }
        try file.close()
        guard isNew else { return }
        try synchronizeDirectory(path.parent)
    }

    package static func rename(_ old: BytePath, to new: BytePath) throws(Errno) {
        try old.withCString { from throws(Errno) in
            _ = try new.withCString { to throws(Errno) in try sys { Glibc.rename(from, to) } }
        }
    }

    package static func remove(_ path: BytePath) throws(Errno) {
        _ = try path.withCString { name throws(Errno) in try sys { unlink(name) } }
    }

    /// Returns the status of a file; see stat(2), or lstat(2) for a symbolic
    /// link itself.
    package static func status(_ path: BytePath, followLinks: Bool = true) throws(Errno) -> FileStatus {
        var raw = stat()
        _ = try path.withCString { name throws(Errno) in
            try sys { followLinks ? stat(name, &raw) : lstat(name, &raw) }
        }
        return FileStatus(raw)
    }

    /// Whether a path leads to a file, as far as this process can see. A NUL must be
    /// behind the bytes of the path.
    package static func exists(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = path.baseAddress, memchr(start, 0, path.count) == nil else { return false }
        var raw = stat()
        return start.withMemoryRebound(to: CChar.self, capacity: path.count + 1) { stat($0, &raw) } == 0
    }

    /// Whether a path leads to this file. A NUL must be behind the bytes of the path, and
    /// none among them.
    package static func leads(_ path: UnsafeBufferPointer<UInt8>, to identity: FileIdentity) -> Bool {
        guard let start = path.baseAddress else { return false }
        var raw = stat()
        let isThere = start.withMemoryRebound(to: CChar.self, capacity: path.count + 1) { stat($0, &raw) } == 0
        return isThere && raw.st_ino == identity.inode && raw.st_dev == identity.device
    }

    /// The absolute path without links, `.` and `..`; see realpath(3).
    package static func realPath(_ path: BytePath) throws(Errno) -> BytePath {
        try path.withCString { name throws(Errno) in
            guard let resolved = try sysPointer({ realpath(name, nil) }) else { throw .noEntry }
            defer { free(resolved) }
            let length = strlen(resolved)
            return BytePath(UnsafeBufferPointer(start: resolved, count: length).map { UInt8(bitPattern: $0) })
        }
    }

    /// The text of a symbolic link, at most 4095 bytes; see readlink(2).
    package static func linkTarget(_ path: BytePath) throws(Errno) -> BytePath {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try path.withCString { name throws(Errno) in
            try sys { readlink(name, &buffer, buffer.count) }
        }
        return BytePath(buffer[..<count].map { UInt8(bitPattern: $0) })
    }
}
