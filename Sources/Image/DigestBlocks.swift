// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// The blocks of an image: the allow digests of one context, algorithm and rule file.
///
/// Blocks are ordered by context, algorithm and the name of the file, so that the order
/// in which files are read makes no difference.
struct DigestBlocks {
    struct Block {
        let grant: Grant
        var count = 0
        /// The place of the first digest behind that of the first block.
        var start = 0
        /// Digests that are written.
        var written = 0
        /// Whether one of the files has a known size.
        var hasSizes = false

        /// Bytes of the digests, their lines and their sizes.
        var size: Int {
            let ofOne = grant.algorithm.size + ImageFormat.Block.lineSize
            return count * (hasSizes ? ofOne + ImageFormat.Block.fileSizeSize : ofOne)
        }

        /// The place of the next line behind that of the first digest of the first block.
        var lineStart: Int {
            start + count * grant.algorithm.size + written * ImageFormat.Block.lineSize
        }

        /// The same of the next size, which are behind all lines.
        var sizeStart: Int {
            start + count * (grant.algorithm.size + ImageFormat.Block.lineSize)
                + written * ImageFormat.Block.fileSizeSize
        }
    }

    private(set) var blocks: [Block] = []
    /// The number of the block by that of a grant; -1 if its rules are no allow digests.
    private var numbers: [Int]
    /// Digests of all blocks.
    private(set) var digestCount = 0
    /// Bytes of all digests, lines and sizes.
    private(set) var size = 0
    var hasSizes: Bool { blocks.contains(where: \.hasSizes) }

    /// Finds the blocks of the rules; `sources` are the names of their files.
    init(_ rules: RuleView, sources: [[UInt8]]) {
        var counts = [Int](repeating: 0, count: rules.grantCount)
        var sized = [Bool](repeating: false, count: rules.grantCount)
        for number in 0..<rules.count where rules.isAllowDigest(at: number) {
            counts[rules.grantNumber(at: number)] += 1
            if rules.fileSize(at: number) != FileSize.unknown { sized[rules.grantNumber(at: number)] = true }
            digestCount += 1
        }
        numbers = Array(repeating: -1, count: digestCount == 0 ? 0 : rules.grantCount)
        guard digestCount > 0 else { return }
        let used = counts.indices.filter { counts[$0] > 0 }
        let sorted = used.map { (number: $0, grant: rules.grant(ofNumber: $0)) }.sorted {
            Self.precedes($0.grant, $1.grant, sources)
        }
        for (number, grant) in sorted {
            let isNew = blocks.last.map { Self.precedes($0.grant, grant, sources) } ?? true
            if isNew { blocks.append(Block(grant: grant)) }
            numbers[number] = blocks.count - 1
            blocks[blocks.count - 1].count += counts[number]
            if sized[number] { blocks[blocks.count - 1].hasSizes = true }
        }
        for index in blocks.indices {
            blocks[index].start = size
            size += blocks[index].size
        }
    }

    private static func precedes(_ left: Grant, _ right: Grant, _ sources: [[UInt8]]) -> Bool {
        if left.context != right.context { return left.context < right.context }
        if left.algorithm != right.algorithm { return left.algorithm.rawValue < right.algorithm.rawValue }
        return left.source != right.source
            && sources[Int(left.source)].lexicographicallyPrecedes(sources[Int(right.source)])
    }

    /// Writes the allow digest with this number behind those of its block that are
    /// written. `room` is the place of all digests.
    mutating func write(_ rules: RuleView, _ number: Int, to room: UnsafeMutableRawBufferPointer) {
        let index = numbers[rules.grantNumber(at: number)]
        let block = blocks[index]
        let start = block.start + block.written * block.grant.algorithm.size
        UnsafeMutableRawBufferPointer(rebasing: room[start..<(start + block.grant.algorithm.size)])
            .copyBytes(from: rules.digest(at: number))
        room.storeBytes(of: rules.line(at: number).littleEndian, toByteOffset: block.lineStart, as: UInt32.self)
        if block.hasSizes {
            room.storeBytes(of: rules.fileSize(at: number).littleEndian, toByteOffset: block.sizeStart, as: UInt32.self)
        }
        blocks[index].written += 1
    }

    /// Writes the blocks themselves, and the names of their files.
    func writeBlocks(_ places: inout StringPlaces, to room: UnsafeMutableRawBufferPointer) {
        typealias Field = ImageFormat.Block
        for (index, block) in blocks.enumerated() {
            let base = index * Field.size
            let source = places.source(block.grant.source)
            let store = { (value: UInt32, offset: Int) in
                room.storeBytes(of: value.littleEndian, toByteOffset: base + offset, as: UInt32.self)
            }
            store(block.grant.context.number, Field.context)
            store(
                UInt32(block.grant.algorithm.rawValue) | UInt32(truncatingIfNeeded: block.grant.algorithm.size) << 16,
                Field.algorithm)
            store(UInt32(truncatingIfNeeded: block.count), Field.count)
            store(UInt32(truncatingIfNeeded: source.offset), Field.sourceOffset)
            store(UInt32(truncatingIfNeeded: source.length), Field.sourceLength)
            store(block.hasSizes ? Field.hasSizes : 0, Field.flags)
        }
    }
}
