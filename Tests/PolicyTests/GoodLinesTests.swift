// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import Testing

/// The 25 lines of spec/verictl-format.md section 11 with the masks given there.
struct GoodLine: CustomTestStringConvertible, Sendable {
    var number: Int
    var line: String
    var flags: UInt32
    var capabilities: [UInt64]
    var privileges: UInt64
    var context: ContextID
    var algorithm: DigestAlgorithm

    init(
        _ number: Int, _ line: String, flags: UInt32, _ effective: UInt64, _ permitted: UInt64, _ inheritable: UInt64,
        privileges: UInt64, context: ContextID, algorithm: DigestAlgorithm
    ) {
        self.number = number
        self.line = line
        self.flags = flags
        self.capabilities = [effective, permitted, inheritable]
        self.privileges = privileges
        self.context = context
        self.algorithm = algorithm
    }

    var testDescription: String { "line \(number)" }
}

private typealias Case = GoodLine

let goodLines: [GoodLine] = [
    Case(
        1, "/usr/bin/feedfetch -1 e - - - c sha256 8c26c3d97bfdcb832a2b7a414efd9f236b895966ae84a933d7350cf5df4a8230",
        flags: 0x01, 0x0, 0x0, 0x0, privileges: 0x4, context: .own, algorithm: .sha256),
    Case(
        2,
        "/usr/sbin/dnscached 0 er NET_BIND_SERVICE NET_BIND_SERVICE - cs sha256 098c1fddde2e4734343f8ccf7a68f04731d99aff826e57bac6fff634e2aebebe",
        flags: 0x05, 0x400, 0x400, 0x0, privileges: 0xc, context: ContextID(0), algorithm: .sha256),
    Case(
        3,
        "/sbin/volmount -1 er SYS_ADMIN - SYS_ADMIN - sha256 a95f2d5134ea4422a4d927385619003646dce750a40014b0136e60cc04724c35",
        flags: 0x05, 0x200000, 0x0, 0x200000, privileges: 0x0, context: .own, algorithm: .sha256),
    Case(
        4,
        "/sbin/keystick-broker -1 Ier - - CONTEXT|SYS_ADMIN|MKNOD - sha256 7edd0568843e36f4dfa91d7bd839ec36872633552d7218e70369936209c17b1c",
        flags: 0x105, 0x0, 0x0, 0x8000000008200000, privileges: 0x0, context: .own, algorithm: .sha256),
    Case(
        5,
        "/sbin/coldplug 0 Iker - - SYS_ADMIN|NET_ADMIN|MKNOD|KILL F sha256 4b40b66cf2c2ff00af8d18c5ecb7ca003f88dc45ce26f394a59f5d051bc6e1f4",
        flags: 0x505, 0x0, 0x0, 0x8201020, privileges: 0x4000, context: ContextID(0), algorithm: .sha256),
    Case(
        6,
        "/usr/local/bin/chatclient.py -1 es - - - cs sha256 7bd715939e5ac5adb0d5f44651776af4354c8d3904bbff14f642747b1cd95f4d",
        flags: 0x201, 0x0, 0x0, 0x0, privileges: 0xc, context: .own, algorithm: .sha256),
    Case(
        7, "/usr/bin/lua5 -1 ei - - - c sha256 90b73c107c58245392a741e953b0401bedfcf507cca15e29c2f27ba61e963630",
        flags: 0x801, 0x0, 0x0, 0x0, privileges: 0x4, context: .own, algorithm: .sha256),
    Case(
        8,
        "/usr/local/bin/tracetool -1 eu SYS_PTRACE SYS_PTRACE - cs sha256 64d7bfb84b9ab7a39107ce2fe7f1f8d14f64fd1c146ad519509adcea9d27b095",
        flags: 0x1001, 0x80000, 0x80000, 0x0, privileges: 0xc, context: .own, algorithm: .sha256),
    Case(
        9, "/lib/libvolcrypt.so.4 -1 l - - - - sha256 d847d0e1628b300ef1ff604dcb12280934c0418ab53a4288bc35b463ad734d00",
        flags: 0x02, 0x0, 0x0, 0x0, privileges: 0x0, context: .own, algorithm: .sha256),
    Case(
        10,
        "/lib/ld-demo-x86-64.so.2 501 l - - - - sha256 3f7789fa04148c8868fc6d6d077cc72935bfd6d2808dca33f759d9c7a8a56d0c",
        flags: 0x02, 0x0, 0x0, 0x0, privileges: 0x0, context: ContextID(501), algorithm: .sha256),
    Case(
        11,
        "/usr/sbin/vaultd 0 eLr DAC_OVERRIDE DAC_OVERRIDE - - sha256 3b636a662d72736b299494fa7d229e0f8ec1007b6950082dddb286e3bcd13e20",
        flags: 0x15, 0x2, 0x2, 0x0, privileges: 0x0, context: ContextID(0), algorithm: .sha256),
    Case(
        12,
        "/usr/libexec/tokend 0 erN IPC_LOCK|SETUID IPC_LOCK|SETUID - - sha256 1b30f386b28f29fd506fde10d1a9642898ac7098c87e9b420eef9c1e77e8186e",
        flags: 0x0d, 0x4080, 0x4080, 0x0, privileges: 0x0, context: ContextID(0), algorithm: .sha256),
    Case(
        13,
        "/usr/sbin/logsink 0 er - - - kKIcsN sha256 3385520a83dd51c87d0b625bed2f8ee843ef3a5e1e311257b5aa708239c8879b",
        flags: 0x05, 0x0, 0x0, 0x0, privileges: 0xf0c, context: ContextID(0), algorithm: .sha256),
    Case(
        14,
        "/usr/local/bin/displayd 505 er SYS_BOOT|SYS_TTY_CONFIG SYS_BOOT|SYS_TTY_CONFIG - Sd sha256 8a420abaa676bc84962b8e8a78c44bd7d3cadfde710a5cce207dd061427f6d57",
        flags: 0x05, 0x4400000, 0x4400000, 0x0, privileges: 0x10040, context: ContextID(505), algorithm: .sha256),
    Case(
        15,
        "/usr/sbin/greeterd 0 Ier CONTEXT|SYS_TTY_CONFIG|MKNOD|SYS_ADMIN CONTEXT|SYS_ADMIN CONTEXT|SYS_TTY_CONFIG|MKNOD|SYS_ADMIN r sha256 b59f2050c03214ad2bed9657a9c2bf9058502ea7c5e88c7e96055a5830325204",
        flags: 0x105, 0x800000000c200000, 0x8000000000200000, 0x800000000c200000, privileges: 0x80,
        context: ContextID(0), algorithm: .sha256),
    Case(
        16,
        "/usr/libexec/ike/keyd 0 er NET_ADMIN|NET_BIND_SERVICE NET_ADMIN|NET_BIND_SERVICE - csNxXK sha256 a5b8fad738dc3074ce1cd084175f9f1e2b70144535f61ffa3eed8f622345fd61",
        flags: 0x05, 0x1400, 0x1400, 0x0, privileges: 0x390c, context: ContextID(0), algorithm: .sha256),
    Case(
        17,
        "/usr/sbin/spdtool 0 er NET_ADMIN - NET_ADMIN cNX sha256 f3ad51a185c1b8b6625bc5f77b040458e6a4f855d910613007fad7272f0a12da",
        flags: 0x05, 0x1000, 0x0, 0x1000, privileges: 0x1104, context: ContextID(0), algorithm: .sha256),
    Case(
        18,
        "/mounts/audit_root/sbin/trailctl 503 e AUDIT_CONTROL AUDIT_CONTROL - NA sha256 16246ce67050e52367e2832130e1f1d4443ca9cc401e4c7f6955d4bffd7f7f88",
        flags: 0x01, 0x40000000, 0x40000000, 0x0, privileges: 0x40100, context: ContextID(503), algorithm: .sha256),
    Case(
        19,
        "/usr/local/bin/mount.webfolder -1 e - - - cf sha256 f791d19625d76dc5539a5c89db2c7b6bd215510a3def0a2e2173dcfc4a6cece5",
        flags: 0x01, 0x0, 0x0, 0x0, privileges: 0x20004, context: .own, algorithm: .sha256),
    Case(
        20,
        "/vservers/rm_x/bin/multicall 1001 e - - - P sha256 16db34ead3b7e89114a614fa3f3386e910258630c3d14d37752361122b80ccc4",
        flags: 0x01, 0x0, 0x0, 0x0, privileges: 0x20, context: ContextID(1001), algorithm: .sha256),
    Case(
        21, "/sbin/verictl -1 er - - - V sha256 746326b4f17425bc3d8be4db6fa079f62b89643f0289703efd5fc46a89fa2bab",
        flags: 0x05, 0x0, 0x0, 0x0, privileges: 0x2, context: .own, algorithm: .sha256),
    Case(
        22,
        "/usr/local/lib/browser/sandbox-helper -1 e SETUID|SETGID|SYS_CHROOT SETUID|SETGID|SYS_CHROOT - cUP sha256 3b3b861bf2692a9747ef85cbcc28e4fd1a1f2dc50c86826a9db44a15a175bc3a",
        flags: 0x01, 0x400c0, 0x400c0, 0x0, privileges: 0x80024, context: .own, algorithm: .sha256),
    Case(
        23, "/usr/sbin/ifquery 0x1f6 e - - - n sha1 e5d5158c7fa9fc7f3b7da6959407395ba9c0623d",
        flags: 0x01, 0x0, 0x0, 0x0, privileges: 0x10, context: ContextID(502), algorithm: .sha1),
    Case(
        24, "/usr/bin/plain-tool 0765 e - - - - md5 775057b5a4a88c4ac1091f147177875c",
        flags: 0x01, 0x0, 0x0, 0x0, privileges: 0x0, context: ContextID(501), algorithm: .md5),
    Case(
        25, "/opt/data/inert.bin -1 - - - - - sha256 29b1c4283de74dd444a65c03f5f5260c25460dff020911b8d0d4cfb7e6d553c9",
        flags: 0x00, 0x0, 0x0, 0x0, privileges: 0x0, context: .own, algorithm: .sha256),
]

@Suite struct GoodLinesTests {
    @Test(arguments: goodLines)
    func decodes(_ good: GoodLine) throws {
        let parsed = RuleParser(source: Array("rules".utf8)).parse(Array(good.line.utf8))
        #expect(!parsed.hasErrors)
        let rule = try #require(parsed.rules.first)
        let fields = good.line.split(separator: " ")
        #expect(rule.subject.field == Array(fields[0].utf8))
        #expect(rule.context == good.context)
        #expect(rule.flags.rawValue == good.flags)
        #expect([rule.effective, rule.permitted, rule.inheritable].map(\.rawValue) == good.capabilities)
        #expect(rule.privileges.rawValue == good.privileges)
        #expect(rule.algorithm == good.algorithm)
        #expect(Hex.encode(rule.digest) == Array(fields[8].utf8))
        #expect(rule.origin.line == 1)
    }

    @Test(arguments: goodLines)
    func survivesPrinting(_ good: GoodLine) throws {
        let parser = RuleParser(source: [])
        let rule = try #require(parser.parse(Array(good.line.utf8)).rules.first)
        #expect(parser.parse(rule.line).rules == [rule])
    }

    @Test func loadAsOneFileWithTheExpectedWarnings() {
        let text = goodLines.map(\.line).joined(separator: "\n")
        let parsed = RuleParser(source: []).parse(Array(text.utf8))
        #expect(parsed.rules.count == 25)
        #expect(parsed.rules.map { Int($0.origin.line) } == Array(1...25))
        let warnings = parsed.diagnostics.map { "\($0.line) \($0.code.rawValue)" }
        #expect(warnings == ["23 weak-digest", "24 weak-digest", "25 inert"])
    }
}
