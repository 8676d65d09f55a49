// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Image
import Policy
import TestSupport
import Testing

/// Puts the checksum right again, so that a test reaches what lies behind it.
func resealed(_ image: [UInt8]) -> [UInt8] {
    var copy = image
    copy.storeLittleEndian(UInt32(0), at: ImageFormat.Header.checksum)
    var crc = CRC32()
    crc.update(copy)
    copy.storeLittleEndian(crc.value, at: ImageFormat.Header.checksum)
    return copy
}

private func golden() throws -> [UInt8] { try ImageEncoder.encode(goldenRules) }

private func entry(_ index: Int, _ field: Int) -> Int {
    ImageFormat.Header.size + index * ImageFormat.Entry.size + field
}

@Suite struct CRC32Tests {
    /// The check value of the catalogues of CRC algorithms, and RFC 3720 style
    /// runs of one byte.
    @Test(
        arguments: [
            ("123456789", 0xcbf4_3926), ("", 0), ("a", 0xe8b7_be43), ("abc", 0x3524_41c2),
            ("The quick brown fox jumps over the lazy dog", 0x414f_a339),
        ] as [(String, UInt32)])
    func knownAnswers(_ text: String, _ expected: UInt32) {
        var crc = CRC32()
        crc.update(Array(text.utf8))
        #expect(crc.value == expected)
    }

    @Test func blocksAndBytesAgree() {
        var random = SeededRandom(seed: 1)
        let bytes = (0..<100).map { _ in UInt8.random(in: 0...255, using: &random) }
        for length in 0...100 {
            let part = Array(bytes[..<length])
            var whole = CRC32()
            whole.update(part.span)
            var single = CRC32()
            single.update(part)
            #expect(whole.value == single.value)
        }
    }
}

@Suite struct ImageRoundTripTests {
    @Test func emptyImage() throws {
        let image = try ImageEncoder.encode([])
        #expect(image.count == ImageFormat.Header.size)
        #expect(try ImageDecoder.decode(image).isEmpty)
    }

    @Test func randomRules() throws {
        var random = SeededRandom(seed: 2)
        for _ in 0..<50 {
            let rules = (0..<Int.random(in: 0...40, using: &random)).map { _ in randomRule(&random) }
            #expect(try ImageDecoder.decode(ImageEncoder.encode(rules)) == rules)
        }
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func everyAlgorithm(_ algorithm: DigestAlgorithm) throws {
        let digest = (0..<algorithm.size).map { UInt8($0 + 1) }
        let rule = Rule(path: "/a", flags: .executable, algorithm: algorithm, digest: digest)
        #expect(try ImageDecoder.decode(ImageEncoder.encode([rule])) == [rule])
    }

    @Test func rulesAreMadeWhenAskedFor() throws {
        let image = try CheckedImage(golden())
        #expect(image.count == goldenRules.count)
        for (index, rule) in goldenRules.enumerated() {
            #expect(image.rule(at: index) == rule)
            #expect(image.flags(at: index) == rule.flags)
            #expect(image.privileges(at: index) == rule.privileges)
        }
        for index in [-1, image.count, .max] { #expect(image.rule(at: index) == nil) }
    }

    @Test func stringsAreStoredOnce() throws {
        let source = Array("/etc/verictl.d/long-name-of-a-package".utf8)
        let rules = (0..<100).map { index in
            Rule(
                path: BytePath("/\(index)".utf8), digest: [UInt8](repeating: 0, count: 32),
                origin: RuleOrigin(source: source, line: UInt32(index + 1)))
        }
        let paths = rules.reduce(0) { $0 + $1.subject.field.count + 1 }
        let size = ImageFormat.Header.size + 100 * ImageFormat.Entry.size + paths + source.count + 1
        #expect(try ImageEncoder.encode(rules).count == size)
    }

    private func randomRule(_ random: inout SeededRandom) -> Rule {
        let algorithm = DigestAlgorithm.allCases.randomElement(using: &random) ?? .sha256
        let name = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 1...255, using: &random) }
        return Rule(
            path: BytePath([0x2f] + name), context: ContextID(UInt32(truncatingIfNeeded: random.next())),
            flags: EntryFlags(rawValue: UInt32(truncatingIfNeeded: random.next())).intersection(.all),
            effective: CapabilitySet(rawValue: random.next()).intersection(.all),
            permitted: CapabilitySet(rawValue: random.next()).intersection(.all),
            inheritable: CapabilitySet(rawValue: random.next()).intersection(.all),
            privileges: Privileges(rawValue: random.next()).intersection(.all), algorithm: algorithm,
            digest: (0..<algorithm.size).map { _ in UInt8.random(in: 0...255, using: &random) },
            origin: RuleOrigin(source: name, line: UInt32.random(in: 0...9, using: &random)))
    }
}

@Suite struct HostileImageTests {
    @Test func everyTruncation() throws {
        let image = try golden()
        for length in 0..<image.count {
            #expect(throws: ImageError.self) { try ImageDecoder.decode(Array(image[..<length])) }
        }
    }

    @Test func everyTruncationWithAMatchingHeader() throws {
        let image = try golden()
        for length in ImageFormat.Header.size..<image.count {
            var cut = Array(image[..<length])
            cut.storeLittleEndian(UInt64(length), at: ImageFormat.Header.totalSize)
            #expect(throws: ImageError.self) { try ImageDecoder.decode(resealed(cut)) }
        }
    }

    @Test func trailingBytes() throws {
        let image = try golden() + [0]
        #expect(throws: ImageError.self) { try ImageDecoder.decode(image) }
    }

    @Test func everyBitOfTheImageCounts() throws {
        let image = try golden()
        for index in image.indices {
            var flipped = image
            flipped[index] ^= 1 << UInt8(index % 8)
            #expect(throws: ImageError.self, "byte \(index)") { try ImageDecoder.decode(flipped) }
        }
    }

    @Test(
        arguments: [
            (ImageFormat.Header.version, 4, ImageError.Code.badVersion), (ImageFormat.Header.version, 0, .badVersion),
            (ImageFormat.Header.version, 3, .badHeader), (ImageFormat.Header.version, 2, .badHeader),
            (ImageFormat.Header.headerSize, 63, .badHeader),
            (ImageFormat.Header.entryCount, 3, .badCount), (ImageFormat.Header.entryCount, 1, .badHeader),
            (ImageFormat.Header.entryCount, 0x0010_0001, .badCount),
            (ImageFormat.Header.entryCount, 0xffff_ffff, .badCount), (ImageFormat.Header.entryCount, 1000, .badCount),
            (ImageFormat.Header.entrySize, 127, .badHeader), (ImageFormat.Header.entriesOffset, 0, .badHeader),
            (ImageFormat.Header.stringsOffset, 64, .badHeader), (ImageFormat.Header.stringsSize, 1, .badHeader),
            (ImageFormat.Header.totalSize, 0xffff_ffff, .truncated),
        ] as [(Int, UInt32, ImageError.Code)])
    func headerFields(_ offset: Int, _ value: UInt32, _ code: ImageError.Code) throws {
        var image = try golden()
        image.storeLittleEndian(value, at: offset)
        let error = #expect(throws: ImageError.self) { try ImageDecoder.decode(resealed(image)) }
        #expect(error?.code == code)
    }

    @Test func badMagicAndChecksum() throws {
        var image = try golden()
        image[0] = 0x63
        #expect(#expect(throws: ImageError.self) { try ImageDecoder.decode(image) }?.code == .badMagic)
        image = try golden()
        image[70] ^= 1
        let error = #expect(throws: ImageError.self) { try ImageDecoder.decode(image) }
        #expect(error?.code == .badChecksum)
        #expect(error?.offset == ImageFormat.Header.checksum)
    }

    @Test(
        arguments: [
            (ImageFormat.Entry.flags, 0x20, ImageError.Code.badFlags),
            (ImageFormat.Entry.flags, 0x8000_0000, .badFlags),
            (ImageFormat.Entry.effective + 4, 0x0000_0200, .badCapabilities),
            (ImageFormat.Entry.permitted + 4, 0x4000_0000, .badCapabilities),
            (ImageFormat.Entry.inheritable + 4, 0xffff_ffff, .badCapabilities),
            (ImageFormat.Entry.privileges, 0x4000_0000, .badPrivileges),
            (ImageFormat.Entry.privileges + 4, 1, .badPrivileges),
            (ImageFormat.Entry.algorithm, 0x0020_0000, .badAlgorithm),
            (ImageFormat.Entry.algorithm, 0x0020_0008, .badAlgorithm),
            (ImageFormat.Entry.algorithm, 0x0020_0007, .badDigest),
            (ImageFormat.Entry.algorithm, 0x0021_0003, .badDigest),
            (ImageFormat.Entry.algorithm, 0xffff_0003, .badDigest),
            (ImageFormat.Entry.digest + 32, 1, .badDigest), (ImageFormat.Entry.digest + 60, 0x0100_0000, .badDigest),
            (ImageFormat.Entry.pathOffset, 0xffff_ffff, .badString),
            (ImageFormat.Entry.pathLength, 0xffff_ffff, .badString), (ImageFormat.Entry.pathLength, 0, .badString),
            (ImageFormat.Entry.pathOffset, 1, .badString), (ImageFormat.Entry.pathLength, 5, .badString),
            (ImageFormat.Entry.pathLength, 7, .badString), (ImageFormat.Entry.sourceOffset, 0xffff_fff0, .badString),
            (ImageFormat.Entry.sourceLength, 0xffff_ffff, .badString),
        ] as [(Int, UInt32, ImageError.Code)])
    func entryFields(_ field: Int, _ value: UInt32, _ code: ImageError.Code) throws {
        var image = try golden()
        image.storeLittleEndian(value, at: entry(0, field))
        let error = #expect(throws: ImageError.self) { try ImageDecoder.decode(resealed(image)) }
        #expect(error?.code == code)
    }

    /// Without a path nothing may be granted, and nothing may hide in the fields
    /// that do not count.
    @Test(
        arguments: [
            (ImageFormat.Entry.flags, 1, ImageError.Code.badAllow), (ImageFormat.Entry.effective, 1, .badAllow),
            (ImageFormat.Entry.permitted, 2, .badAllow), (ImageFormat.Entry.inheritable + 4, 1, .badAllow),
            (ImageFormat.Entry.privileges, 4, .badAllow), (ImageFormat.Entry.pathOffset, 20, .badPath),
            (ImageFormat.Entry.pathOffset, 1, .badString), (ImageFormat.Entry.pathOffset, 0xffff_ffff, .badString),
        ] as [(Int, UInt32, ImageError.Code)])
    func allowDigestsGrantNothing(_ field: Int, _ value: UInt32, _ code: ImageError.Code) throws {
        var image = GoldenTests.allowedImage
        #expect(try ImageDecoder.decode(image).count == 2)
        image.storeLittleEndian(value, at: entry(0, field))
        let error = #expect(throws: ImageError.self) { try ImageDecoder.decode(resealed(image)) }
        #expect(error?.code == code)
    }

    @Test func relativeAndLongPaths() throws {
        var image = try golden()
        let strings = ImageFormat.Header.size + 2 * ImageFormat.Entry.size
        image[strings] = 0x78
        #expect(#expect(throws: ImageError.self) { try ImageDecoder.decode(resealed(image)) }?.code == .badPath)
        let long = Rule(
            path: BytePath([0x2f] + [UInt8](repeating: 0x61, count: 4095)), digest: [UInt8](repeating: 0, count: 32))
        let error = #expect(throws: ImageError.self) { try ImageDecoder.decode(ImageEncoder.encode([long])) }
        #expect(error?.code == .badPath)
    }

    /// Whatever the bytes are, the answer is rules or an error, never a trap.
    @Test func randomMutationsWithAGoodChecksum() throws {
        var random = SeededRandom(seed: 3)
        let image = try golden()
        var accepted = 0
        for _ in 0..<20000 {
            var mutant = image
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 8..<mutant.count, using: &random)
                mutant[place] = UInt8.random(in: 0...255, using: &random)
            }
            if (try? ImageDecoder.decode(resealed(mutant))) != nil { accepted += 1 }
        }
        // Changes of a digest, a line or a context are legal images.
        #expect(accepted > 0 && accepted < 20000)
    }

    @Test func randomBytesBehindAGoodHeader() throws {
        var random = SeededRandom(seed: 4)
        for _ in 0..<2000 {
            var image = Array(try golden()[..<ImageFormat.Header.size])
            let rest = Int.random(in: 256...400, using: &random)
            image += (0..<rest).map { _ in UInt8.random(in: 0...255, using: &random) }
            image.storeLittleEndian(UInt64(image.count), at: ImageFormat.Header.totalSize)
            image.storeLittleEndian(UInt64(rest - 256), at: ImageFormat.Header.stringsSize)
            #expect(throws: ImageError.self) { try ImageDecoder.decode(resealed(image)) }
        }
    }
}
