// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Glibc
import SystemIO
package import Tool

/// The cgroup of a jail, below `vsctl` of the unified hierarchy.
package struct Cgroup {
    package let path: BytePath
    private static let root: BytePath = "/sys/fs/cgroup"

    package init(jail: String) {
        path = Self.parent.appending(Array(jail.utf8))
    }

    private static var parent: BytePath { root.appending(Array("vsctl".utf8)) }

    /// Whether cgroup2 is mounted in its place.
    package static var isAvailable: Bool {
        (try? Files.status(root.appending(Array("cgroup.subtree_control".utf8)))) != nil
    }

    package var exists: Bool { (try? Files.status(path)) != nil }

    /// Makes the cgroup, with the controllers that the limits take.
    package func make(_ settings: [(file: String, value: String)]) throws(Failure) {
        var file = ""
        do throws(Errno) {
            try Files.makeDirectory(Self.parent)
            for controller in Set(settings.map { $0.file.prefix { $0 != "." } }).sorted() {
                file = "\(Self.root)/cgroup.subtree_control: +\(controller)"
                for place in [Self.root, Self.parent] {
                    try Sysctl.write("+\(controller)", to: place.appending(Array("cgroup.subtree_control".utf8)))
                }
            }
            file = path.description
            try Files.makeDirectory(path)
            for setting in settings {
                file = "\(path)/\(setting.file)"
                try Sysctl.write(setting.value, to: path.appending(Array(setting.file.utf8)))
            }
        } catch {
            throw Failure(status: .io, message: "the cgroup: \(file): \(error)")
        }
    }

    /// The processes in it; empty if it does not exist.
    package var processes: [Int32] {
        let text = (try? Files.read(path.appending(Array("cgroup.procs".utf8)))) ?? []
        return text.split(separator: ASCII.newline).compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
    }

    /// A number from one of its files; nil if it has none.
    package func number(_ file: String) -> UInt64? {
        let text = try? Files.read(path.appending(Array(file.utf8)))
        return text.flatMap { UInt64(String(decoding: $0.prefix { $0 != ASCII.newline }, as: UTF8.self)) }
    }

    /// Ends all processes in it at once, those that are being made too.
    package func kill() {
        try? Sysctl.write("1", to: path.appending(Array("cgroup.kill".utf8)))
    }

    /// Removes it. The kernel needs a moment for processes that have just ended.
    func remove() throws(Errno) {
        for attempt in 0..<100 {
            do throws(Errno) {
                _ = try path.withCString { name throws(Errno) in try sys { rmdir(name) } }
                return
            } catch {
                if error == .noEntry { return }
                guard error == .busy, attempt < 99 else { throw error }
            }
            Process.sleep(milliseconds: 20)
        }
    }
}
