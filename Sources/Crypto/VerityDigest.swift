// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// The fs-verity digest of content, as FS_IOC_MEASURE_VERITY answers for a file
/// on which fs-verity was enabled with blocks of 4096 bytes and without a salt:
/// what `fsverity enable` does by default. It is computed whether
/// fs-verity is enabled or not, but the kernel compares it only on files on
/// which fs-verity is enabled, so a rule with it matches no other file.
///
/// Documentation/filesystems/fsverity.rst, "Merkle tree" and "fs-verity
/// descriptor", of the kernel. Each data block is hashed; the hashes, one behind
/// the other, fill the blocks of level 0, whose hashes fill those of level 1,
/// until one hash is left: the root. Data and hash blocks that are not full are
/// padded with zeros.
///
/// Memory does not grow with the file: only the incomplete block of each level
/// is kept, and fs-verity has at most 8 levels.
struct VerityDigest: ContentDigest {
    /// Bytes; the size of a page on every machine that we build for.
    static let blockSize = 4096

    /// The end of the content so far, if it is not a whole block.
    private var data: [UInt8] = []
    /// The hashes of each level that do not fill a block yet.
    private var levels: [[UInt8]] = []
    /// Bytes of content.
    private var size: UInt64 = 0

    func begin(_ hash: borrowing MessageDigest) {}

    mutating func update(_ bytes: UnsafeRawBufferPointer, _ hash: borrowing MessageDigest) throws(DigestError) {
        size += UInt64(bytes.count)
        var rest = bytes[...]
        while !rest.isEmpty {
            // Whole blocks, the usual case, are hashed without a copy.
            if data.isEmpty, rest.count >= Self.blockSize {
                let block = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.blockSize))
                try push(try hash.digest(of: block), level: 0, hash)
                rest = rest.dropFirst(Self.blockSize)
                continue
            }
            let part = rest.prefix(Self.blockSize - data.count)
            data += part
            rest = rest.dropFirst(part.count)
            if data.count == Self.blockSize { try pushData(hash) }
        }
    }

    mutating func end(_ hash: borrowing MessageDigest) throws(DigestError) -> [UInt8] {
        if !data.isEmpty { try pushData(hash) }
        return try Self.hash(descriptor(rootHash: try root(hash), hash), hash)
    }

    private mutating func pushData(_ hash: borrowing MessageDigest) throws(DigestError) {
        let digest = try Self.hash(Self.padded(data), hash)
        data.removeAll(keepingCapacity: true)
        try push(digest, level: 0, hash)
    }

    /// Adds a hash to a level. A full block is passed upwards only when another
    /// hash follows; if none follows, it may be the root.
    private mutating func push(
        _ digest: [UInt8], level: Int, _ hash: borrowing MessageDigest
    ) throws(DigestError) {
        if level == levels.count {
            levels.append([])
            levels[level].reserveCapacity(Self.blockSize)
        }
        if levels[level].count == Self.blockSize { try passUpwards(level, hash) }
        levels[level] += digest
    }

    private mutating func passUpwards(_ level: Int, _ hash: borrowing MessageDigest) throws(DigestError) {
        let digest = try Self.hash(Self.padded(levels[level]), hash)
        levels[level].removeAll(keepingCapacity: true)
        try push(digest, level: level + 1, hash)
    }

    /// The root hash; all zeros for an empty file.
    private mutating func root(_ hash: borrowing MessageDigest) throws(DigestError) -> [UInt8] {
        var level = 0
        while level < levels.count {
            let isTop = level == levels.count - 1
            if isTop, levels[level].count == hash.size { return levels[level] }
            try passUpwards(level, hash)
            level += 1
        }
        return [UInt8](repeating: 0, count: hash.size)
    }

    /// struct fsverity_descriptor of linux/fsverity.h, 256 bytes.
    private func descriptor(rootHash: [UInt8], _ hash: borrowing MessageDigest) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(1)  // version
        // FS_VERITY_HASH_ALG_SHA256 and _SHA512
        bytes.append(hash.size == DigestAlgorithm.sha256.size ? 1 : 2)
        bytes.append(UInt8(Self.blockSize.trailingZeroBitCount))
        bytes.append(0)  // salt_size
        bytes.appendLittleEndian(UInt32(0))  // sig_size: not part of what is hashed
        bytes.appendLittleEndian(size)
        bytes += rootHash
        // The rest of root_hash[64], salt[32], __reserved[144].
        bytes += repeatElement(0, count: 256 - bytes.count)
        return bytes
    }

    private static func padded(_ block: [UInt8]) -> [UInt8] {
        block.count == blockSize ? block : block + [UInt8](repeating: 0, count: blockSize - block.count)
    }

    private static func hash(_ bytes: [UInt8], _ hash: borrowing MessageDigest) throws(DigestError) -> [UInt8] {
        try bytes.withUnsafeBufferPointer { bytes throws(DigestError) in
            try hash.digest(of: UnsafeRawBufferPointer(bytes))
        }
    }
}
