// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// An image that has been checked, whatever its source. Each number is checked
/// before it is used, and no input can cause a trap.
///
/// Rules are decoded on demand: an image is sent unchanged, and only the few
/// entries that the kernel refuses are reported. Nothing is allocated for the
/// others.
package struct CheckedImage: Sendable {
    typealias Entry = ImageFormat.Entry

    typealias BlockField = ImageFormat.Block

    /// A block of allow digests.
    private struct Block {
        /// The place of its fields.
        let base: Int
        /// The number of its first digest in the image.
        let first: Int
        let count: Int
        let algorithm: DigestAlgorithm
        /// The place of its first digest.
        let digests: Int
        let hasSizes: Bool

        /// The places of the line and of the size of its first digest.
        var lines: Int { digests + count * algorithm.size }
        var sizes: Int { lines + count * ImageFormat.Block.lineSize }
        var end: Int { hasSizes ? sizes + count * ImageFormat.Block.fileSizeSize : sizes }
    }

    package let bytes: [UInt8]
    /// Number of rules: entries, and behind them the digests of blocks.
    package let count: Int
    private let parts: ImageParts
    private let blocks: [Block]

    /// Throws the first fault of the image. `isKnown` says that the caller knows the bytes
    /// otherwise, which says more than the checksum.
    package init(_ bytes: [UInt8], isKnown: Bool = false) throws(ImageError) {
        self.bytes = bytes
        parts = try ImageDecoder.checkHeader(bytes, comparesChecksum: !isKnown)
        blocks = try Self.findBlocks(bytes, parts)
        count = parts.entryCount + blocks.reduce(0) { $0 + $1.count }
        // All rules of one file have its name.
        var checked = 0..<0
        for index in 0..<parts.entryCount { try check(base(index), &checked) }
        for block in blocks { try checkSource(block.base, BlockField.sourceOffset, BlockField.sourceLength, &checked) }
    }

    /// An image that was made by `ImageEncoder`.
    init(made bytes: [UInt8], _ parts: ImageParts) {
        self.bytes = bytes
        self.parts = parts
        blocks = (try? Self.findBlocks(bytes, parts)) ?? []
        count = parts.entryCount + blocks.reduce(0) { $0 + $1.count }
    }

    /// The blocks, whose digests fill their part.
    private static func findBlocks(_ bytes: [UInt8], _ parts: ImageParts) throws(ImageError) -> [Block] {
        typealias Field = ImageFormat.Block
        var blocks: [Block] = []
        var (first, digests) = (parts.entryCount, parts.digests)
        for index in 0..<parts.blockCount {
            let base = parts.blocks + index * Field.size
            guard let algorithm = DigestAlgorithm(rawValue: load(bytes, base, Field.algorithm)) else {
                throw ImageError(code: .badAlgorithm, offset: base + Field.algorithm)
            }
            guard Int(load(bytes, base, Field.digestSize) as UInt16) == algorithm.size else {
                throw ImageError(code: .badDigest, offset: base + Field.digestSize)
            }
            let flags: UInt32 = load(bytes, base, Field.flags)
            guard flags == 0 || flags == Field.hasSizes && parts.version == ImageFormat.version else {
                throw ImageError(code: .badHeader, offset: base + Field.flags)
            }
            // No overflow: the count has 32 bits, and a digest few bytes.
            let count = Int(load(bytes, base, Field.count) as UInt32)
            let block = Block(
                base: base, first: first, count: count, algorithm: algorithm, digests: digests, hasSizes: flags != 0)
            guard count > 0, block.end <= parts.strings, first + count <= ImageFormat.maximumEntries else {
                throw ImageError(code: .badCount, offset: base + Field.count)
            }
            (first, digests) = (first + count, block.end)
            blocks.append(block)
        }
        guard digests == parts.strings else {
            throw ImageError(code: .badBlock, offset: ImageFormat.Digests.digestsSize)
        }
        return blocks
    }

    // MARK: Reading

    /// The number that the author of the policy gave it; 0 if it has none.
    package var policyVersion: UInt32 { bytes.loadLittleEndian(at: ImageFormat.Header.policyVersion) }

    /// Number of entries, which are the first rules. In an image with blocks, all of
    /// them have a path.
    package var entryCount: Int { parts.entryCount }

    /// Contexts of the blocks of allow digests.
    package var blockContexts: [ContextID] { blocks.map { ContextID(load($0.base, BlockField.context)) } }

    /// Rule `index`, from 0; nil if there is none.
    package func rule(at index: Int) -> Rule? {
        guard index >= 0, index < count else { return nil }
        guard index < entryCount else { return allowDigest(at: index) }
        let base = base(index)
        guard let algorithm = DigestAlgorithm(rawValue: load(base, Entry.algorithm)) else { return nil }
        let digest = base + Entry.digest
        return Rule(
            subject(base),
            context: ContextID(load(base, Entry.context)), flags: flags(at: index),
            effective: CapabilitySet(rawValue: load(base, Entry.effective)),
            permitted: CapabilitySet(rawValue: load(base, Entry.permitted)),
            inheritable: CapabilitySet(rawValue: load(base, Entry.inheritable)), privileges: privileges(at: index),
            algorithm: algorithm, digest: Array(bytes[digest..<(digest + algorithm.size)]),
            origin: RuleOrigin(
                source: source(base, Entry.sourceOffset, Entry.sourceLength), line: load(base, Entry.sourceLine)))
    }

    private func allowDigest(at index: Int) -> Rule? {
        guard let block = blocks.last(where: { $0.first <= index }) else { return nil }
        let place = index - block.first
        let digest = block.digests + place * block.algorithm.size
        return .allow(
            block.algorithm, Array(bytes[digest..<(digest + block.algorithm.size)]),
            size: block.hasSizes
                ? FileSize(load(block.sizes, place * BlockField.fileSizeSize) as UInt32) : nil,
            context: ContextID(load(block.base, BlockField.context)),
            origin: RuleOrigin(
                source: source(block.base, BlockField.sourceOffset, BlockField.sourceLength),
                line: load(block.lines, place * BlockField.lineSize)))
    }

    /// The entry must exist.
    package func flags(at index: Int) -> EntryFlags { EntryFlags(rawValue: load(base(index), Entry.flags)) }

    /// The entry must exist.
    package func privileges(at index: Int) -> Privileges {
        Privileges(rawValue: load(base(index), Entry.privileges))
    }

    private func subject(_ base: Int) -> Subject {
        let range = string(base, Entry.pathOffset, Entry.pathLength)
        return range.isEmpty ? .anyFile : .file(BytePath(bytes[range]))
    }

    private func source(_ base: Int, _ offset: Int, _ length: Int) -> [UInt8] {
        let range = string(base, offset, length)
        return range.isEmpty ? [] : Array(bytes[range])
    }

    // MARK: Checking

    /// Checks an entry; `checked` is the last name of a file that was good.
    private func check(_ base: Int, _ checked: inout Range<Int>) throws(ImageError) {
        guard EntryFlags.all.isSuperset(of: EntryFlags(rawValue: load(base, Entry.flags))) else {
            throw ImageError(code: .badFlags, offset: base + Entry.flags)
        }
        guard Privileges.all.isSuperset(of: Privileges(rawValue: load(base, Entry.privileges))) else {
            throw ImageError(code: .badPrivileges, offset: base + Entry.privileges)
        }
        try checkDigest(base)
        if load(base, Entry.pathLength) as UInt32 == 0 { try checkAllow(base) } else { try checkPath(base) }
        for field in [Entry.effective, Entry.permitted, Entry.inheritable] {
            guard CapabilitySet.all.isSuperset(of: CapabilitySet(rawValue: load(base, field))) else {
                throw ImageError(code: .badCapabilities, offset: base + field)
            }
        }
        try checkSource(base, Entry.sourceOffset, Entry.sourceLength, &checked)
    }

    private func checkSource(
        _ base: Int, _ offset: Int, _ length: Int, _ checked: inout Range<Int>
    ) throws(ImageError) {
        if load(base, length) as UInt32 == 0 { return }
        if string(base, offset, length) == checked { return }
        let source = try checkString(base, offset, length)
        guard source.count <= RuleLimits.pathLength else {
            throw ImageError(code: .badString, offset: base + offset)
        }
        checked = source
    }

    private func checkDigest(_ base: Int) throws(ImageError) {
        guard let algorithm = DigestAlgorithm(rawValue: load(base, Entry.algorithm)) else {
            throw ImageError(code: .badAlgorithm, offset: base + Entry.algorithm)
        }
        guard Int(load(base, Entry.digestSize) as UInt16) == algorithm.size else {
            throw ImageError(code: .badDigest, offset: base + Entry.digestSize)
        }
        // The size of each digest is a multiple of four.
        for offset in stride(from: algorithm.size, to: Entry.digestCapacity, by: 4)
        where load(base, Entry.digest + offset) as UInt32 != 0 {
            throw ImageError(code: .badDigest, offset: base + Entry.digest)
        }
    }

    /// An entry without a path grants nothing.
    private func checkAllow(_ base: Int) throws(ImageError) {
        guard try checkString(base, Entry.pathOffset, Entry.pathLength).lowerBound == parts.strings else {
            throw ImageError(code: .badPath, offset: base + Entry.pathOffset)
        }
        guard load(base, Entry.flags) as UInt32 == 0 else {
            throw ImageError(code: .badAllow, offset: base + Entry.flags)
        }
        for field in [Entry.effective, Entry.permitted, Entry.inheritable, Entry.privileges]
        where load(base, field) as UInt64 != 0 {
            throw ImageError(code: .badAllow, offset: base + field)
        }
    }

    private func checkPath(_ base: Int) throws(ImageError) {
        let path = try checkString(base, Entry.pathOffset, Entry.pathLength)
        guard bytes[path.lowerBound] == ASCII.slash, path.count <= RuleLimits.pathLength else {
            throw ImageError(code: .badPath, offset: base + Entry.pathOffset)
        }
    }

    private func checkString(_ base: Int, _ offset: Int, _ length: Int) throws(ImageError) -> Range<Int> {
        let range = string(base, offset, length)
        guard range.upperBound < bytes.count, bytes[range.upperBound] == 0 else {
            throw ImageError(code: .badString, offset: base + offset)
        }
        for index in range where bytes[index] == 0 { throw ImageError(code: .badString, offset: base + offset) }
        return range
    }

    // MARK: Places

    private func base(_ index: Int) -> Int { parts.headerSize + index * Entry.size }

    /// The range of a string of the entry at `base`, from its two fields. Both
    /// have 32 bits, so their sum cannot overflow an Int.
    private func string(_ base: Int, _ offset: Int, _ length: Int) -> Range<Int> {
        let start = parts.strings + Int(load(base, offset) as UInt32)
        return start..<(start + Int(load(base, length) as UInt32))
    }

    private func load<Number: FixedWidthInteger & UnsignedInteger>(_ base: Int, _ field: Int) -> Number {
        Self.load(bytes, base, field)
    }

    private static func load<Number: FixedWidthInteger & UnsignedInteger>(
        _ bytes: [UInt8], _ base: Int, _ field: Int
    ) -> Number {
        let offset = base + field
        precondition(offset >= 0 && offset <= bytes.count - MemoryLayout<Number>.size)
        return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
    }
}
