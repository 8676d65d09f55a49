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
package enum ImageEncoder {
    /// The image of `rules`, entry `n` being `rules[n]`. The same rules and the
    /// same number of the policy give the same bytes.
    package static func encode(_ rules: [Rule], policyVersion: UInt32 = 0) throws(ImageEncodeError) -> [UInt8] {
        try encode(RuleTable(rules), order: nil, policyVersion: policyVersion).bytes
    }

    /// The same for a table, with its entries in an order that it has found.
    package static func encode(
        _ rules: RuleTable, order: CanonicalOrder?, policyVersion: UInt32 = 0
    ) throws(ImageEncodeError) -> CheckedImage {
        let count = rules.count
        guard count <= ImageFormat.maximumEntries else { throw .tooManyEntries(count) }
        let stringsStart = ImageFormat.Header.size + count * ImageFormat.Entry.size
        // The image is the largest object of a command, and it is written once. Memory
        // that is not written to costs nothing.
        var image = [UInt8](unsafeUninitializedCapacity: stringsStart + rules.mostStringBytes) { buffer, size in
            let buffer = UnsafeMutableRawBufferPointer(buffer)
            rules.advice?(buffer)
            size = stringsStart
            size += write(
                rules, order,
                entries: UnsafeMutableRawBufferPointer(rebasing: buffer[ImageFormat.Header.size..<stringsStart]),
                strings: UnsafeMutableRawBufferPointer(rebasing: buffer[stringsStart...]))
            buffer.copyBytes(
                from: header(entryCount: count, stringsSize: size - stringsStart, policyVersion: policyVersion))
        }
        guard image.count <= ImageFormat.maximumSize else { throw .tooLarge(image.count) }
        image.storeLittleEndian(checksum(of: image), at: ImageFormat.Header.checksum)
        return CheckedImage(made: image, count: count)
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

    private static func header(entryCount: Int, stringsSize: Int, policyVersion: UInt32) -> [UInt8] {
        let stringsOffset = ImageFormat.Header.size + entryCount * ImageFormat.Entry.size
        var bytes = ImageFormat.magic
        bytes.appendLittleEndian(ImageFormat.version)
        bytes.appendLittleEndian(UInt32(ImageFormat.Header.size))
        bytes.appendLittleEndian(UInt64(stringsOffset + stringsSize))
        bytes.appendLittleEndian(UInt32(entryCount))
        bytes.appendLittleEndian(UInt32(ImageFormat.Entry.size))
        bytes.appendLittleEndian(UInt64(ImageFormat.Header.size))
        bytes.appendLittleEndian(UInt64(stringsOffset))
        bytes.appendLittleEndian(UInt64(stringsSize))
        bytes.appendLittleEndian(UInt32(0))  // checksum, filled in when all is there
        bytes.appendLittleEndian(policyVersion)
        return bytes
    }

    /// Writes all entries and their strings, and returns the size of the strings.
    private static func write(
        _ rules: RuleTable, _ order: CanonicalOrder?, entries: UnsafeMutableRawBufferPointer,
        strings: UnsafeMutableRawBufferPointer
    ) -> Int {
        let hasEmpty = rules.indices.contains(where: rules.isAllowDigest)
        let areSorted = order != nil || rules.isAscending
        return rules.withView { view in
            var places = StringPlaces(
                view, sources: rules.sources, areSorted: areSorted, hasEmpty: hasEmpty, room: strings)
            for index in 0..<rules.count {
                let start = index * ImageFormat.Entry.size
                write(
                    view, order?.number(at: index) ?? index, &places,
                    to: UnsafeMutableRawBufferPointer(rebasing: entries[start..<(start + ImageFormat.Entry.size)]))
            }
            return places.size
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
