// SPDX-License-Identifier: LGPL-2.1-or-later

import CClip
import Image
import Policy
import Testing

/// The pure modules may not import C. These tests are why their constants can
/// be trusted all the same.
@Suite struct HeaderTests {
    @Test func imageConstants() {
        #expect(ImageFormat.magic == Array(CLIP_IMAGE_MAGIC.utf8) + [0])
        #expect(ImageFormat.version == UInt32(CLIP_IMAGE_VERSION))
        #expect(ImageFormat.blocksVersion == UInt32(CLIP_IMAGE_VERSION_BLOCKS))
        #expect(ImageFormat.plainVersion == UInt32(CLIP_IMAGE_VERSION_PLAIN))
        #expect(ImageFormat.Block.hasSizes == UInt32(CLIP_BLOCK_SIZES))
        #expect(FileSize.unknown == UInt32(CLIP_SIZE_UNKNOWN))
        #expect(ImageFormat.maximumSize == Int(cclip_image_max_size))
        #expect(ImageFormat.maximumEntries == Int(cclip_image_max_entries))
        #expect(RuleLimits.pathLength == Int(CLIP_PATH_MAX))
        #expect(ImageFormat.Entry.digestCapacity == Int(CLIP_DIGEST_MAX))
    }

    @Test func headerLayout() {
        typealias Raw = clip_image_header
        typealias Header = ImageFormat.Header
        #expect(MemoryLayout<Raw>.size == Header.size)
        #expect(MemoryLayout<Raw>.offset(of: \.version) == Header.version)
        #expect(MemoryLayout<Raw>.offset(of: \.header_size) == Header.headerSize)
        #expect(MemoryLayout<Raw>.offset(of: \.total_size) == Header.totalSize)
        #expect(MemoryLayout<Raw>.offset(of: \.entry_count) == Header.entryCount)
        #expect(MemoryLayout<Raw>.offset(of: \.entry_size) == Header.entrySize)
        #expect(MemoryLayout<Raw>.offset(of: \.entries_offset) == Header.entriesOffset)
        #expect(MemoryLayout<Raw>.offset(of: \.strings_offset) == Header.stringsOffset)
        #expect(MemoryLayout<Raw>.offset(of: \.strings_size) == Header.stringsSize)
        #expect(MemoryLayout<Raw>.offset(of: \.checksum) == Header.checksum)
        #expect(MemoryLayout<Raw>.offset(of: \.policy_version) == Header.policyVersion)
    }

    @Test func blockLayout() {
        typealias Second = clip_image_digests
        typealias Digests = ImageFormat.Digests
        let start = ImageFormat.Header.size
        #expect(start + MemoryLayout<Second>.size == Digests.headerSize)
        #expect(MemoryLayout<Second>.offset(of: \.block_count).map { start + $0 } == Digests.blockCount)
        #expect(MemoryLayout<Second>.offset(of: \.block_size).map { start + $0 } == Digests.blockSize)
        #expect(MemoryLayout<Second>.offset(of: \.blocks_offset).map { start + $0 } == Digests.blocksOffset)
        #expect(MemoryLayout<Second>.offset(of: \.digests_offset).map { start + $0 } == Digests.digestsOffset)
        #expect(MemoryLayout<Second>.offset(of: \.digests_size).map { start + $0 } == Digests.digestsSize)
        typealias Raw = clip_image_block
        typealias Block = ImageFormat.Block
        #expect(MemoryLayout<Raw>.size == Block.size)
        #expect(MemoryLayout<Raw>.offset(of: \.context) == Block.context)
        #expect(MemoryLayout<Raw>.offset(of: \.algorithm) == Block.algorithm)
        #expect(MemoryLayout<Raw>.offset(of: \.digest_size) == Block.digestSize)
        #expect(MemoryLayout<Raw>.offset(of: \.count) == Block.count)
        #expect(MemoryLayout<Raw>.offset(of: \.source_offset) == Block.sourceOffset)
        #expect(MemoryLayout<Raw>.offset(of: \.source_length) == Block.sourceLength)
        #expect(MemoryLayout<Raw>.offset(of: \.flags) == Block.flags)
    }

    @Test func entryLayout() {
        typealias Raw = clip_image_entry
        typealias Entry = ImageFormat.Entry
        #expect(MemoryLayout<Raw>.size == Entry.size)
        #expect(MemoryLayout<Raw>.offset(of: \.context) == Entry.context)
        #expect(MemoryLayout<Raw>.offset(of: \.flags) == Entry.flags)
        #expect(MemoryLayout<Raw>.offset(of: \.cap_effective) == Entry.effective)
        #expect(MemoryLayout<Raw>.offset(of: \.cap_permitted) == Entry.permitted)
        #expect(MemoryLayout<Raw>.offset(of: \.cap_inheritable) == Entry.inheritable)
        #expect(MemoryLayout<Raw>.offset(of: \.privileges) == Entry.privileges)
        #expect(MemoryLayout<Raw>.offset(of: \.path_offset) == Entry.pathOffset)
        #expect(MemoryLayout<Raw>.offset(of: \.path_length) == Entry.pathLength)
        #expect(MemoryLayout<Raw>.offset(of: \.source_offset) == Entry.sourceOffset)
        #expect(MemoryLayout<Raw>.offset(of: \.source_length) == Entry.sourceLength)
        #expect(MemoryLayout<Raw>.offset(of: \.source_line) == Entry.sourceLine)
        #expect(MemoryLayout<Raw>.offset(of: \.algorithm) == Entry.algorithm)
        #expect(MemoryLayout<Raw>.offset(of: \.digest_size) == Entry.digestSize)
        #expect(MemoryLayout<Raw>.offset(of: \.digest) == Entry.digest)
    }

    @Test func entryFlags() {
        let pairs: [(EntryFlags, UInt32)] = [
            (.executable, CLIP_ENTRY_EXE), (.library, CLIP_ENTRY_LIB), (.needRoot, CLIP_ENTRY_NEEDROOT),
            (.needLibraries, CLIP_ENTRY_NEEDLIBS), (.checkLibraries, CLIP_ENTRY_CHECKLIBS),
            (.inherit, CLIP_ENTRY_INHERIT), (.script, CLIP_ENTRY_SCRIPT), (.kernelThread, CLIP_ENTRY_KTHREAD),
            (.interpreter, CLIP_ENTRY_INTERP), (.unsafe, CLIP_ENTRY_UNSAFE), (.justInTime, CLIP_ENTRY_JIT),
            (.restrict, CLIP_ENTRY_RESTRICT), (.indirect, CLIP_ENTRY_INDIRECT),
            (.all, cclip_entry_all),
        ]
        for (flag, value) in pairs { #expect(flag.rawValue == value) }
    }

    @Test func privileges() {
        let values: [String: UInt64] = [
            "CHROOT": CLIP_PRIV_CHROOT, "VERICTL": CLIP_PRIV_VERICTL, "NETCLIENT": CLIP_PRIV_NETCLIENT,
            "NETSERVER": CLIP_PRIV_NETSERVER, "NETOTHER": CLIP_PRIV_NETOTHER, "PROCFD": CLIP_PRIV_PROCFD,
            "SIGUSR": CLIP_PRIV_SIGUSR, "RECVSIG": CLIP_PRIV_RECVSIG, "NETLINK": CLIP_PRIV_NETLINK,
            "KSYSLOG": CLIP_PRIV_KSYSLOG, "IMMORTAL": CLIP_PRIV_IMMORTAL, "KEEPPRIV": CLIP_PRIV_KEEPPRIV,
            "XFRMSP": CLIP_PRIV_XFRMSP, "XFRMSA": CLIP_PRIV_XFRMSA, "FIRMWARE": CLIP_PRIV_FIRMWARE,
            "PREINIT": CLIP_PRIV_PREINIT, "DRM": CLIP_PRIV_DRM, "FUSE": CLIP_PRIV_FUSE,
            "NETLINK_AUDIT": CLIP_PRIV_NETLINK_AUDIT, "UNSHARE": CLIP_PRIV_UNSHARE,
            "IO_URING": CLIP_PRIV_IO_URING, "BPF": CLIP_PRIV_BPF, "USERNS": CLIP_PRIV_USERNS, "PERF": CLIP_PRIV_PERF,
            "USERFAULTFD": CLIP_PRIV_USERFAULTFD, "KEXEC": CLIP_PRIV_KEXEC, "MODULE": CLIP_PRIV_MODULE,
            "KEYS": CLIP_PRIV_KEYS, "RAW": CLIP_PRIV_RAW, "NFT": CLIP_PRIV_NFT,
        ]
        #expect(values.count == Privileges.keys.count)
        for key in Privileges.keys { #expect(values[key.name] == key.bit.rawValue) }
        #expect(Privileges.all.rawValue == cclip_priv_all)
    }

    /// The kernel writes letters in its log and its lists; they are one table.
    @Test func privilegeLetters() {
        let letters = Array(CLIP_PRIV_LETTERS.utf8)
        for key in Privileges.keys { #expect(letters[key.bit.rawValue.trailingZeroBitCount] == key.letter) }
        #expect(letters.count == Privileges.keys.count)
    }

    @Test func algorithms() {
        let values: [DigestAlgorithm: Int32] = [
            .md5: CLIP_ALGO_MD5, .sha1: CLIP_ALGO_SHA1, .sha256: CLIP_ALGO_SHA256, .sha384: CLIP_ALGO_SHA384,
            .sha512: CLIP_ALGO_SHA512, .fsveritySHA256: CLIP_ALGO_FSVERITY_SHA256,
            .fsveritySHA512: CLIP_ALGO_FSVERITY_SHA512,
        ]
        for algorithm in DigestAlgorithm.allCases { #expect(values[algorithm] == Int32(algorithm.rawValue)) }
    }

    @Test func levels() {
        let values: [(ContextLevel, UInt32)] = [
            (.active, CLIP_LEVEL_ACTIVE), (.levelImmutable, CLIP_LEVEL_LVL_IMMUTABLE),
            (.enforceExec, CLIP_LEVEL_ENFORCE_EXEC), (.enforceLib, CLIP_LEVEL_ENFORCE_LIB),
            (.enforceScript, CLIP_LEVEL_ENFORCE_SCRIPT), (.permissive, CLIP_LEVEL_PERMISSIVE),
            (.seal, CLIP_LEVEL_SEAL), (.wxMemory, CLIP_LEVEL_WX_MEMORY), (.all, UInt32(CLIP_LEVEL_ALL)),
        ]
        for (level, value) in values { #expect(level.rawValue == value) }
        // The words are the header's, and none is missing.
        for bit in 0..<UInt32(32) {
            let word = ContextLevel.words.first { $0.bit.rawValue == 1 << bit }?.word
            #expect(word == clip_level_name(bit).map { String(cString: $0) })
        }
    }

    @Test func contexts() {
        #expect(ContextID.own.number == CLIP_CONTEXT_OWN)
        #expect(CapabilitySet.contextBit == Int(CLIP_CAP_CONTEXT))
    }
}
