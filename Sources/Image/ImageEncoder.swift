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
        guard rules.count <= ImageFormat.maximumEntries else { throw .tooManyEntries(rules.count) }
        var strings = StringTable(areSorted: areSorted(rules), expected: rules.count)
        // An allow digest has no path; its entry names the empty string, at 0.
        if rules.contains(where: \.isAllowDigest) { _ = strings.add(BytePath([])) }
        // The strings are appended when all entries are there, so that nothing
        // large is copied.
        var image: [UInt8] = []
        image.reserveCapacity(
            ImageFormat.Header.size + rules.count * (ImageFormat.Entry.size + Self.usualPath))
        image += repeatElement(0, count: ImageFormat.Header.size)
        // The name of a file comes with each of its rules.
        var source = (name: [] as [UInt8], place: StringTable.Place(offset: 0, length: 0))
        for rule in rules {
            let path =
                switch rule.subject {
                case .anyFile: StringTable.Place(offset: 0, length: 0)
                case .file(let path): strings.add(path: path)
                }
            if rule.origin.source != source.name {
                source.name = rule.origin.source
                source.place = source.name.isEmpty ? (0, 0) : strings.add(BytePath(source.name))
            }
            append(rule, path: path, source: source.place, to: &image)
        }

        let total = image.count + strings.bytes.count
        guard total <= ImageFormat.maximumSize else { throw .tooLarge(total) }
        let header = header(
            entryCount: rules.count, stringsSize: strings.bytes.count, policyVersion: policyVersion)
        image.replaceSubrange(..<header.count, with: header)
        image += strings.bytes
        image.storeLittleEndian(checksum(of: image), at: ImageFormat.Header.checksum)
        return image
    }

    /// Bytes of a path, for the size to expect.
    private static let usualPath = 48

    private static func areSorted(_ rules: [Rule]) -> Bool {
        zip(rules, rules.dropFirst()).allSatisfy { !$1.precedes($0) }
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

    private static func append(
        _ rule: Rule, path: StringTable.Place, source: StringTable.Place, to entries: inout [UInt8]
    ) {
        entries.appendLittleEndian(rule.context.number)
        entries.appendLittleEndian(rule.flags.rawValue)
        entries.appendLittleEndian(rule.effective.rawValue)
        entries.appendLittleEndian(rule.permitted.rawValue)
        entries.appendLittleEndian(rule.inheritable.rawValue)
        entries.appendLittleEndian(rule.privileges.rawValue)
        entries.appendLittleEndian(UInt32(truncatingIfNeeded: path.offset))
        entries.appendLittleEndian(UInt32(truncatingIfNeeded: path.length))
        entries.appendLittleEndian(UInt32(truncatingIfNeeded: source.offset))
        entries.appendLittleEndian(UInt32(truncatingIfNeeded: source.length))
        entries.appendLittleEndian(rule.origin.line)
        entries.appendLittleEndian(rule.algorithm.rawValue)
        entries.appendLittleEndian(UInt16(rule.algorithm.size))
        entries += rule.digest
        entries += repeatElement(0, count: ImageFormat.Entry.digestCapacity - rule.digest.count)
    }
}

/// Strings, each followed by a NUL. A string that is added twice is stored
/// once: all rules of one file share its name. Of sorted rules, those that have
/// the same path follow each other, so that a path is compared with the last
/// one only.
private struct StringTable {
    typealias Place = (offset: Int, length: Int)

    private(set) var bytes: [UInt8] = []
    // The key is a path because a path is hashed at once, an array byte by
    // byte.
    private var offsets: [BytePath: Int]
    private let areSorted: Bool
    private var last: (string: BytePath, place: Place)?

    /// `expected` is the number of strings.
    init(areSorted: Bool, expected: Int) {
        self.areSorted = areSorted
        offsets = Dictionary(minimumCapacity: areSorted ? 0 : expected + 2)
    }

    /// Adds the path of the next rule.
    mutating func add(path: BytePath) -> Place {
        guard areSorted else { return add(path) }
        if let last, last.string == path { return last.place }
        let place = (offset: bytes.count, length: path.bytes.count)
        bytes += path.bytes
        bytes.append(0)
        last = (path, place)
        return place
    }

    mutating func add(_ string: BytePath) -> Place {
        let end = bytes.count
        // One search finds or inserts the string: hashing is most of the work.
        let offset = Self.value(&offsets[string, default: end])
        if offset == end {
            bytes += string.bytes
            bytes.append(0)
        }
        return (offset, string.bytes.count)
    }

    private static func value(_ value: inout Int) -> Int { value }
}
