// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import TestSupport
import Testing

private let digest = String(repeating: "0f", count: 32)
private let bytes = [UInt8](repeating: 0x0f, count: 32)

private func parse(_ text: String, for purpose: Purpose = .load) -> ParsedRules {
    RuleParser(source: Array("f".utf8), for: purpose).parse(Array(text.utf8))
}

/// Rules whose first field is `*`.
@Suite struct AllowTests {
    @Test(arguments: DigestAlgorithm.allCases)
    func readsAndPrints(_ algorithm: DigestAlgorithm) {
        let digits = String(repeating: "0f", count: algorithm.size)
        let line = "* 501 - - - - - \(algorithm.name) \(digits)"
        let parsed = parse(line)
        let origin = RuleOrigin(source: Array("f".utf8), line: 1)
        #expect(
            parsed.rules == [
                .allow(
                    algorithm, [UInt8](repeating: 0x0f, count: algorithm.size), context: ContextID(501),
                    origin: origin)
            ])
        #expect(parsed.rules.map(\.isAllowDigest) == [true])
        #expect(parsed.rules.map(\.line) == [Array(line.utf8)])
        // Neither e nor l: that is no fault here.
        #expect(parsed.diagnostics.map(\.code) == (algorithm.isWeak ? [.weakDigest] : []))
    }

    @Test(
        arguments: [
            (3, "e"), (3, "l"), (4, "KILL"), (5, "KILL"), (6, "KILL"), (7, "c"), (3, "--"), (3, "Z"), (4, "BOGUS"),
        ])
    func grantsNothing(_ field: Int, _ word: String) {
        var fields = "* -1 - - - - - sha256 \(digest)".split(separator: " ").map(String.init)
        fields[field - 1] = word
        let parsed = parse(fields.joined(separator: " "))
        #expect(parsed.rules.isEmpty)
        #expect(parsed.diagnostics.map(\.code) == [.allowGrants])
        #expect(parsed.diagnostics.map(\.field) == [field])
        #expect(parsed.diagnostics.map(\.token) == [Array(word.utf8)])
        #expect(parsed.diagnostics.map(\.hint) == ["write -"])
    }

    @Test func everyFaultIsTold() {
        let parsed = parse("* main e KILL - - c nohash zz")
        #expect(parsed.diagnostics.map(\.field) == [2, 3, 4, 7, 8, 9])
        #expect(parsed.diagnostics.map(\.column) == [3, 8, 10, 19, 21, 28])
    }

    @Test(arguments: [
        ("# /usr/bin/foo", "/usr/bin/foo"), ("#/usr/bin/foo\t ", "/usr/bin/foo"), ("# /a\\040b", "/a b"),
        ("# the shell", nil), ("# /bin/sh and more", nil), ("#", nil), ("# \\057a", nil), ("# /\\000", nil), ("", nil),
    ])
    func nameInTheComment(_ comment: String, _ name: String?) {
        let parsed = parse("* 0 - - - - - sha256 \(digest) \(comment)")
        #expect(parsed.diagnostics.isEmpty)
        #expect(parsed.rules.map(\.name) == [name.map { BytePath($0.utf8) }])
        #expect(parsed.rules.map(\.digest) == [bytes])
    }

    @Test func onlyAllowDigestsHaveANameBeside() {
        #expect(parse("/a 0 e - - - - sha256 \(digest) # /b").rules.map(\.name) == [nil])
    }

    @Test func nameIsPrinted() {
        let rule = Rule.allow(.sha256, bytes, context: ContextID(0), name: "/opt/my tool#1")
        let line = "* 0 - - - - - sha256 \(digest) # /opt/my\\040tool\\0431"
        #expect(String(decoding: rule.line, as: UTF8.self) == line)
        #expect(parse(line).rules.map(\.name) == [rule.name])
        let long = BytePath("/\(String(repeating: "x", count: 1000))".utf8)
        #expect(Rule.allow(.sha256, bytes, context: ContextID(0), name: long).line.count == 85)
    }

    @Test(arguments: [("0", UInt32(0)), ("1", 1), ("14328", 14328), ("4294967294", 4_294_967_294)])
    func sizeBehindTheDigest(_ text: String, _ size: UInt32) {
        for comment in ["", " # /usr/bin/foo"] {
            let line = "* 0 - - - - - sha256 \(digest):\(text)\(comment)"
            let parsed = parse(line)
            #expect(parsed.diagnostics.isEmpty)
            #expect(parsed.rules.map(\.fileSize) == [FileSize(size)])
            #expect(parsed.rules.map(\.digest) == [bytes])
            #expect(parsed.rules.map(\.line) == [Array(line.utf8)])
        }
        // The same in a line that is not in its usual form, and when it is unloaded.
        for purpose in [Purpose.load, .unload] {
            let parsed = parse("*  0 - - - - - sha256 \(digest):\(text)", for: purpose)
            #expect(parsed.rules.map(\.fileSize) == [FileSize(size)])
            #expect(parsed.diagnostics.isEmpty)
        }
    }

    @Test(arguments: ["", "x", "1x", "-1", "+1", "01", "0x10", "4294967295", "99999999999", "1:2", " 1"])
    func badSizes(_ text: String) {
        for purpose in [Purpose.load, .unload] {
            let parsed = parse("* 0 - - - - - sha256 \(digest):\(text)", for: purpose)
            #expect(parsed.rules.isEmpty)
            #expect(parsed.hasErrors)
            #expect(parsed.diagnostics.first?.field == (text == " 1" ? parsed.diagnostics.first?.field : 9))
        }
    }

    @Test func onlyAllowDigestsHaveASize() {
        let parsed = parse("/a 0 e - - - - sha256 \(digest):5")
        #expect(parsed.rules.isEmpty)
        #expect(parsed.diagnostics.map(\.code) == [.badFingerprint])
        #expect(parsed.diagnostics.map(\.column) == [87])
        #expect(parsed.diagnostics.map(\.hint) == ["leave the size out"])
    }

    @Test func tooLargeForASize() {
        #expect(FileSize(UInt64(UInt32.max)) == nil)
        #expect(FileSize(UInt64(1) << 40) == nil)
        #expect(FileSize(-1) == nil)
        #expect(FileSize(UInt64(UInt32.max) - 1)?.bytes == 4_294_967_294)
    }

    /// The order of the files makes no difference for a contradiction.
    @Test(arguments: [
        ["", ":1", ":2"], ["", ":2", ":1"], [":1", "", ":2"], [":2", "", ":1"], [":1", ":2", ""], [":2", ":1", ""],
    ])
    func threeSizesContradict(_ sizes: [String]) {
        let files = sizes.enumerated().map { number, size in
            RuleParser(source: Array("file\(number)".utf8)).parse(
                Array("* 0 - - - - - sha256 \(digest)\(size)".utf8))
        }
        #expect(RuleMerge.merge(files, ignoringConflicts: false).hasErrors)
    }

    /// A size is a fact about a digest: two are a contradiction, and one is enough.
    @Test(arguments: [("", ":5", UInt32(5)), (":5", "", 5), (":5", ":5", 5)])
    func sizesOfSeveralFiles(_ first: String, _ second: String, _ size: UInt32) {
        let line = "* 0 - - - - - sha256 \(digest)"
        let files = [("f", first), ("g", second)].map { name, size in
            let text = "\(line)\(size) # /a\n/b 0 e - - - - sha256 \(digest)"
            return RuleParser(source: Array(name.utf8)).parse(Array(text.utf8))
        }
        let merged = RuleMerge.merge([files[0], files[1]], ignoringConflicts: false)
        #expect(merged.rules.count == 2)
        #expect(merged.rules.first?.fileSize == FileSize(size))
        #expect(merged.rules.first?.digest == bytes)
        #expect(merged.rules.first?.name == "/a")
        #expect(merged.rules.last?.digest == bytes)
        #expect(!merged.hasErrors)
    }

    @Test func twoSizesContradict() {
        let line = "* 0 - - - - - sha256 \(digest)"
        let files = ["5", "6"].map { RuleParser(source: Array($0.utf8)).parse(Array("\(line):\($0)".utf8)) }
        #expect(RuleMerge.merge(files).diagnostics.map(\.code) == [.conflict])
        #expect(parse("\(line):5\n\(line):6").rules.count == 2)
        #expect(RuleMerge.merge([parse("\(line):5\n\(line):6")]).hasErrors)
    }

    /// Packages contain equal files; twice in one file is a slip.
    @Test func oneDigestInSeveralFiles() {
        let line = Array("* 0 - - - - - sha256 \(digest) # /a\n".utf8)
        let first = RuleParser(source: Array("f".utf8)).parse(line)
        let second = RuleParser(source: Array("g".utf8)).parse(line + line)
        #expect(RuleMerge.merge([first, second]).rules.count == 1)
        #expect(RuleMerge.merge([first, second]).diagnostics.isEmpty)
        #expect(RuleMerge.merge([second]).diagnostics.map(\.code) == [.duplicate])
    }

    /// A star is a star only when it stands alone, and as it is.
    @Test(arguments: ["*x", "**", "\\052", "./*"])
    func otherWordsArePaths(_ path: String) {
        #expect(parse("\(path) -1 - - - - - sha256 \(digest)").diagnostics.map(\.code) == [.badPath])
    }

    @Test func aFileNamedStarIsAPath() {
        let parsed = parse("/* -1 e - - - - sha256 \(digest)")
        #expect(parsed.rules.map(\.isAllowDigest) == [false])
        #expect(parsed.diagnostics.isEmpty)
    }

    /// The digest is what it is found by; what it does not have does not matter.
    @Test func unloading() {
        #expect(parse("* 7 eZ BOGUS - - Q sha256 \(digest)", for: .unload).rules.map(\.digest) == [bytes])
        let dummy = parse("* 7 - - - - - sha256 dummy", for: .unload)
        #expect(dummy.rules.isEmpty)
        #expect(dummy.diagnostics.map(\.field) == [9])
        #expect(parse("* 7 - - - - - newhash \(digest)", for: .unload).diagnostics.map(\.field) == [8])
    }

    @Test func theDigestOfAPathCanCountWhenUnloading() {
        let parsed = parse("/a 7 eZ - - - - sha256 \(digest)", for: .unloadOne)
        #expect(parsed.rules.map(\.digest) == [bytes])
        #expect(parsed.diagnostics.map(\.severity) == [.warning])
        #expect(parse("/a 7 e - - - - sha256 dummy", for: .unloadOne).hasErrors)
        #expect(parse("/a 7 e - - - - newhash \(digest)", for: .unloadOne).hasErrors)
    }

    @Test func digestsAreApartInAMerge() {
        let other = String(repeating: "1e", count: 32)
        let merged = RuleMerge.merge([
            parse("* 7 - - - - - sha256 \(digest)\n* 7 - - - - - sha256 \(other)\n* 8 - - - - - sha256 \(digest)"),
            parse("* 7 - - - - - fsverity-sha256 \(digest)\n* 7 - - - - - sha256 \(digest)"),
        ])
        #expect(merged.rules.count == 4)
        #expect(merged.diagnostics.map(\.code) == [.duplicate])
        #expect(merged.diagnostics.map(\.severity) == [.warning])
        #expect(merged.diagnostics[0].text.contains("f:2:1: "))
    }

    @Test func theyComeFirstByContextAndDigest() {
        let rules = parse(
            """
            /a 1 e - - - c sha256 \(digest)
            * 8 - - - - - sha256 \(digest)
            * 7 - - - - - sha256 ff\(digest.dropFirst(2))
            * 7 - - - - - sha256 \(digest)
            """
        ).rules
        #expect(rules.sorted { $0.key < $1.key }.map(\.origin.line) == [4, 3, 2, 1])
    }

    @Test func subjectsAreShort() {
        let rules = parse("* 7 - - - - - sha256 \(digest)\n/a 7 e - - - - sha256 \(digest)").rules
        #expect(rules.map(\.title) == ["* sha256 0f0f0f0f0f0f0f0f...", "/a"])
    }
}
