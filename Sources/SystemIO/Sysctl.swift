// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CSystem

/// The files below /proc/sys.
package enum Sysctl {
    /// Writes a value in a single write(2), because a sysctl accepts no value
    /// in parts. The file must exist and is not truncated. Errors are those of
    /// open(2) and write(2).
    package static func write(_ value: String, to path: BytePath) throws(Errno) {
        try Descriptor(open: path, .writeOnly).write(Array("\(value)\n".utf8))
    }
}

/// One directory of sysctls. It is opened once, so that it is there also before
/// /proc is mounted and after a change of the root directory.
package final class SysctlDirectory {
    private let directory: Descriptor

    /// `path` is below /proc. Where /proc is not mounted, a /proc of the moment
    /// takes its place. Throws ENOENT if the kernel has no such directory.
    package init(_ path: BytePath) throws(Errno) {
        do throws(Errno) {
            directory = try Descriptor(open: path, .directory)
        } catch {
            guard error == .noEntry, let inner = path.inside(root: "/proc"), !Self.isMounted else { throw error }
            let proc = Descriptor(owning: try sys { csystem_private_proc() })
            directory = try Self.open(BytePath(inner.bytes.drop { $0 == ASCII.slash }), in: proc, .directory)
        }
    }

    private static var isMounted: Bool { (try? Files.status("/proc/sys")) != nil }

    private static func open(
        _ name: BytePath, in directory: borrowing Descriptor, _ flags: OpenFlags
    ) throws(Errno) -> Descriptor {
        let number = directory.number
        return Descriptor(
            owning: try name.withCString { name throws(Errno) in
                try sys { csystem_open_at(number, name, flags.rawValue) }
            })
    }

    package func read(_ name: String) throws(Errno) -> String {
        let file = try Self.open(BytePath(name.utf8), in: directory, .readOnly)
        return String(decoding: try file.bytes(at: 0, count: 4096), as: UTF8.self)
    }

    /// Writes a value in a single write(2), as `Sysctl.write`.
    package func write(_ value: String, to name: String) throws(Errno) {
        try Self.open(BytePath(name.utf8), in: directory, .writeOnly).write(Array("\(value)\n".utf8))
    }
}
