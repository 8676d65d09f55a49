// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Glibc

/// One name in a directory.
package struct DirectoryEntry: Sendable {
    package let name: [UInt8]
    /// The inode number; that of the directory below if a filesystem is mounted
    /// on the name.
    package let inode: UInt64
    /// nil if the file system does not report it.
    package let kind: FileStatus.Kind?
}

extension Files {
    /// The names in a directory but `.` and `..`, sorted by their bytes.
    package static func list(_ path: BytePath) throws(Errno) -> [DirectoryEntry] {
        let stream = try path.withCString { name throws(Errno) in try sysPointer { opendir(name) } }
        guard let stream else { throw .noEntry }
        defer { closedir(stream) }
        var entries: [DirectoryEntry] = []
        // nil means the end of the directory or an error; only errno
        // distinguishes them. A list that ends early would leave files
        // unlisted.
        while let entry = try sysPointer({ readdir(stream) }) {
            let name = name(of: entry)
            if name == [UInt8(ascii: ".")] || name == Array("..".utf8) { continue }
            entries.append(
                DirectoryEntry(
                    name: name, inode: UInt64(entry.pointee.d_ino),
                    kind: .init(directoryType: entry.pointee.d_type)))
        }
        return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        // d_name is longer than its declaration on some file systems, so it is
        // read by address up to its NUL, not as a tuple.
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
        let start = UnsafeRawPointer(entry) + offset
        return Array(UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self))))
    }
}
