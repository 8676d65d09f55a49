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

    /// The same for a table; entry `n` is that of number `order[n]`, or `n` if there
    /// is no order.
    package static func encode(
        _ rules: RuleTable, order: [Int]?, policyVersion: UInt32 = 0
    ) throws(ImageEncodeError) -> CheckedImage {
        guard rules.count <= ImageFormat.maximumEntries else { throw .tooManyEntries(rules.count) }
        var places = StringPlaces(rules, order: order)
        let stringsStart = ImageFormat.Header.size + rules.count * ImageFormat.Entry.size
        let total = stringsStart + places.totalSize()
        guard total <= ImageFormat.maximumSize else { throw .tooLarge(total) }
        let header = header(
            entryCount: rules.count, stringsSize: total - stringsStart, policyVersion: policyVersion)
        // The image is the largest object of a command, and it is written once.
        var image = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            buffer.initialize(repeating: 0)
            for (index, byte) in header.enumerated() { buffer[index] = byte }
            places.reset()
            for entry in 0..<rules.count {
                let number = order?[entry] ?? entry
                let place = places.next(number, into: UnsafeMutableBufferPointer(rebasing: buffer[stringsStart...]))
                let start = ImageFormat.Header.size + entry * ImageFormat.Entry.size
                write(
                    rules, number, place,
                    to: UnsafeMutableRawBufferPointer(
                        UnsafeMutableBufferPointer(rebasing: buffer[start..<(start + ImageFormat.Entry.size)])))
            }
            count = total
        }
        image.storeLittleEndian(checksum(of: image), at: ImageFormat.Header.checksum)
        return CheckedImage(made: image, count: rules.count)
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

    private static func write(
        _ rules: RuleTable, _ number: Int, _ place: StringPlaces.Entry, to entry: UnsafeMutableRawBufferPointer
    ) {
        typealias Field = ImageFormat.Entry
        let grant = rules.grant(at: number)
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
        store(UInt32(truncatingIfNeeded: place.path.offset), Field.pathOffset)
        store(UInt32(truncatingIfNeeded: place.path.length), Field.pathLength)
        store(UInt32(truncatingIfNeeded: place.source.offset), Field.sourceOffset)
        store(UInt32(truncatingIfNeeded: place.source.length), Field.sourceLength)
        store(rules.line(at: number), Field.sourceLine)
        store(
            UInt32(grant.algorithm.rawValue) | UInt32(truncatingIfNeeded: grant.algorithm.size) << 16,
            Field.algorithm)
        rules.withDigest(at: number) { digest in
            let room = UnsafeMutableRawBufferPointer(
                rebasing: entry[Field.digest..<(Field.digest + Field.digestCapacity)])
            room.copyBytes(from: digest.prefix(room.count))
        }
    }
}
