// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import TestSupport
import Testing

private let digest = String(repeating: "0f", count: 32)

private func parse(_ text: String, for purpose: Purpose = .load) -> ParsedRules {
    RuleParser(source: Array("f".utf8), for: purpose).parse(Array(text.utf8))
}

@Suite struct PathTests {
    @Test(arguments: UInt8(1)...255)
    func everyByteSurvivesPrinting(_ byte: UInt8) throws {
        let rule = Rule(
            path: BytePath(Array("/a".utf8) + [byte, byte] + Array("b".utf8)), flags: .executable,
            digest: [UInt8](repeating: 7, count: 32))
        let parsed = RuleParser(source: []).parse(rule.line)
        #expect(parsed.diagnostics.isEmpty)
        #expect(parsed.rules.map(\.path) == [rule.path])
    }

    @Test(
        arguments: [
            ("/a\\040b", "/a b"), ("/a\\043b", "/a#b"), ("/a\\134b", "/a\\b"), ("/a\\b", "/a\\b"),
            ("/a\\04", "/a\\04"), ("/a\\089", "/a\\089"), ("\\057a", "/a"), ("/a\\\\040", "/a\\ "), ("/..", "/.."),
        ])
    func readsEscapes(_ text: String, _ path: BytePath) {
        #expect(parse("\(text) -1 e - - - c sha256 \(digest)").rules.map(\.path) == [path])
    }

    @Test(arguments: [("/a\\400", 3), ("/a\\777", 3), ("/a\\000", 3), ("/\\134\\000", 6)])
    func refusesEscapesThatAreNoByte(_ text: String, _ column: Int) {
        let parsed = parse("\(text) -1 e - - - c sha256 \(digest)")
        #expect(parsed.diagnostics.map(\.code) == [.badPath])
        #expect(parsed.diagnostics.map(\.column) == [column])
    }

    @Test func bytesAreKeptAsTheyAre() {
        // A composed and a decomposed é are two files.
        let composed = parse("/\u{e9} -1 e - - - c sha256 \(digest)").rules
        let decomposed = parse("/e\u{301} -1 e - - - c sha256 \(digest)").rules
        #expect(composed.map(\.path) != decomposed.map(\.path))
        #expect(!RuleMerge.merge([ParsedRules(rules: composed + decomposed)]).hasErrors)
    }
}

@Suite struct ContextNumberTests {
    @Test(
        arguments: [
            ("-1", UInt32.max), ("0", 0), ("1", 1), ("501", 501), ("0x1f6", 502), ("0X1F6", 502), ("0765", 501),
            ("00", 0), ("4294967294", 4_294_967_294), ("0xfffffffe", 4_294_967_294),
        ] as [(String, UInt32)])
    func accepts(_ text: String, _ number: UInt32) {
        let parsed = parse("/a \(text) e - - - c sha256 \(digest)")
        #expect(parsed.rules.map(\.context.number) == [number])
        #expect(parsed.diagnostics.isEmpty)
    }

    @Test(
        arguments: [
            ("18446744073709551615", "exceeds 32 bits"), ("4294967296", "exceeds 32 bits"),
            ("0x100000000", "exceeds 32 bits"), ("-2", "out of range"), ("-0", "out of range"), ("+5", "no sign"),
            ("0x", "not a context number"), ("12abc", "not a context number"), ("1.5", "not a context number"),
            ("--1", "not a context number"), ("-", "not a context number"), ("08", "octal"), ("0x1g", "not a context"),
            ("99999999999999999999999999x", "not a context number"),
        ])
    func refuses(_ text: String, _ message: String) {
        let parsed = parse("/a \(text) e - - - c sha256 \(digest)")
        #expect(parsed.rules.isEmpty)
        #expect(parsed.diagnostics.map(\.code) == [.badContext])
        #expect(parsed.diagnostics[0].message.contains(message))
    }

    @Test func warnsOfTheOwnContextAsANumber() {
        let parsed = parse("/a 4294967295 e - - - c sha256 \(digest)")
        #expect(parsed.rules.map(\.context) == [.own])
        #expect(parsed.diagnostics.map(\.code) == [.ownContextNumber])
    }
}

@Suite struct MaskTests {
    @Test func everyFlagLetter() {
        #expect(EntryFlags.all.rawValue == 0xff1f)
        for key in EntryFlags.keys {
            let letter = String(Unicode.Scalar(key.letter))
            let rule = parse("/a -1 \(letter) - - - - sha256 \(digest)").rules.first
            #expect(rule?.flags == key.bit)
        }
    }

    @Test func everyPrivilegeLetter() {
        #expect(Privileges.all.rawValue == 0x3fff_ffff)
        for key in Privileges.keys {
            let letter = String(Unicode.Scalar(key.letter))
            let rule = parse("/a -1 e - - - \(letter) sha256 \(digest)").rules.first
            #expect(rule?.privileges == key.bit)
        }
    }

    private func option(_ text: String) throws(SyntaxError) -> Privileges {
        try FieldSyntax.lettersOrNames(Array(text.utf8)[...], as: Privileges.self).0
    }

    @Test func everyPrivilegeName() throws {
        for key in Privileges.keys {
            #expect(try option("\(key.name.lowercased()),\(key.name)") == key.bit)
            #expect(try option(key.name.lowercased()) == key.bit)
            #expect(try option(String(Unicode.Scalar(key.letter))) == key.bit)
        }
    }

    @Test(
        arguments: [
            ("netclient,unshare", "cU"), ("NETCLIENT|Unshare", "cU"), ("cU", "cU"), ("Uc", "cU"), ("-", "-"),
            ("io_uring", "R"), ("fuse", "f"), ("FUSE,", nil), ("FUSE|fuse", "f"), ("PF", "PF"),
        ])
    func lettersOrNames(_ text: String, _ letters: String?) throws {
        guard let letters else {
            #expect(throws: SyntaxError.self) { try option(text) }
            return
        }
        #expect(try String(decoding: option(text).letters, as: UTF8.self) == letters)
    }

    /// Each grants something quite different as letters.
    @Test(arguments: ["FUSE", "DRM", "BPF", "PERF", "USERNS", "KEXEC", "NFT", "PREINIT"])
    func namesThatAreLetters(_ text: String) {
        let fault = #expect(throws: SyntaxError.self) { try option(text) }
        #expect(fault?.hint == "\(text.lowercased()) is the name")
    }

    @Test(
        arguments: [
            ("netclint,unshare", 0, "NETCLIENT"), ("unshare,fusse", 8, "FUSE"), ("netclient,,fuse", 10, nil),
            ("netclient,", 10, nil), ("c,U", 0, "write letters together, without separators"),
            ("netclint", 1, "NETCLIENT is written c"), ("netclient fuse", 1, nil), ("netclient,-", 10, nil),
        ])
    func refusesNames(_ text: String, _ offset: Int, _ hint: String?) {
        let fault = #expect(throws: SyntaxError.self) { try option(text) }
        #expect(fault?.code == .badLetter)
        #expect(fault?.offset == offset)
        if let hint { #expect(fault?.hint == hint) }
    }

    private func privileges(_ word: String, for purpose: Purpose = .load) -> ParsedRules {
        let parser = RuleParser(source: Array("t".utf8), for: purpose)
        return parser.parse(Array("/a -1 e - - - \(word) sha256 \(digest)".utf8))
    }

    /// Field 7 takes names, and says which letters they are.
    @Test(
        arguments: [
            ("netclient", "c"), ("netclient|unshare", "cU"), ("NETCLIENT,NETSERVER", "cs"), ("fuse", "f"),
            ("FUSE|BPF", "fB"), ("bpf,Bpf", "B"), ("nft", "T"), ("io_uring", "R"), ("IO_URING", "R"),
        ])
    func namesInRules(_ word: String, _ letters: String) throws {
        let parsed = privileges(word)
        #expect(parsed.diagnostics.map(\.code) == [.privilegeNames])
        #expect(parsed.diagnostics.map(\.severity) == [.warning])
        #expect(parsed.diagnostics.first?.hint == "in letters: \(letters)")
        #expect(parsed.diagnostics.first?.column == 15)
        let rule = try #require(parsed.rules.first)
        #expect(String(decoding: rule.privileges.letters, as: UTF8.self) == letters)
        // What is printed is letters, which need no word of warning.
        #expect(privileges(letters).rules.first?.privileges == rule.privileges)
        #expect(privileges(letters).diagnostics.isEmpty)
    }

    @Test(
        arguments: [
            ("netcleint", .badLetter, "NETCLIENT is written c"),
            ("q", .badLetter, "valid letters: CVcsnPSrNkIKXxFidfAURBupDEMywT"),
            ("a", .badLetter, "case matters: 'A' is NETLINK_AUDIT"),
            ("netclint,unshare", .badLetter, "NETCLIENT"), ("netclient,", .badLetter, nil),
            ("c|s", .badLetter, "write letters together, without separators"),
            ("FUSE", .nameOrLetters, "fuse is the name"), ("BPF", .nameOrLetters, "bpf is the name"),
            ("PERF", .nameOrLetters, "perf is the name"),
        ] as [(String, DiagnosticCode, String?)])
    func refusesPrivileges(_ word: String, _ code: DiagnosticCode, _ hint: String?) {
        let parsed = privileges(word)
        #expect(parsed.rules.isEmpty)
        #expect(parsed.diagnostics.map(\.code) == [code])
        #expect(parsed.diagnostics.first?.hint == hint)
    }

    /// Every mask can be read as it is printed, also where that spells a name.
    @Test func printedPrivilegesAreRead() {
        #expect(privileges("NFT").rules.first?.privileges.letters == Array("NFT".utf8))
        #expect(privileges("NFT").rules.first?.privileges.names == ["NETLINK", "FIRMWARE", "NFT"])
        #expect(privileges("NFT").diagnostics.map(\.code) == [.nameOrLetters])
        var random = SeededRandom(seed: 7)
        for _ in 0..<2000 {
            let mask = Privileges(rawValue: UInt64.random(in: 0..<1 << 30, using: &random))
            let letters = String(decoding: mask.letters, as: UTF8.self)
            #expect(privileges(letters).rules.first?.privileges == mask)
        }
    }

    @Test func unknownNamesAreSkippedWhenUnloading() {
        let parsed = privileges("netclient,newer", for: .unload)
        #expect(parsed.rules.first?.privileges == .networkClient)
        #expect(parsed.diagnostics.map(\.severity) == [.warning, .warning])
        #expect(privileges("FUSE", for: .unload).rules.count == 1)
    }

    /// No name in capitals was a word of letters before the last ten letters.
    @Test func oldFilesKeepTheirMeaning() {
        let old = Set("CVcsnPSrNkIKXxFidfAU".utf8)
        #expect(Privileges.keys.allSatisfy { !Set($0.name.utf8).isSubset(of: old) })
    }

    @Test func everyCapabilityWord() {
        #expect(CapabilitySet.words.map(\.bit) == Array(0...40) + [63])
        for (word, bit) in CapabilitySet.words {
            let rule = parse("/a -1 e \(word) \(word) - - sha256 \(digest)").rules.first
            #expect(rule?.effective.rawValue == 1 << UInt64(bit))
        }
    }

    @Test(
        arguments: [
            ("e-r", "-", 3 + 4), ("-e", "-", 3 + 3), ("--", "-", 3 + 3), ("eE", "E", 3 + 4),
        ])
    func refusesLetters(_ flags: String, _ token: String, _ column: Int) {
        let parsed = parse("/a -1 \(flags) - - - - sha256 \(digest)")
        #expect(parsed.diagnostics.map(\.code) == [.badLetter])
        #expect(parsed.diagnostics.map(\.token) == [Array(token.utf8)])
        #expect(parsed.diagnostics.map(\.column) == [column + 1])
    }

    @Test(
        arguments: [
            ("NET_ADMN", "NET_ADMIN"), ("kill", "KILL"), ("SYS_AMDIN", "SYS_ADMIN"),
            ("cap_chown", "CHOWN, without CAP_"),
            ("ALL", "no word for all"), ("CHECKPOINT_RESTOR", "CHECKPOINT_RESTORE"),
        ])
    func suggestsCapabilities(_ word: String, _ hint: String) {
        let parsed = parse("/a -1 e \(word) - - - sha256 \(digest)")
        #expect(parsed.diagnostics.map(\.code) == [.badCapability])
        #expect(parsed.diagnostics[0].hint?.contains(hint) == true)
    }

    @Test func leadingSeparator() {
        let parsed = parse("/a -1 e |KILL - - - sha256 \(digest)")
        #expect(parsed.diagnostics.map(\.column) == [9])
        #expect(parsed.diagnostics[0].message == "leading separator")
    }

    @Test(
        arguments: [
            ("ccsd", "driver"), ("SHA256", "sha256"), ("sha-256", "sha256"), ("blake3", "valid names: "),
            ("fsverity-sha25", "fsverity-sha256"),
        ])
    func refusesAlgorithms(_ name: String, _ hint: String) {
        let parsed = parse("/a -1 e - - - c \(name) \(digest)")
        #expect(parsed.diagnostics.map(\.code) == [.badAlgorithm])
        #expect(parsed.diagnostics[0].hint?.contains(hint) == true)
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func acceptsAlgorithms(_ algorithm: DigestAlgorithm) {
        let digest = String(repeating: "0a", count: algorithm.size)
        let parsed = parse("/a -1 e - - - c \(algorithm.name) \(digest)")
        #expect(parsed.rules.map(\.algorithm) == [algorithm])
        #expect(parsed.diagnostics.map(\.code) == (algorithm.isWeak ? [.weakDigest] : []))
        for wrong in [algorithm.size * 2 - 1, algorithm.size * 2 + 1, algorithm.size * 2 + 2] {
            let digits = String(repeating: "0", count: wrong)
            let parsed = parse("/a -1 e - - - c \(algorithm.name) \(digits)")
            #expect(parsed.rules.isEmpty)
            #expect(parsed.diagnostics.filter { $0.severity == .error }.map(\.field) == [9])
        }
    }
}

@Suite struct LintTests {
    @Test(
        arguments: [
            ("-", "-", "-", "-", "-", [.inert]),
            ("r", "-", "-", "-", "c", [.inert]),
            ("l", "SYS_ADMIN", "SYS_ADMIN", "-", "-", [.libraryGrant]),
            ("l", "-", "-", "-", "c", [.libraryGrant]),
            ("el", "-", "-", "-", "-", [.executableLibrary]),
            ("esi", "-", "-", "-", "c", [.scriptInterpreter]),
            ("eNL", "KILL", "KILL", "-", "-", [.bothLibraryChecks]),
            ("eN", "-", "-", "-", "c", [.pointlessLibraryCheck]),
            ("eL", "-", "-", "-", "-", [.pointlessLibraryCheck]),
            ("eL", "-", "-", "KILL", "-", []),
            ("ej", "-", "-", "-", "-", []),
            ("j", "-", "-", "-", "-", [.inert]),
            ("lj", "-", "-", "-", "-", [.pointlessExemption]),
            ("eLj", "KILL", "KILL", "-", "-", [.pointlessExemption]),
            ("e", "KILL|CHOWN", "KILL", "-", "-", [.unreachableEffective]),
            ("e", "KILL|CHOWN", "KILL", "CHOWN", "-", []),
            ("e", "-", "-", "-", "A", [.auditWithoutNetlink]),
            ("e", "-", "-", "-", "NA", []),
            ("e", "-", "-", "-", "i", [.neverGranted]),
            ("ee", "KILL|KILL", "KILL", "-", "cc", [.repeated, .repeated, .repeated]),
        ] as [(String, String, String, String, String, [DiagnosticCode])])
    func warns(
        _ flags: String, _ effective: String, _ permitted: String, _ inheritable: String, _ privileges: String,
        _ codes: [DiagnosticCode]
    ) {
        let parsed = parse("/a -1 \(flags) \(effective) \(permitted) \(inheritable) \(privileges) sha256 \(digest)")
        #expect(parsed.diagnostics.map(\.code) == codes)
        #expect(parsed.diagnostics.allSatisfy { $0.severity == .warning })
        #expect(parsed.rules.count == 1)
    }
}

@Suite struct TolerantTests {
    @Test func unknownWordsAreSkippedAndReported() throws {
        let parsed = parse("/a 0x10 eZ- KILL|BOGUS - - cQ newhash dummy", for: .unload)
        #expect(!parsed.hasErrors)
        #expect(parsed.diagnostics.map(\.code) == [.badLetter, .badLetter, .badCapability, .badLetter, .badAlgorithm])
        #expect(parsed.diagnostics.allSatisfy { $0.severity == .warning && $0.message.hasSuffix("(ignored)") })
        let rule = try #require(parsed.rules.first)
        #expect(rule.context == ContextID(16))
        #expect(rule.algorithm == .sha256)
        #expect(rule.digest == [UInt8](repeating: 0, count: 32))
    }

    @Test(
        arguments: [
            ("/a -1 e - - - c sha256", 9), ("/a main e - - - c sha256 dummy", 2), ("/a -1 e KILL| - - c sha256 d", 4),
            ("/a -1 e -KILL - - c sha256 d", 4), ("a -1 e - - - c sha256 d", 1),
        ])
    func formIsStillEnforced(_ line: String, _ field: Int) {
        let parsed = parse(line, for: .unload)
        #expect(parsed.hasErrors)
        #expect(parsed.diagnostics.map(\.field) == [field])
    }

    @Test func theSameLineIsRefusedWhenLoading() {
        #expect(parse("/a -1 e - - - c sha256 dummy").hasErrors)
    }
}

@Suite struct MergeTests {
    private func file(_ name: String, _ text: String) -> ParsedRules {
        RuleParser(source: Array(name.utf8)).parse(Array(text.utf8))
    }

    private let line = "/a 5 e - - - c sha256 \(digest)"

    @Test func identicalEntriesAreAWarning() {
        let merged = RuleMerge.merge([file("one", "\n" + line), file("two", line)])
        #expect(merged.rules.count == 1)
        #expect(merged.diagnostics.map(\.code) == [.duplicate])
        #expect(merged.diagnostics[0].text.hasPrefix("two:1:1: warning: field 1: "))
        #expect(merged.diagnostics[0].message.contains("one:2"))
    }

    @Test func differentEntriesAreAnErrorThatNamesBothPlaces() {
        let merged = RuleMerge.merge([file("one", line), file("two", "#\n" + line.replacing(" c ", with: " s "))])
        #expect(merged.hasErrors)
        #expect(merged.diagnostics[0].text.contains("two:2:1: error"))
        #expect(merged.diagnostics[0].text.contains("one:1"))
    }

    @Test func contextsAreApart() {
        let merged = RuleMerge.merge([file("one", line + "\n" + line.replacing(" 5 ", with: " 6 "))])
        #expect(merged.rules.count == 2)
        #expect(merged.diagnostics.isEmpty)
    }

    @Test func removalOnlyLooksAtKeys() {
        let other = file("two", line.replacing(" c ", with: " s "))
        let merged = RuleMerge.merge([file("one", line), other], ignoringConflicts: true)
        #expect(merged.rules.count == 1)
        #expect(merged.diagnostics.isEmpty)
    }
}
