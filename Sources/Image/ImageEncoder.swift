// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// The reason why rules do not fit in an image.
package enum ImageEncodeError: Error, Equatable, CustomStringConvertible {
    case tooManyEntries(Int)
    case tooLarge(Int)

    package var description: String {
        switch self {
        case .tooManyEntries(let count):
            "\(count) entries; an image can hold at most \(ImageFormat.maximumEntries)"
        case .tooLarge(let size):
            "the image would have \(size) bytes; the limit is \(ImageFormat.maximumSize)"
        }
    }
}

/// Encodes rules as the image that the kernel accepts.
///
/// Allow digests are put into blocks, which takes version 2 of the image, or version 3 if
/// one of them has a size. An image without them is of version 1.
package enum ImageEncoder {
    /// The image of `rules`: the entries are in their order, and so are the allow digests
    /// of each block, which come behind them. The same rules and the same number of the
    /// policy give the same bytes.
    package static func encode(_ rules: [Rule], policyVersion: UInt32 = 0) throws(ImageEncodeError) -> [UInt8] {
        try encode(RuleTable(rules), order: nil, policyVersion: policyVersion).bytes
    }

    /// The same for a table, with its entries in an order that it has found.
    package static func encode(
        _ rules: RuleTable, order: CanonicalOrder?, policyVersion: UInt32 = 0
    ) throws(ImageEncodeError) -> CheckedImage {
        guard rules.count <= ImageFormat.maximumEntries else { throw .tooManyEntries(rules.count) }
        let (bytes, layout) = rules.withView { write($0, rules, order, policyVersion) }
        guard bytes.count <= ImageFormat.maximumSize else { throw .tooLarge(bytes.count) }
        return CheckedImage(made: bytes, layout)
    }

    /// CRC-32 of `image` with its checksum field taken as zero.
    static func checksum(of image: [UInt8]) -> UInt32 {
        let field = ImageFormat.Header.checksum
        var crc = CRC32()
        crc.update(image[..<field])
        crc.update([0, 0, 0, 0])
        let span = image.span
        crc.update(span.extracting((field + 4)..<span.count))
        return crc.value
    }

    private static func write(
        _ view: RuleView, _ rules: RuleTable, _ order: CanonicalOrder?, _ policyVersion: UInt32
    ) -> ([UInt8], ImageParts) {
        var blocks = DigestBlocks(view, sources: rules.sources)
        let hasBlocks = blocks.digestCount > 0
        let layout = ImageParts(
            version: !hasBlocks
                ? ImageFormat.plainVersion : blocks.hasSizes ? ImageFormat.version : ImageFormat.blocksVersion,
            headerSize: hasBlocks ? ImageFormat.Digests.headerSize : ImageFormat.Header.size,
            entryCount: rules.count - blocks.digestCount, blockCount: blocks.blocks.count, digestsSize: blocks.size)
        // The image is the largest object of a command, and it is written once. Memory
        // that is not written to costs nothing.
        var image = [UInt8](unsafeUninitializedCapacity: layout.strings + rules.mostStringBytes) { buffer, size in
            let buffer = UnsafeMutableRawBufferPointer(buffer)
            rules.advice?(buffer)
            var places = StringPlaces(
                view, sources: rules.sources, areSorted: order != nil || rules.isAscending,
                room: UnsafeMutableRawBufferPointer(rebasing: buffer[layout.strings...]))
            write(view, order, &places, &blocks, layout, to: buffer)
            size = layout.strings + places.size
            buffer.copyBytes(from: header(layout, size: size, policyVersion: policyVersion))
        }
        image.storeLittleEndian(checksum(of: image), at: ImageFormat.Header.checksum)
        return (image, layout)
    }

    private static func header(_ layout: ImageParts, size: Int, policyVersion: UInt32) -> [UInt8] {
        var bytes = ImageFormat.magic
        bytes.appendLittleEndian(layout.version)
        bytes.appendLittleEndian(UInt32(layout.headerSize))
        bytes.appendLittleEndian(UInt64(size))
        bytes.appendLittleEndian(UInt32(layout.entryCount))
        bytes.appendLittleEndian(UInt32(ImageFormat.Entry.size))
        bytes.appendLittleEndian(UInt64(layout.headerSize))
        bytes.appendLittleEndian(UInt64(layout.strings))
        bytes.appendLittleEndian(UInt64(size - layout.strings))
        bytes.appendLittleEndian(UInt32(0))  // checksum, filled in when all is there
        bytes.appendLittleEndian(policyVersion)
        guard layout.blockCount > 0 else { return bytes }
        bytes.appendLittleEndian(UInt32(layout.blockCount))
        bytes.appendLittleEndian(UInt32(ImageFormat.Block.size))
        bytes.appendLittleEndian(UInt64(layout.blocks))
        bytes.appendLittleEndian(UInt64(layout.digests))
        bytes.appendLittleEndian(UInt64(layout.digestsSize))
        return bytes
    }

    /// Writes all parts but the header.
    private static func write(
        _ rules: RuleView, _ order: CanonicalOrder?, _ places: inout StringPlaces, _ blocks: inout DigestBlocks,
        _ layout: ImageParts, to image: UnsafeMutableRawBufferPointer
    ) {
        let digests = UnsafeMutableRawBufferPointer(rebasing: image[layout.digests..<layout.strings])
        blocks.writeBlocks(
            &places, to: UnsafeMutableRawBufferPointer(rebasing: image[layout.blocks..<layout.digests]))
        var start = layout.headerSize
        for index in 0..<rules.count {
            let number = order?.number(at: index) ?? index
            if rules.isAllowDigest(at: number) {
                blocks.write(rules, number, to: digests)
                continue
            }
            let end = start + ImageFormat.Entry.size
            write(rules, number, &places, to: UnsafeMutableRawBufferPointer(rebasing: image[start..<end]))
            start = end
        }
    }

    private static func write(
        _ rules: RuleView, _ number: Int, _ places: inout StringPlaces, to entry: UnsafeMutableRawBufferPointer
    ) {
        typealias Field = ImageFormat.Entry
        let grant = rules.grant(at: number)
        let path = places.path(of: number)
        let source = places.source(grant.source)
        let store = { (value: UInt32, offset: Int) in
            entry.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
        }
        let storeMask = { (mask: UInt64, offset: Int) in
            entry.storeBytes(of: mask.littleEndian, toByteOffset: offset, as: UInt64.self)
        }
        store(grant.context.number, Field.context)
        store(grant.flags.rawValue, Field.flags)
        storeMask(grant.effective.rawValue, Field.effective)
        storeMask(grant.permitted.rawValue, Field.permitted)
        storeMask(grant.inheritable.rawValue, Field.inheritable)
        storeMask(grant.privileges.rawValue, Field.privileges)
        store(UInt32(truncatingIfNeeded: path.offset), Field.pathOffset)
        store(UInt32(truncatingIfNeeded: path.length), Field.pathLength)
        store(UInt32(truncatingIfNeeded: source.offset), Field.sourceOffset)
        store(UInt32(truncatingIfNeeded: source.length), Field.sourceLength)
        store(rules.line(at: number), Field.sourceLine)
        store(
            UInt32(grant.algorithm.rawValue) | UInt32(truncatingIfNeeded: grant.algorithm.size) << 16,
            Field.algorithm)
        let digest = rules.digest(at: number).prefix(Field.digestCapacity)
        let room = UnsafeMutableRawBufferPointer(rebasing: entry[Field.digest...])
        room.copyBytes(from: digest)
        UnsafeMutableRawBufferPointer(rebasing: room[digest.count...]).initializeMemory(as: UInt8.self, repeating: 0)
    }
}
