// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// Attributes of a mount; the values are `MOUNT_ATTR_*` of linux/mount.h.
package struct MountAttributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static let readOnly = MountAttributes(rawValue: 0x1)
    package static let noSetuid = MountAttributes(rawValue: 0x2)
    package static let noDevices = MountAttributes(rawValue: 0x4)
    package static let noExecute = MountAttributes(rawValue: 0x8)
    package static let noAccessTime = MountAttributes(rawValue: 0x10)
    package static let noDirectoryAccessTime = MountAttributes(rawValue: 0x80)
    package static let noLinks = MountAttributes(rawValue: 0x20_0000)
    package static let noLocks = MountAttributes(rawValue: 0x40_0000)

    /// Words of an option list: what each adds or takes away.
    static let words: [(word: String, adds: MountAttributes, removes: MountAttributes)] = [
        ("ro", .readOnly, []), ("rw", [], .readOnly), ("noexec", .noExecute, []), ("exec", [], .noExecute),
        ("nosuid", .noSetuid, []), ("suid", [], .noSetuid), ("nodev", .noDevices, []), ("dev", [], .noDevices),
        ("noatime", .noAccessTime, []), ("atime", [], .noAccessTime),
        ("nodiratime", .noDirectoryAccessTime, []), ("diratime", [], .noDirectoryAccessTime),
        ("nosymfollow", .noLinks, []), ("symfollow", [], .noLinks), ("nolock", .noLocks, []), ("lock", [], .noLocks),
    ]

    /// The words of a set, and those of attributes that are taken away; without
    /// any of them, `defaults`.
    package func text(without cleared: MountAttributes = []) -> String {
        let words = Self.words.filter { _, adds, removes in
            (!adds.isEmpty && contains(adds)) || (!removes.isEmpty && cleared.contains(removes))
        }
        return words.isEmpty ? "defaults" : words.map(\.word).joined(separator: ",")
    }
}

/// One mount of a jail.
package struct MountLine: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// What is at `source` on the host.
        case bind
        /// What is at `source` in the tree.
        case inside
        /// A new filesystem.
        case filesystem(type: [UInt8])
        /// Attributes for what is mounted at the target already.
        case change
        /// A small /dev that cannot be written.
        case devices
    }

    package var kind: Kind
    package var source: BytePath?
    package var target: BytePath
    package var attributes: MountAttributes = []
    /// Attributes that are taken away, if what is bound has them.
    package var cleared: MountAttributes = []
    /// Options of the filesystem, joined by commas.
    package var data: [UInt8] = []
    package var isRecursive = false
    package var isOptional = false
    /// The line of its file, from 1; 0 if it has none.
    package var line = 0
    package var file: [UInt8] = []

    package init(_ kind: Kind, _ source: BytePath?, at target: BytePath) {
        self.kind = kind
        self.source = source
        self.target = target
    }

    /// Whether a file that was written there can be executed.
    package var isWritableAndExecutable: Bool {
        switch kind {
        case .devices: false
        // Only what becomes stricter; the mount itself is another line.
        case .change: false
        default: !attributes.contains(.readOnly) && !attributes.contains(.noExecute)
        }
    }
}
