// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Image
import Policy
import TestSupport
import Testing

private func origin(_ source: String, _ line: UInt32) -> RuleOrigin {
    RuleOrigin(source: Array(source.utf8), line: line)
}

private let long = [UInt8](repeating: 0xab, count: 32)
private let short = [UInt8](repeating: 0xcd, count: 20)

/// An entry, a block of two SHA-256 digests, and one of three SHA-1 digests.
private let rules: [Rule] = [
    Rule(path: "/bin/true", digest: long, origin: origin("base", 1)),
    .allow(.sha1, short, context: ContextID(7), origin: origin("base", 2)),
    .allow(.sha1, short, context: ContextID(7), origin: origin("base", 3)),
    .allow(.sha1, short, context: ContextID(7), origin: origin("base", 4)),
    .allow(.sha256, long, context: ContextID(7), origin: origin("a", 9)),
    .allow(.sha256, long.map { ~$0 }, context: ContextID(7), origin: origin("a", 5)),
]

/// The same, where one of the SHA-256 digests has a size.
private let sized: [Rule] =
    Array(rules.dropLast()) + [
        .allow(.sha256, long.map { ~$0 }, size: FileSize(4097), context: ContextID(7), origin: origin("a", 5))
    ]

private let blocks = ImageFormat.Digests.headerSize + ImageFormat.Entry.size

private func image() throws -> [UInt8] { try ImageEncoder.encode(rules) }

private func field(_ block: Int, _ offset: Int) -> Int { blocks + block * ImageFormat.Block.size + offset }

@Suite struct BlockTests {
    @Test func digestsTakeFewBytes() throws {
        let strings = "/bin/true".utf8.count + "base".utf8.count + "a".utf8.count + 3
        #expect(
            try image().count == blocks + 2 * ImageFormat.Block.size + 3 * (20 + 4) + 2 * (32 + 4) + strings)
    }

    @Test func rulesAreFoundByNumber() throws {
        let image = try CheckedImage(image())
        #expect(image.count == 6)
        #expect(image.entryCount == 1)
        #expect(image.blockContexts == [ContextID(7), ContextID(7)])
        for (index, rule) in rules.enumerated() { #expect(image.rule(at: index) == rule) }
        for index in [-1, 6, .max] { #expect(image.rule(at: index) == nil) }
    }

    /// The order in which files were read makes no difference, and neither does a
    /// grant that is kept twice.
    @Test func orderOfFiles() throws {
        let one: [Rule] = [
            .allow(.sha256, long, origin: origin("a", 1)), .allow(.sha256, long.map { ~$0 }, origin: origin("b", 1)),
            .allow(.sha256, long.map { $0 ^ 1 }, origin: origin("a", 2)),
        ]
        let other = [one[1], one[0], one[2]]
        #expect(try ImageEncoder.encode(one) == ImageEncoder.encode(other))
        #expect(try ImageDecoder.decode(ImageEncoder.encode(one)) == [one[0], one[2], one[1]])
    }

    @Test func randomRules() throws {
        var random = SeededRandom(seed: 4)
        for _ in 0..<50 {
            let rules = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                let algorithm = DigestAlgorithm.allCases.randomElement(using: &random) ?? .sha256
                return Rule.allow(
                    algorithm, (0..<algorithm.size).map { _ in UInt8.random(in: 0...255, using: &random) },
                    size: FileSize(UInt32.random(in: (.max - 100_000)...(.max), using: &random)),
                    context: ContextID(UInt32.random(in: 0...3, using: &random)),
                    origin: origin(["a", "bb", ""].randomElement(using: &random) ?? "", 1))
            }
            #expect(try Set(ImageDecoder.decode(ImageEncoder.encode(rules))) == Set(rules))
        }
    }

    /// Without allow digests the image is one of version 1, and without sizes one of
    /// version 2, as before there were any.
    @Test func versions() throws {
        for (rules, version) in [([rules[0]], UInt32(1)), (rules, 2), (sized, 3)] {
            let image = try ImageEncoder.encode(rules)
            #expect(image.loadLittleEndian(at: ImageFormat.Header.version) as UInt32 == version)
        }
    }

    /// Only a block with a size takes room for them, and one size is enough for that.
    @Test func sizes() throws {
        let (plain, image) = try (ImageEncoder.encode(rules), ImageEncoder.encode(sized))
        #expect(image.count == plain.count + 2 * 4)
        #expect(try ImageDecoder.decode(image) == sized)
        #expect(try ImageDecoder.decode(plain).allSatisfy { $0.fileSize == nil })
        var old = image
        old.storeLittleEndian(UInt32(2), at: ImageFormat.Header.version)
        let error = #expect(throws: ImageError.self) { try ImageDecoder.decode(resealed(old)) }
        #expect(error?.code == .badHeader)
        #expect(error?.offset == field(1, ImageFormat.Block.flags))
    }

    // MARK: Hostile images

    @Test func everyTruncation() throws {
        let image = try image()
        for length in 0..<image.count {
            #expect(throws: ImageError.self) { try ImageDecoder.decode(Array(image[..<length])) }
            guard length >= ImageFormat.Header.size else { continue }
            var cut = Array(image[..<length])
            cut.storeLittleEndian(UInt64(length), at: ImageFormat.Header.totalSize)
            #expect(throws: ImageError.self) { try ImageDecoder.decode(resealed(cut)) }
        }
    }

    @Test(
        arguments: [
            (ImageFormat.Digests.blockCount, 3, ImageError.Code.badHeader),
            (ImageFormat.Digests.blockCount, 0xffff_ffff, .badCount), (ImageFormat.Digests.blockSize, 23, .badHeader),
            (ImageFormat.Digests.blocksOffset, 96, .badHeader), (ImageFormat.Digests.digestsOffset, 0, .badHeader),
            (ImageFormat.Digests.digestsSize, 0xffff_ffff, .badHeader),
            (ImageFormat.Digests.digestsSize + 4, 0xffff_ffff, .badHeader),
            (ImageFormat.Header.entryCount, 0, .badHeader),
            (field(0, ImageFormat.Block.algorithm), 0x0014_0009, .badAlgorithm),
            (field(0, ImageFormat.Block.algorithm), 0x0020_0002, .badDigest),
            (field(0, ImageFormat.Block.count), 0, .badCount), (field(0, ImageFormat.Block.count), 7, .badCount),
            (field(0, ImageFormat.Block.count), 0xffff_ffff, .badCount),
            (field(1, ImageFormat.Block.count), 1, .badBlock), (field(1, ImageFormat.Block.count), 3, .badCount),
            (field(0, ImageFormat.Block.flags), 1, .badHeader), (field(0, ImageFormat.Block.flags), 2, .badHeader),
            (field(0, ImageFormat.Block.sourceOffset), 0xffff_ffff, .badString),
            (field(1, ImageFormat.Block.sourceLength), 0xffff_ffff, .badString),
        ] as [(Int, UInt32, ImageError.Code)])
    func fields(_ offset: Int, _ value: UInt32, _ code: ImageError.Code) throws {
        var image = try image()
        image.storeLittleEndian(value, at: offset)
        let error = #expect(throws: ImageError.self) { try ImageDecoder.decode(resealed(image)) }
        #expect(error?.code == code)
    }

    /// Whatever the bytes are, the answer is rules or an error, never a trap.
    @Test func randomChanges() throws {
        var random = SeededRandom(seed: 5)
        let images = try [image(), ImageEncoder.encode(sized)]
        for turn in 0..<3000 {
            let image = images[turn % 2]
            var mutant = image
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                mutant[Int.random(in: mutant.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if let rules = try? ImageDecoder.decode(resealed(mutant)) { #expect(!rules.isEmpty) }
        }
    }
}
