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

    /// The number of entries. After this check the parts lie where the layout
    /// places them, and `count` entries are present.
    static func checkHeader(_ image: [UInt8], comparesChecksum: Bool) throws(ImageError) -> Int {
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
        if comparesChecksum {
            try expect(image, ImageEncoder.checksum(of: image), at: Header.checksum, else: .badChecksum)
        }
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
