// SPDX-License-Identifier: LGPL-2.1-or-later

/// Privileges that an entry grants: `CLIP_PRIV_*` of linux/clip.h. ImageTests
/// compares every value with the header's.
package struct Privileges: LetterMask {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Contexts, levels and entries can be changed.
    package static let administer = Privileges(rawValue: 1 << 1)
    package static let networkClient = Privileges(rawValue: 1 << 2)
    package static let networkServer = Privileges(rawValue: 1 << 3)
    package static let networkOther = Privileges(rawValue: 1 << 4)
    package static let netlink = Privileges(rawValue: 1 << 8)
    /// Accepted for old files, never granted.
    package static let preInit = Privileges(rawValue: 1 << 15)
    package static let netlinkAudit = Privileges(rawValue: 1 << 18)

    package static let keys: [LetterKey<Privileges>] = [
        LetterKey("C", "CHROOT", Privileges(rawValue: 1 << 0)),
        LetterKey("V", "VERICTL", .administer),
        LetterKey("c", "NETCLIENT", .networkClient),
        LetterKey("s", "NETSERVER", Privileges(rawValue: 1 << 3)),
        LetterKey("n", "NETOTHER", Privileges(rawValue: 1 << 4)),
        LetterKey("P", "PROCFD", Privileges(rawValue: 1 << 5)),
        LetterKey("S", "SIGUSR", Privileges(rawValue: 1 << 6)),
        LetterKey("r", "RECVSIG", Privileges(rawValue: 1 << 7)),
        LetterKey("N", "NETLINK", .netlink),
        LetterKey("k", "KSYSLOG", Privileges(rawValue: 1 << 9)),
        LetterKey("I", "IMMORTAL", Privileges(rawValue: 1 << 10)),
        LetterKey("K", "KEEPPRIV", Privileges(rawValue: 1 << 11)),
        LetterKey("X", "XFRMSP", Privileges(rawValue: 1 << 12)),
        LetterKey("x", "XFRMSA", Privileges(rawValue: 1 << 13)),
        LetterKey("F", "FIRMWARE", Privileges(rawValue: 1 << 14)),
        LetterKey("i", "PREINIT", .preInit),
        LetterKey("d", "DRM", Privileges(rawValue: 1 << 16)),
        LetterKey("f", "FUSE", Privileges(rawValue: 1 << 17)),
        LetterKey("A", "NETLINK_AUDIT", .netlinkAudit),
        LetterKey("U", "UNSHARE", Privileges(rawValue: 1 << 19)),
        LetterKey("R", "IO_URING", Privileges(rawValue: 1 << 20)),
        LetterKey("B", "BPF", Privileges(rawValue: 1 << 21)),
        LetterKey("u", "USERNS", Privileges(rawValue: 1 << 22)),
        LetterKey("p", "PERF", Privileges(rawValue: 1 << 23)),
        LetterKey("D", "USERFAULTFD", Privileges(rawValue: 1 << 24)),
        LetterKey("E", "KEXEC", Privileges(rawValue: 1 << 25)),
        LetterKey("M", "MODULE", Privileges(rawValue: 1 << 26)),
        LetterKey("y", "KEYS", Privileges(rawValue: 1 << 27)),
        LetterKey("w", "RAW", Privileges(rawValue: 1 << 28)),
        LetterKey("T", "NFT", Privileges(rawValue: 1 << 29)),
    ]

    package static let all = union(of: keys)

    package static let noun = "privilege"
}
