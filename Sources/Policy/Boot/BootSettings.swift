// SPDX-License-Identifier: LGPL-2.1-or-later

/// What `/etc/verictl/boot.conf` asks for at boot.
package struct BootSettings: Equatable, Sendable {
    package enum Mode: String, CaseIterable, Sendable {
        /// Nothing is loaded.
        case off
        /// Rules are loaded, and refusals are only reported.
        case permissive
        case enforcing
    }

    /// What follows if the rules cannot be enforced as asked.
    package enum FailureAnswer: String, CaseIterable, Sendable {
        case goOn = "continue"
        /// The machine is halted.
        case stop
    }

    /// Which rules are loaded.
    package enum Signature: String, CaseIterable, Sendable {
        /// Those of the system, signed or not.
        case optional
        /// Only the signed image.
        case required
    }

    /// What is made final once the system is up.
    package struct Lock: Equatable, Sendable {
        /// The flags of mounts, with the device table as it is.
        package var mounts = false
        /// The device table, which must hold a rule.
        package var devices = false
        package var level: ContextLevel = []

        package init() {}

        /// As in the file.
        package var words: [String] { (mounts ? ["mounts"] : []) + (devices ? ["devices"] : []) + level.names }
    }

    package var mode = Mode.off
    /// Without `active` and `permissive`, which follow from the mode.
    package var level: ContextLevel = []
    package var latches: [BootLatch] = []
    package var lock = Lock()
    /// Contexts that must exist before their rules are loaded.
    package var contexts: [ContextEntry] = []
    package var onFailure = FailureAnswer.goOn
    package var signature = Signature.optional

    package init() {}

    /// The level of context 0 after `boot load`.
    package var activeLevel: ContextLevel {
        level.union(mode == .permissive ? [.active, .permissive] : .active)
    }
}

/// A latch of `kernel.clip` and the value that is written to it.
package struct BootLatch: Equatable, Sendable {
    /// What a latch takes.
    package enum Kind: Sendable {
        /// 1; no other value changes it.
        case flag
        /// Hexadecimal bits, of which only those that are set stay.
        case mask
        /// Hexadecimal bits, which are added.
        case bits
        /// A group id, in decimal.
        case group
    }

    package var name: String
    package var value: String

    package init(_ name: String, _ value: String = "1") {
        self.name = name
        self.value = value
    }

    package static let kinds: [(name: String, kind: Kind)] =
        [
            "nosuid_root", "exec_permission", "network", "netlink", "xfrm", "listed_modules", "syslog", "unshare",
            "chroot", "fuse", "devmem", "drm", "firmware", "tpe", "wx_memory", "devices_strict", "signed",
        ].map { ($0, .flag) } + [("rootcap", .mask), ("capbound", .mask), ("require", .bits), ("tpe_gid", .group)]

    package var kind: Kind? { Self.kinds.first { $0.name == name }?.kind }

    /// Whether a latch that reads `text` already has the effect of this value.
    package func isSet(in text: String) -> Bool {
        let present = text.filter { $0 != "\n" }
        switch kind {
        case .flag?: return present == value
        case .group?: return UInt32(present) == UInt32(value)
        case .mask?, .bits?:
            guard let present = Self.bits(present), let wanted = Self.bits(value) else { return false }
            return kind == .mask ? present & ~wanted == 0 : wanted & ~present == 0
        case nil: return false
        }
    }

    static func bits(_ text: String) -> UInt64? {
        UInt64(text.hasPrefix("0x") ? String(text.dropFirst(2)) : text, radix: 16)
    }
}
