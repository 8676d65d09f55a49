// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// A fault in an image, with its position.
package struct ImageError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case truncated = "the image is cut short"
        case tooLarge = "the image is too large"
        case badMagic = "the file is not an image"
        case badVersion = "unknown version of the image"
        case badHeader = "the fields of the header are inconsistent"
        case badCount = "impossible number of entries"
        case badChecksum = "the checksum does not match"
        case badFlags = "unknown flags"
        case badPrivileges = "unknown privileges"
        case badCapabilities = "unknown capabilities"
        case badAlgorithm = "unknown algorithm"
        case badDigest = "the digest does not have the size of its algorithm"
        case badPath = "the path is invalid"
        case badAllow = "an allow digest has flags, capabilities or privileges"
        case badBlock = "the digests of the blocks do not fill their part"
        case badString = "a string is not inside the string table"
    }

    package let code: Code
    /// Bytes from the start of the image.
    package let offset: Int

    package var description: String { "\(code.rawValue) (at byte \(offset))" }
}

package enum ImageDecoder {
    /// The rules of the image, in its order.
    package static func decode(_ image: [UInt8]) throws(ImageError) -> [Rule] {
        let image = try CheckedImage(image)
        return (0..<image.count).compactMap(image.rule)
    }

    /// The parts of an image. After this check they lie where the layout places them,
    /// and `entryCount` entries and `blockCount` blocks are present.
    static func checkHeader(_ image: [UInt8], comparesChecksum: Bool) throws(ImageError) -> ImageParts {
        typealias Header = ImageFormat.Header
        guard image.count >= Header.size else { throw ImageError(code: .truncated, offset: image.count) }
        guard image.count <= ImageFormat.maximumSize else {
            throw ImageError(code: .tooLarge, offset: ImageFormat.maximumSize)
        }
        guard image.starts(with: ImageFormat.magic) else { throw ImageError(code: .badMagic, offset: 0) }
        let version = image.loadLittleEndian(at: Header.version, as: UInt32.self)
        let hasBlocks = version == ImageFormat.version || version == ImageFormat.blocksVersion
        if !hasBlocks { try expect(image, ImageFormat.plainVersion, at: Header.version, else: .badVersion) }
        let headerSize = hasBlocks ? ImageFormat.Digests.headerSize : Header.size
        try expect(image, UInt32(headerSize), at: Header.headerSize, else: .badHeader)
        let total = image.loadLittleEndian(at: Header.totalSize, as: UInt64.self)
        guard total == UInt64(image.count), image.count >= headerSize else {
            throw ImageError(
                code: total > UInt64(image.count) || image.count < headerSize ? .truncated : .badHeader,
                offset: Header.totalSize)
        }
        let count = Int(image.loadLittleEndian(at: Header.entryCount, as: UInt32.self))
        guard count <= ImageFormat.maximumEntries else { throw ImageError(code: .badCount, offset: Header.entryCount) }
        try expect(image, UInt32(ImageFormat.Entry.size), at: Header.entrySize, else: .badHeader)
        try expect(image, UInt64(headerSize), at: Header.entriesOffset, else: .badHeader)
        // No overflow: the count is below 2^21 and an entry has 128 bytes.
        var parts = ImageParts(version: version, headerSize: headerSize, entryCount: count)
        guard parts.strings <= image.count else { throw ImageError(code: .badCount, offset: Header.entryCount) }
        if hasBlocks { try findBlocks(image, &parts) }
        try expect(image, UInt64(parts.strings), at: Header.stringsOffset, else: .badHeader)
        try expect(image, UInt64(image.count - parts.strings), at: Header.stringsSize, else: .badHeader)
        if comparesChecksum {
            try expect(image, ImageEncoder.checksum(of: image), at: Header.checksum, else: .badChecksum)
        }
        return parts
    }

    private static func findBlocks(_ image: [UInt8], _ parts: inout ImageParts) throws(ImageError) {
        typealias Digests = ImageFormat.Digests
        let count = Int(image.loadLittleEndian(at: Digests.blockCount, as: UInt32.self))
        try expect(image, UInt32(ImageFormat.Block.size), at: Digests.blockSize, else: .badHeader)
        try expect(image, UInt64(parts.blocks), at: Digests.blocksOffset, else: .badHeader)
        // No overflow: the count has 32 bits.
        parts.blockCount = count
        guard parts.digests <= image.count else { throw ImageError(code: .badCount, offset: Digests.blockCount) }
        try expect(image, UInt64(parts.digests), at: Digests.digestsOffset, else: .badHeader)
        let size = image.loadLittleEndian(at: Digests.digestsSize, as: UInt64.self)
        guard size <= UInt64(image.count - parts.digests) else {
            throw ImageError(code: .badHeader, offset: Digests.digestsSize)
        }
        parts.digestsSize = Int(size)
    }

    private static func expect<Number: FixedWidthInteger & UnsignedInteger>(
        _ image: [UInt8], _ wanted: Number, at offset: Int, else code: ImageError.Code
    ) throws(ImageError) {
        guard image.loadLittleEndian(at: offset, as: Number.self) == wanted else {
            throw ImageError(code: code, offset: offset)
        }
    }
}

/// Where the parts of an image are, as its header says.
struct ImageParts: Sendable {
    let version: UInt32
    let headerSize: Int
    let entryCount: Int
    var blockCount = 0
    /// Bytes of all digests, lines and sizes.
    var digestsSize = 0

    var blocks: Int { headerSize + entryCount * ImageFormat.Entry.size }
    var digests: Int { blocks + blockCount * ImageFormat.Block.size }
    var strings: Int { digests + digestsSize }
}
