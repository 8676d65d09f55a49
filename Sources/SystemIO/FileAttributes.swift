// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CSystem
import Glibc

/// What is known of a file besides its status and its content.
extension Files {
    /// An extended attribute of at most 64 KiB; nil if the file has none of this
    /// name, or if its file system has no attributes. See getxattr(2).
    package static func attribute(_ name: String, of path: BytePath) throws(Errno) -> [UInt8]? {
        try attribute { value, size throws(Errno) in
            try path.withCString { file throws(Errno) in try sys { csystem_get_attribute(file, name, value, size) } }
        }
    }

    /// The value that `get` writes into a buffer of a size. Few attributes are as long
    /// as they may be.
    fileprivate static func attribute(
        _ get: (UnsafeMutableRawPointer, UInt) throws(Errno) -> Int
    ) throws(Errno) -> [UInt8]? {
        do throws(Errno) {
            do throws(Errno) {
                return try attribute(size: 256, get)
            } catch {
                guard error == .outOfRange else { throw error }
                // XATTR_SIZE_MAX of linux/limits.h
                return try attribute(size: 65536, get)
            }
        } catch {
            if [.noData, .notSupported].contains(error) { return nil }
            throw error
        }
    }

    private static func attribute(
        size: Int, _ get: (UnsafeMutableRawPointer, UInt) throws(Errno) -> Int
    ) throws(Errno) -> [UInt8] {
        try withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { buffer throws(Errno) in
            guard let start = buffer.baseAddress else { throw .invalid }
            return Array(buffer[..<(try get(start, UInt(size)))])
        }
    }

    /// Sets an extended attribute; see setxattr(2).
    package static func setAttribute(_ name: String, of path: BytePath, to value: [UInt8]) throws(Errno) {
        _ = try path.withCString { file throws(Errno) in
            try sys { csystem_set_attribute(file, name, value, UInt(value.count)) }
        }
    }

    /// The magic number of the file system of a file: `f_type` of statfs(2).
    package static func filesystem(of path: BytePath) throws(Errno) -> UInt32 {
        try filesystemStatus(path).type
    }

    /// Whether the file is on a mount with `noexec`.
    package static func isOnNoExecMount(_ path: BytePath) throws(Errno) -> Bool {
        try filesystemStatus(path).noExec
    }

    private static func filesystemStatus(_ path: BytePath) throws(Errno) -> (type: UInt32, noExec: Bool) {
        var type: UInt32 = 0
        var noExec: Int32 = 0
        _ = try path.withCString { name throws(Errno) in try sys { csystem_filesystem(name, &type, &noExec) } }
        return (type, noExec != 0)
    }

    /// The first bytes of a regular file, at most `count`; none of another one.
    package static func head(_ path: BytePath, _ count: Int) throws(Errno) -> [UInt8] {
        let file = try Descriptor(readingFound: path)
        guard try file.status().kind == .regular else { return [] }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { buffer.deallocate() }
        return Array(buffer[..<(try file.read(into: buffer))])
    }

    /// The path of a file, without links, as it is if the directory `root`, a
    /// canonical path, is `/`: absolute links begin there, and nothing leads out
    /// of it. Needs /proc, and Linux 5.6 for openat2(2). The result is a path
    /// of this system, below `root`.
    package static func realPath(_ path: BytePath, inRoot root: BytePath) throws(Errno) -> BytePath {
        let directory = try Descriptor(open: root, [.readOnly, .directory])
        let top = directory.number
        let number = try path.withCString { name throws(Errno) in try sys { csystem_open_in_root(top, name) } }
        let file = Descriptor(owning: number)
        let found = try linkTarget(BytePath("/proc/self/fd/\(file.number)".utf8))
        guard found.inside(root: root) != nil else { throw .noEntry }
        return found
    }
}

extension Descriptor {
    /// The same as `Files.attribute` of the open file.
    package func attribute(_ name: String) throws(Errno) -> [UInt8]? {
        let number = number
        return try Files.attribute { value, size throws(Errno) in
            try sys { csystem_get_open_attribute(number, name, value, size) }
        }
    }

    /// The same as `Files.filesystem` of the open file.
    package func filesystem() throws(Errno) -> UInt32 {
        let number = number
        var type: UInt32 = 0
        try sys { csystem_open_filesystem(number, &type) }
        return type
    }
}
