// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Glibc

/// A lock that a process holds until it ends, in a file that names the process;
/// see flock(2).
package struct ProcessLock: ~Copyable {
    private let file: Descriptor

    /// Takes the lock and writes the number of this process. Throws EAGAIN if
    /// another process has it.
    package init(taking path: BytePath) throws(Errno) {
        let file = try Descriptor(
            open: path, [.readWrite, .create, .noFollow], permissions: FilePermissions(rawValue: 0o600))
        let number = file.number
        try sys { flock(number, LOCK_EX | LOCK_NB) }
        try sys { ftruncate(number, 0) }
        try file.write(Array("\(getpid())\n".utf8))
        self.file = file
    }

    /// The process that has the lock; nil if none has it.
    package static func holder(of path: BytePath) throws(Errno) -> Int32? {
        let file: Descriptor
        do throws(Errno) {
            file = try Descriptor(open: path, [.readOnly, .noFollow])
        } catch {
            if error == .noEntry { return nil }
            throw error
        }
        let number = file.number
        do throws(Errno) {
            try sys { flock(number, LOCK_SH | LOCK_NB) }
            return nil
        } catch {
            guard error == .tryAgain else { throw error }
        }
        let text = try file.bytes(at: 0, count: 16).prefix { $0 != ASCII.newline }
        return Int32(String(decoding: text, as: UTF8.self))
    }
}
