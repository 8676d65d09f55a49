// SPDX-License-Identifier: LGPL-2.1-or-later

import CSystem
import Glibc

/// The flags of a mount: `MOUNT_ATTR_*` of linux/mount.h.
package struct MountAttributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static let readOnly = MountAttributes(rawValue: 1 << 0)
    package static let noSuid = MountAttributes(rawValue: 1 << 1)
    package static let noDev = MountAttributes(rawValue: 1 << 2)
    package static let noExec = MountAttributes(rawValue: 1 << 3)
}

/// The flags of a file system that statmount(2) reports: `SB_*` of linux/mount.h.
package struct SuperblockFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let readOnly = SuperblockFlags(rawValue: 1 << 0)
}

/// One mount, as statmount(2) describes it.
package struct KernelMount: Sendable {
    /// No other mount ever has it, until the next boot.
    package let id: UInt64
    package let major: UInt32
    package let minor: UInt32
    package let attributes: MountAttributes
    package let superblockFlags: SuperblockFlags
    package let root: [UInt8]
    package let point: [UInt8]
    package let type: [UInt8]
    /// The options of the filesystem, as in /proc/self/mounts.
    package let options: [UInt8]

    private init(_ id: UInt64, _ raw: csystem_mount) {
        self.id = id
        major = raw.major
        minor = raw.minor
        attributes = MountAttributes(rawValue: raw.attributes)
        superblockFlags = SuperblockFlags(rawValue: raw.sb_flags)
        root = Self.bytes(raw.root)
        point = Self.bytes(raw.point)
        type = Self.bytes(raw.type)
        options = Self.bytes(raw.options)
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
        text.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
    }

    /// Returns all mounts of this namespace without reading /proc. Throws
    /// ENOSYS before Linux 6.8.
    package static func all() throws(Errno) -> [KernelMount] {
        var mounts: [KernelMount] = []
        var ids = [UInt64](repeating: 0, count: 256)
        var last: UInt64 = 0
        while true {
            let count = try ids.withUnsafeMutableBufferPointer { buffer throws(Errno) in
                try sys { csystem_listmount(last, buffer.baseAddress, UInt(buffer.count)) }
            }
            guard count > 0 else { return mounts }
            for id in ids.prefix(count) {
                if let mount = try one(id) { mounts.append(mount) }
                last = id
            }
        }
    }

    /// Returns nil if the mount no longer exists.
    private static func one(_ id: UInt64) throws(Errno) -> KernelMount? {
        var size = 4096
        while true {
            do throws(Errno) {
                return try one(id, size: size)
            } catch {
                if error.number == ENOENT { return nil }
                // Options of an overlay with many layers can be long.
                guard error.number == EOVERFLOW, size < 1 << 20 else { throw error }
                size *= 4
            }
        }
    }

    private static func one(_ id: UInt64, size: Int) throws(Errno) -> KernelMount {
        var raw = csystem_mount()
        var buffer = [UInt64](repeating: 0, count: size / 8)
        // The texts are copied while the buffer exists.
        return try buffer.withUnsafeMutableBufferPointer { words throws(Errno) in
            let start = UnsafeMutableRawPointer(words.baseAddress)
            let count = UInt(words.count * 8)
            try sys { csystem_statmount(id, &raw, start, count) }
            return KernelMount(id, raw)
        }
    }
}
