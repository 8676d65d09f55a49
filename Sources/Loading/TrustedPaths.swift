// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO

/// What the latches of kernel.clip require of files that are executed; see
/// `exec/tpe.c` and `memory/wx.c` of the kernel part.
struct TrustedPaths {
    /// Whether kernel.clip.tpe applies to the user.
    private let applies: Bool
    /// kernel.clip.wx_memory
    let memoryIsLatched: Bool

    init(_ user: ExecUser) {
        let exempt = UInt32(clamping: Self.number("tpe_gid"))
        let isExempt = exempt != 0 && user.groups.contains(exempt)
        applies = Self.number("tpe") == 1 && user.uid != 0 && !isExempt
        memoryIsLatched = Self.number("wx_memory") == 1
    }

    /// Whether the user may run the file, by its canonical path. The kernel goes
    /// up to the root of the filesystem, which is where the device changes.
    func isTrusted(_ path: BytePath, _ status: FileStatus) -> Bool {
        guard applies else { return true }
        guard status.links > 0, isRoots(status) else { return false }
        var directory = path
        while directory != "/" {
            directory = directory.parent
            guard let above = try? Files.status(directory) else { return false }
            if above.identity.device != status.identity.device { return true }
            if !isRoots(above) { return false }
        }
        return true
    }

    /// Whether only root can put another file at this name of a script, which
    /// its interpreter opens again: `clip_script_guarded()` of the kernel part.
    func isGuarded(_ path: BytePath) -> Bool {
        guard path.bytes.first == ASCII.slash, (try? Files.realPath(path)) == path,
            let status = try? Files.status(path), isRoots(status)
        else { return false }
        var directory = path.parent
        var height = 1
        while true {
            guard let above = try? Files.status(directory), above.owner == 0 else { return false }
            let isSticky = height > 1 && above.permissions.rawValue & 0o1000 != 0
            if above.permissions.rawValue & 0o022 != 0, !isSticky { return false }
            if directory == "/" { return true }
            directory = directory.parent
            height += 1
        }
    }

    private func isRoots(_ status: FileStatus) -> Bool {
        status.owner == 0 && status.permissions.rawValue & 0o022 == 0
    }

    /// 0 if there is no such latch, or this process may not read it.
    private static func number(_ name: String) -> Int {
        let path = BytePath("/proc/sys/kernel/clip/\(name)".utf8)
        guard let text = try? Files.read(path) else { return 0 }
        return Int(String(decoding: text.prefix { $0 != ASCII.newline }, as: UTF8.self)) ?? 0
    }
}
