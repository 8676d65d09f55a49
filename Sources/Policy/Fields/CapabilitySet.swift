// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// A set of capabilities (capabilities(7)), and CLIP's own CONTEXT.
package struct CapabilitySet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Words of the rule language by bit number: `CAP_*` of
    /// linux/capability.h without the prefix.
    private static let kernelWords: [String] = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]

    /// `CLIP_CAP_CONTEXT` of linux/clip.h: no bit of the kernel's own sets.
    package static let contextBit = 63

    /// Every word with its bit number, in the order in which they are printed.
    package static let words: [(word: String, bit: Int)] =
        kernelWords.enumerated().map { ($1, $0) } + [("CONTEXT", contextBit)]

    private static let bitsByWord: [[UInt8]: Int] =
        Dictionary(uniqueKeysWithValues: words.map { (Array($0.word.utf8), $0.bit) })

    /// Every bit that has a word.
    package static let all = words.reduce(into: CapabilitySet()) { $0.formUnion(.init(bit: $1.bit)) }

    package init(bit: Int) {
        self.init(rawValue: 1 << UInt64(bit))
    }

    /// The set of the one capability that `word` names.
    package init?(word: some Sequence<UInt8>) {
        guard let bit = Self.bitsByWord[Array(word)] else { return nil }
        self.init(bit: bit)
    }

    /// The same for a few words: no table of all of them is made for it.
    package init?(oneWord word: some Collection<UInt8>) {
        guard let bit = Self.words.first(where: { $0.word.utf8.elementsEqual(word) })?.bit else { return nil }
        self.init(bit: bit)
    }

    /// Words of the bits that are set; a bit without a word (a newer kernel's)
    /// is written as `bitN`.
    package var names: [String] {
        if isEmpty { return [] }
        let known = Self.words.filter { contains(.init(bit: $0.bit)) }.map(\.word)
        let unknown = (0..<64).filter { contains(.init(bit: $0)) && !Self.all.contains(.init(bit: $0)) }
        return known + unknown.map { "bit\($0)" }
    }

    /// The words by their bits.
    private static let wordBytes: [[UInt8]] = words.reduce(into: Array(repeating: [], count: 64)) { bytes, word in
        bytes[word.bit] = Array(word.word.utf8)
    }

    /// Appends what `text` says to text.
    package func append(to text: inout [UInt8]) {
        if isEmpty { return text.append(UInt8(ascii: "-")) }
        // A bit without a word comes behind all others.
        guard isSubset(of: .all) else { return text += self.text.utf8 }
        var rest = rawValue
        while rest != 0 {
            if rest != rawValue { text.append(UInt8(ascii: "|")) }
            text += Self.wordBytes[rest.trailingZeroBitCount]
            rest &= rest - 1
        }
    }

    /// As in fields 4 to 6 of a rule: words joined by bars, or `-`.
    package var text: String {
        isEmpty ? "-" : names.joined(by: "|")
    }
}
