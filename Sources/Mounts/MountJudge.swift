// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import DevicePolicy
import SystemIO

/// The possible uses of files on a mount, and the rule that decides them.
package struct MountVerdict: Equatable, Sendable {
    package enum Answer: Equatable, Sendable {
        case no, yes
        /// Yes, if the filesystem was mounted before the device table was
        /// enforced: it then keeps its permissions. The kernel does not report
        /// when it was mounted.
        case ifOlder
    }

    package var mount: Mount
    /// The device of the filesystem, or of the upper layer of an overlay.
    package var device: DeviceNumber?
    package var rule: DeviceRule?
    package var permissions: DevicePermissions?
    package var isWritable: Bool
    package var execution: Answer
    /// Whether set-user-id bits, file capabilities and entries have their
    /// effect.
    package var setUserID: Answer
    package var deviceNodes: Answer
    /// Whether this is an overlay whose upper layer is on no visible mount.
    package var isUpperUnknown = false
}

/// Judges mounts by their flags and by the device table.
package struct MountJudge {
    package enum Lock: Equatable, Sendable {
        /// The table is not enforced yet.
        case open
        /// Unknown; mounts are judged as if the table was not enforced.
        case unknown
        /// The table is enforced for filesystems mounted since.
        case locked
        /// As if everything had been mounted after the lock.
        case assumed
    }

    package var table = DeviceTable([])
    package var isStrict = false
    package var lock = Lock.open
    /// The number of the block device that a node names.
    package var blockDevice: (BytePath) -> DeviceNumber? = { _ in nil }

    package init() {}

    package func judge(_ mounts: [Mount]) -> [MountVerdict] {
        mounts.map { judge($0, among: mounts) }
    }

    private func judge(_ mount: Mount, among mounts: [Mount]) -> MountVerdict {
        let base = Self.base(of: mount, among: mounts)
        let device = base.flatMap(self.device)
        let rule = device.flatMap { table.rule(for: $0) }
        let permissions = device.map { table.permissions(of: $0, strict: isStrict) }
        let holdsPrograms = !Self.isWithoutPrograms(mount.type)
        let answer = { (isRefused: Bool, permission: DevicePermissions) -> MountVerdict.Answer in
            if isRefused { return .no }
            guard let permissions, lock == .locked || lock == .assumed, !permissions.contains(permission) else {
                return .yes
            }
            return lock == .assumed ? .no : .ifOlder
        }
        var isWritable = !mount.attributes.contains(.readOnly) && !mount.isReadOnlyFilesystem
        // A filesystem that is writable before the lock remains writable.
        if lock == .assumed, let permissions, !permissions.contains(.write) { isWritable = false }
        var verdict = MountVerdict(
            mount: mount, device: device, rule: rule, permissions: permissions, isWritable: isWritable,
            execution: answer(mount.attributes.contains(.noExec) || !holdsPrograms, .exec),
            setUserID: answer(mount.attributes.contains(.noSuid) || !holdsPrograms, .suid),
            deviceNodes: answer(
                mount.attributes.contains(.noDev) || !holdsPrograms || Self.isForDevices(mount.type), .dev))
        verdict.isUpperUnknown = base == nil
        return verdict
    }

    /// The mount whose device is judged: the mount itself, or the one that
    /// holds the upper layer of an overlay; nil if that cannot be found.
    private static func base(of mount: Mount, among mounts: [Mount]) -> Mount? {
        var base = mount
        // An overlay may lie on another one, up to the depth that the kernel
        // permits.
        for _ in 0..<3 {
            guard let upper = base.upper else { return base }
            // Of several mounts on one point, the last one is visible.
            let candidates = mounts.filter { $0 != base && upper.inside(root: $0.point) != nil }
            guard let longest = candidates.map(\.point.bytes.count).max(),
                let next = candidates.last(where: { $0.point.bytes.count == longest })
            else { return nil }
            base = next
        }
        return base.upper == nil ? base : nil
    }

    /// A filesystem on several devices has a number that belongs to no device;
    /// the kernel looks up the device from which it was mounted.
    private func device(of mount: Mount) -> DeviceNumber? {
        if mount.device.major != 0 { return mount.device }
        let type = String(decoding: mount.type, as: UTF8.self)
        guard ["btrfs", "bcachefs"].contains(type), mount.source.starts(with: "/dev/".utf8) else { return nil }
        return blockDevice(BytePath(mount.source))
    }

    /// Filesystems on which nothing can be executed or mapped executable. The
    /// kernel marks those of the first row (SB_I_NOEXEC), which no mount flag
    /// shows. Those of the second row hold no regular files, or none that the
    /// kernel can read or map.
    private static func isWithoutPrograms(_ type: [UInt8]) -> Bool {
        switch String(decoding: type, as: UTF8.self) {
        case "proc", "sysfs", "cgroup", "cgroup2", "resctrl", "binfmt_misc", "mqueue", "binder", "pidfs": true
        case "devpts", "debugfs", "tracefs", "securityfs", "pstore", "bpf", "fusectl", "efivarfs", "autofs", "nsfs":
            true
        default: false
        }
    }

    /// The purpose of the filesystem is to hold device nodes.
    private static func isForDevices(_ type: [UInt8]) -> Bool { type.elementsEqual("devtmpfs".utf8) }
}
