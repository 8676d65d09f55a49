// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// What is wrong with an image, and where.
package struct ImageError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case truncated = "the image is cut short"
        case tooLarge = "the image is too large"
        case badMagic = "this is no image"
        case badVersion = "unknown version of the image"
        case badHeader = "a field of the header does not fit the others"
        case badCount = "impossible number of entries"
        case badChecksum = "the checksum does not match"
        case badFlags = "unknown flags"
        case badPrivileges = "unknown privileges"
        case badCapabilities = "unknown capabilities"
        case badAlgorithm = "unknown algorithm"
        case badDigest = "the digest does not have the size of its algorithm"
        case badPath = "the path is not usable"
        case badString = "a string is not inside the string table"
    }

    package let code: Code
    /// Bytes from the start of the image.
    package let offset: Int

    package var description: String { "\(code.rawValue) (at byte \(offset))" }
}

/// Reads an image that may come from anywhere: each number is checked before it
/// is used, and no input makes this trap.
package enum ImageDecoder {
    /// The rules of the image, in its order.
    package static func decode(_ image: [UInt8]) throws(ImageError) -> [Rule] {
        let count = try checkHeader(image)
        var rules: [Rule] = []
        rules.reserveCapacity(count)
        for index in 0..<count {
            rules.append(try EntryReader(image: image, count: count, index: index).rule())
        }
        return rules
    }

    /// The number of entries. After this the parts lie where the layout puts
    /// them, and `count` entries are there.
    private static func checkHeader(_ image: [UInt8]) throws(ImageError) -> Int {
        typealias Header = ImageFormat.Header
        guard image.count >= Header.size else { throw ImageError(code: .truncated, offset: image.count) }
        guard image.count <= ImageFormat.maximumSize else {
            throw ImageError(code: .tooLarge, offset: ImageFormat.maximumSize)
        }
        guard image.starts(with: ImageFormat.magic) else { throw ImageError(code: .badMagic, offset: 0) }
        try expect(image, UInt32(ImageFormat.version), at: Header.version, else: .badVersion)
        try expect(image, UInt32(Header.size), at: Header.headerSize, else: .badHeader)
        let total = image.loadLittleEndian(at: Header.totalSize, as: UInt64.self)
        guard total == UInt64(image.count) else {
            throw ImageError(
                code: total > UInt64(image.count) ? .truncated : .badHeader, offset: Header.totalSize)
        }
        let count = Int(image.loadLittleEndian(at: Header.entryCount, as: UInt32.self))
        guard count <= ImageFormat.maximumEntries else { throw ImageError(code: .badCount, offset: Header.entryCount) }
        try expect(image, UInt32(ImageFormat.Entry.size), at: Header.entrySize, else: .badHeader)
        try expect(image, UInt64(Header.size), at: Header.entriesOffset, else: .badHeader)
        // No overflow: the count is below 2^21 and an entry has 128 bytes.
        let stringsOffset = Header.size + count * ImageFormat.Entry.size
        guard stringsOffset <= image.count else { throw ImageError(code: .badCount, offset: Header.entryCount) }
        try expect(image, UInt64(stringsOffset), at: Header.stringsOffset, else: .badHeader)
        try expect(image, UInt64(image.count - stringsOffset), at: Header.stringsSize, else: .badHeader)
        try expect(image, UInt32(0), at: Header.flags, else: .badHeader)
        try expect(image, ImageEncoder.checksum(of: image), at: Header.checksum, else: .badChecksum)
        return count
    }

    private static func expect<Number: FixedWidthInteger & UnsignedInteger>(
        _ image: [UInt8], _ wanted: Number, at offset: Int, else code: ImageError.Code
    ) throws(ImageError) {
        guard image.loadLittleEndian(at: offset, as: Number.self) == wanted else {
            throw ImageError(code: code, offset: offset)
        }
    }
}

/// One entry of an image whose header has been checked.
private struct EntryReader {
    typealias Entry = ImageFormat.Entry

    let image: [UInt8]
    let base: Int
    let strings: Range<Int>

    init(image: [UInt8], count: Int, index: Int) {
        self.image = image
        self.base = ImageFormat.Header.size + index * Entry.size
        self.strings = (ImageFormat.Header.size + count * Entry.size)..<image.count
    }

    func rule() throws(ImageError) -> Rule {
        let flags = EntryFlags(rawValue: load(Entry.flags))
        guard flags.unnamed.isEmpty else { throw fault(.badFlags, Entry.flags) }
        let privileges = Privileges(rawValue: load(Entry.privileges))
        guard privileges.unnamed.isEmpty else { throw fault(.badPrivileges, Entry.privileges) }
        let (algorithm, digest) = try digest()
        return Rule(
            path: try path(), context: ContextID(load(Entry.context)), flags: flags,
            effective: try capabilities(Entry.effective), permitted: try capabilities(Entry.permitted),
            inheritable: try capabilities(Entry.inheritable), privileges: privileges, algorithm: algorithm,
            digest: digest, origin: RuleOrigin(source: try source(), line: load(Entry.sourceLine)))
    }

    private func capabilities(_ field: Int) throws(ImageError) -> CapabilitySet {
        let set = CapabilitySet(rawValue: load(field))
        guard CapabilitySet.all.isSuperset(of: set) else { throw fault(.badCapabilities, field) }
        return set
    }

    private func digest() throws(ImageError) -> (DigestAlgorithm, [UInt8]) {
        guard let algorithm = DigestAlgorithm(rawValue: load(Entry.algorithm)) else {
            throw fault(.badAlgorithm, Entry.algorithm)
        }
        guard Int(load(Entry.digestSize) as UInt16) == algorithm.size else {
            throw fault(.badDigest, Entry.digestSize)
        }
        let room = image[(base + Entry.digest)..<(base + Entry.digest + Entry.digestCapacity)]
        guard room.dropFirst(algorithm.size).allSatisfy({ $0 == 0 }) else { throw fault(.badDigest, Entry.digest) }
        return (algorithm, Array(room.prefix(algorithm.size)))
    }

    private func path() throws(ImageError) -> BytePath {
        let bytes = try string(offsetField: Entry.pathOffset, lengthField: Entry.pathLength)
        guard bytes.first == ASCII.slash, bytes.count <= RuleLimits.pathLength else {
            throw fault(.badPath, Entry.pathOffset)
        }
        return BytePath(bytes)
    }

    private func source() throws(ImageError) -> [UInt8] {
        if load(Entry.sourceLength) as UInt32 == 0 { return [] }
        let bytes = try string(offsetField: Entry.sourceOffset, lengthField: Entry.sourceLength)
        guard bytes.count <= RuleLimits.pathLength else { throw fault(.badString, Entry.sourceOffset) }
        return Array(bytes)
    }

    private func string(offsetField: Int, lengthField: Int) throws(ImageError) -> ArraySlice<UInt8> {
        // Both numbers have 32 bits: their sum does not overflow an Int.
        let start = strings.lowerBound + Int(load(offsetField) as UInt32)
        let end = start + Int(load(lengthField) as UInt32)
        guard end < strings.upperBound else { throw fault(.badString, offsetField) }
        let bytes = image[start..<end]
        guard image[end] == 0, !bytes.contains(0) else { throw fault(.badString, offsetField) }
        return bytes
    }

    private func load<Number: FixedWidthInteger & UnsignedInteger>(_ field: Int) -> Number {
        image.loadLittleEndian(at: base + field)
    }

    private func fault(_ code: ImageError.Code, _ field: Int) -> ImageError {
        ImageError(code: code, offset: base + field)
    }
}
