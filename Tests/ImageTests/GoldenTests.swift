// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Image
import Policy
import Testing

let goldenRules: [Rule] = {
    let source = Array("/etc/verictl.d/demo".utf8)
    let raised: CapabilitySet = [CapabilitySet(bit: 63), CapabilitySet(bit: 21)]
    return [
        Rule(
            path: "/bin/a", flags: .executable, privileges: .networkClient, digest: Array(0..<32),
            origin: RuleOrigin(source: source, line: 3)),
        Rule(
            path: BytePath(Array("/sbin/b".utf8) + [0xff]), context: ContextID(502),
            flags: [.inherit, .executable, .needRoot], effective: raised, inheritable: raised, algorithm: .sha512,
            digest: Array(100..<164), origin: RuleOrigin(source: source, line: 9)),
    ]
}()

@Suite struct GoldenTests {
    /// Version 1 of the image, made with Python's struct and zlib from the
    /// header's description alone: any change of these bytes is another version.
    private static let golden = """
        434c4950494d470001000000400000006401000000000000020000008000000040000000000000004001000000000000
        240000000000000084cf9bf700000000ffffffff01000000000000000000000000000000000000000000000000000000
        0400000000000000000000000600000007000000130000000300000003002000000102030405060708090a0b0c0d0e0f
        101112131415161718191a1b1c1d1e1f0000000000000000000000000000000000000000000000000000000000000000
        f60100000501000000002000000000800000000000000000000020000000008000000000000000001b00000008000000
        070000001300000009000000050040006465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283
        8485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a32f62696e2f61002f6574632f76657269
        63746c2e642f64656d6f002f7362696e2f62ff00
        """

    /// Version 2, made the same way: an entry, and allow digests in two blocks.
    private static let blocks = """
        434c4950494d47000200000060000000b701000000000000010000008000000060000000000000009c01000000000000
        1b0000000000000049c49908000000000200000018000000e00000000000000010010000000000008c00000000000000
        ffffffff0100000000000000000000000000000000000000000000000000000004000000000000001400000006000000
        00000000130000000300000003002000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
        000000000000000000000000000000000000000000000000000000000000000007000000070040000100000000000000
        1300000000000000ffffffff03002000020000000000000013000000000000006465666768696a6b6c6d6e6f70717273
        7475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3
        050000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2002030405060708090a0b0c0d
        0e0f101112131415161718191a1b1c1d1e1f202109000000020000002f6574632f7665726963746c2e642f64656d6f00
        2f62696e2f6100
        """

    /// Version 1 with allow digests alone, as it was made before there were blocks.
    private static let allowed = """
        434c4950494d470001000000400000005501000000000000020000008000000040000000000000004001000000000000
        1500000000000000932c350e00000000ffffffff00000000000000000000000000000000000000000000000000000000
        0000000000000000000000000000000001000000130000000200000003002000000102030405060708090a0b0c0d0e0f
        101112131415161718191a1b1c1d1e1f0000000000000000000000000000000000000000000000000000000000000000
        070000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
        010000001300000005000000070040006465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283
        8485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3002f6574632f7665726963746c2e642f
        64656d6f00
        """

    private static func decode(_ text: String) -> [UInt8] {
        Hex.decode(Array(text.replacing("\n", with: "").utf8)) ?? []
    }

    private var bytes: [UInt8] {
        Self.decode(Self.golden)
    }

    static var allowedImage: [UInt8] { decode(allowed) }

    @Test func allowDigestsHaveNoPath() throws {
        let source = Array("/etc/verictl.d/demo".utf8)
        let rules: [Rule] = [
            .allow(.sha256, Array(0..<32), origin: RuleOrigin(source: source, line: 2)),
            .allow(
                .fsveritySHA512, Array(100..<164), context: ContextID(7), origin: RuleOrigin(source: source, line: 5)),
        ]
        #expect(try ImageDecoder.decode(Self.allowedImage) == rules)
    }

    @Test func allowDigestsAreInBlocks() throws {
        let source = Array("/etc/verictl.d/demo".utf8)
        let other: Rule = .allow(
            .fsveritySHA512, Array(100..<164), context: ContextID(7), origin: RuleOrigin(source: source, line: 5))
        let rules: [Rule] = [
            .allow(.sha256, Array(1..<33), origin: RuleOrigin(source: source, line: 9)), other, goldenRules[0],
            .allow(.sha256, Array(2..<34), origin: RuleOrigin(source: source, line: 2)),
        ]
        let bytes = Self.decode(Self.blocks)
        #expect(try ImageEncoder.encode(rules) == bytes)
        // Entries first, and blocks by their contexts.
        #expect(try ImageDecoder.decode(bytes) == [goldenRules[0], other, rules[0], rules[3]])
    }

    @Test func encodesTheGoldenBytes() throws {
        #expect(try ImageEncoder.encode(goldenRules) == bytes)
    }

    @Test func decodesTheGoldenBytes() throws {
        #expect(try ImageDecoder.decode(bytes) == goldenRules)
    }
}
