// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import SystemIO

/// Searches the files that give the rights of their owner or group.
package struct SetuidSearch {
    /// Directories that are not searched: mounts where these bits have no
    /// effect.
    private let skipped: Set<BytePath>
    /// Sorted by path, each with its bits in words.
    package private(set) var files: [(path: BytePath, bits: String)] = []
    /// Directories that could not be read.
    package private(set) var unread: [BytePath] = []

    package init(mounts: [Mount]) {
        skipped = Set(
            mounts.filter { mount in
                mount.attributes.contains(.noSuid) || Self.isWithoutFiles(mount.type)
            }.map(\.point))
    }

    private static func isWithoutFiles(_ type: [UInt8]) -> Bool {
        ["proc", "sysfs", "cgroup", "cgroup2", "securityfs", "debugfs", "tracefs", "devpts", "bpf", "efivarfs"]
            .contains(String(decoding: type, as: UTF8.self))
    }

    package mutating func search(_ directory: BytePath) {
        var waiting = [directory]
        while let next = waiting.popLast() {
            do throws(Errno) {
                for entry in try Files.list(next) {
                    let path = next.appending(entry.name)
                    // Most file systems say what is a directory; only files cost a call more.
                    if entry.kind == .directory {
                        if !skipped.contains(path) { waiting.append(path) }
                    } else if entry.kind != .symbolicLink, entry.kind != .other {
                        look(at: path, &waiting)
                    }
                }
            } catch {
                if error != .noEntry { unread.append(next) }
            }
        }
        files.sort { $0.path < $1.path }
    }

    private mutating func look(at path: BytePath, _ waiting: inout [BytePath]) {
        guard let status = try? Files.status(path, followLinks: false) else { return }
        if status.kind == .directory, !skipped.contains(path) { waiting.append(path) }
        guard status.kind == .regular, let bits = status.permissions.rightsOfOwner else { return }
        files.append((path, bits))
    }
}
