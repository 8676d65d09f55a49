// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import TestSupport
import Testing

@testable import Policy

/// The table reads usual lines in a way of its own. It must say what `LineParser` says
/// of each line, whatever the line is.
@Suite struct TableTests {
    private static let words = [
        "-", "e", "er", "l", "Ier", "ee", "eN", "eL", "ej", "es", "si", "x", "KILL", "KILL|CHOWN", "KILL|KILL",
        "NET_BIND_SERVICE|NET_RAW", "CHECKPOINT_RESTORE", "CONTEXT", "|KILL", "KILL|", "kill", "CAP_KILL",
        "LINUX_IMMUTABLE", "c", "cs", "N", "A", "NA", "NFT", "nft", "i", "cc", "c,s", "fuse", "-c",
    ]
    /// Words of fields 3 to 7 that are right, and cause no message in most lines.
    private static let usual = [
        ["e", "e", "er", "Ier", "eu", "l", "el"], ["-", "-", "KILL", "KILL|CHOWN"], ["KILL|CHOWN", "KILL|CHOWN", "-"],
        ["-", "SYS_ADMIN", "NET_BIND_SERVICE|NET_RAW"], ["-", "c", "cs", "N", "NA"],
    ]
    private static let contexts = ["0", "-1", "1", "007", "0x10", "4294967294", "4294967295", "99999999999", "a", "+1"]
    private static let algorithms = ["sha256", "sha256", "sha512", "sha384", "md5", "fsverity-sha256", "ccsd"]
    private static let ends = [
        "", "", "", "\r", " ", " # /usr/bin/x", " #/a\\040b \r", " # a", " # /a b", "\0", "0", "#",
    ]
    private static let paths = [
        "/usr/bin/tool", "/a", "*", "*", "/b\\040c", "/\u{e9}\u{e9}", " /c", "/d#e", "d", "/e\te", "/long\\134", "",
    ]

    private static func line(_ random: inout SeededRandom) -> [UInt8] {
        let isPlain = Int.random(in: 0..<3, using: &random) > 0
        let algorithm = (isPlain ? "sha256" : algorithms.randomElement(using: &random)) ?? ""
        let size = DigestAlgorithm.allCases.first { $0.name == algorithm }?.size ?? 32
        var digest = Array(Hex.encode((0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }))
        if Int.random(in: 0..<12, using: &random) == 0 {
            digest[Int.random(in: 0..<digest.count, using: &random)] = UInt8.random(in: 11...255, using: &random)
        }
        let path =
            (isPlain ? "/usr/lib/program-\(Int.random(in: 0..<40, using: &random))" : nil)
            ?? paths.randomElement(using: &random) ?? ""
        let masks = (0..<5).map { field in
            if path == "*" && Int.random(in: 0..<3, using: &random) > 0 { return "-" }
            return (isPlain ? usual[field] : words).randomElement(using: &random) ?? ""
        }
        let context = (isPlain ? "0" : contexts.randomElement(using: &random)) ?? ""
        let separator = Int.random(in: 0..<20, using: &random) == 0 ? "  " : " "
        let fields = ([path, context] + masks + [algorithm]).joined(separator: separator)
        let end = (isPlain && path != "*" ? "" : ends.randomElement(using: &random)) ?? ""
        return Array("\(fields) ".utf8) + digest + Array(end.utf8)
    }

    private struct Expected {
        var rules: [Rule] = []
        var diagnostics: [Diagnostic] = []

        init(_ lines: [[UInt8]], for purpose: Purpose) {
            for (index, line) in lines.enumerated() {
                let text = line.last == ASCII.carriageReturn ? line.dropLast() : line[...]
                var parser = LineParser(
                    text: text, origin: RuleOrigin(source: [1], line: UInt32(index + 1)), purpose: purpose)
                if let rule = parser.parse() { rules.append(rule) }
                diagnostics += parser.diagnostics
            }
        }
    }

    @Test(arguments: [Purpose.load, .unload, .unloadOne])
    func everyLineIsReadAsAlone(_ purpose: Purpose) {
        var random = SeededRandom(seed: 21)
        var count = 0
        for round in 0..<(purpose.isTolerant ? 10 : 50) {
            // Some lines are there twice, so that their fields are known.
            var lines = (0..<40).map { _ in Self.line(&random) }.filter { !$0.contains(ASCII.newline) }
            lines += lines.shuffled(using: &random)
            let expected = Expected(lines, for: purpose)
            let end: [UInt8] = round % 2 == 0 ? [ASCII.newline] : []
            let text = Array(lines.joined(separator: [ASCII.newline])) + end
            let parsed = RuleParser(source: [1], for: purpose).parse(text)
            #expect(parsed.rules == expected.rules)
            #expect(parsed.diagnostics == expected.diagnostics)
            count += parsed.rules.count
        }
        #expect(count > 500)
    }

    /// Where a file is cut while it is read makes no difference.
    @Test func piecesAreTheWhole() {
        var random = SeededRandom(seed: 22)
        for round in 0..<30 {
            let mark: [UInt8] = [[0xef, 0xbb, 0xbf], [0xff, 0xfe], [], []][round % 4]
            let text =
                mark + Array((0..<30).map { _ in Self.line(&random) }.joined(separator: [ASCII.newline]))
            let whole = RuleParser(source: [1]).parse(text)
            var table = RuleTable()
            var reader = RuleReader(source: [1], for: .load, into: &table)
            var rest = text[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(Int.random(in: 1...(round < 10 ? 4 : 300), using: &random)))
                piece.withUnsafeBufferPointer { reader.read($0, into: &table) }
                rest = rest.dropFirst(piece.count)
            }
            reader.finish(into: &table)
            #expect(Array(table) == whole.rules)
            #expect(reader.diagnostics == whole.diagnostics)
        }
    }

    /// Parts that are read apart are the whole as well, with all numbers of lines.
    @Test(arguments: [Purpose.load, .unload]) func partsAreTheWhole(_ purpose: Purpose) {
        var random = SeededRandom(seed: 27)
        for round in 0..<40 {
            let mark: [UInt8] = [[0xef, 0xbb, 0xbf], [0xff, 0xfe], [], []][round % 4]
            var lines = (0..<30).map { _ in Self.line(&random) + [ASCII.newline] }
            lines[0] = mark + lines[0]
            if round % 3 == 0 { lines[29].removeLast() }
            let whole = RuleParser(source: [1], for: purpose).parse(Array(lines.joined()))
            // Rules of another file are there before.
            let others = Self.rules(&random, count: 5)
            var table = RuleTable(others)
            var reader = RuleReader(source: [1], for: purpose, into: &table)
            let cuts = [1, 5, 30].map { Int.random(in: 1...$0, using: &random) }.sorted() + [30]
            Array(lines[..<cuts[0]].joined()).withUnsafeBufferPointer { reader.read($0, into: &table) }
            reader.finish(into: &table)
            let parts = zip(cuts, cuts.dropFirst()).map { start, end in
                var part = reader.part()
                Array(lines[start..<end].joined()).withUnsafeBufferPointer { part.read($0) }
                part.finish()
                return part
            }
            for part in parts { reader.append(part, into: &table) }
            #expect(Array(table) == others + whole.rules)
            #expect(reader.diagnostics == whole.diagnostics)
        }
    }

    @Test func lineAtTheLimitOfOldTools() {
        let fields = " 0 e - - - - sha256 " + String(repeating: "0a", count: 32)
        for length in [1022, 1023, 1024, 4200] {
            let line = Array(("/" + String(repeating: "a", count: length - 1 - fields.utf8.count) + fields).utf8)
            let expected = Expected([line], for: .load)
            let parsed = RuleParser(source: [1]).parse(line)
            #expect(parsed.rules == expected.rules && parsed.diagnostics == expected.diagnostics)
            #expect(parsed.diagnostics.isEmpty == (length <= 1023))
        }
    }

    /// What a rule grants is doubtful for the short question if and only if it is for
    /// the long one.
    @Test func shortLintIsTheLongOne() {
        let sets: [CapabilitySet] = [[], .init(bit: 5), .init(bit: 10)]
        let privileges: [Privileges] = [
            [], .networkClient, .netlink, .netlinkAudit, [.netlink, .netlinkAudit], .preInit,
        ]
        let letters = EntryFlags.keys.map(\.bit)
        var clean = 0
        for number in 0..<(1 << letters.count) {
            let flags = letters.indices.filter { number >> $0 & 1 == 1 }.reduce(into: EntryFlags()) {
                $0.formUnion(letters[$1])
            }
            for (index, privilege) in privileges.enumerated() {
                for effective in sets {
                    let permitted = sets[(number + index) % 3]
                    let inheritable = sets[number / 3 % 3]
                    let rule = Rule(
                        path: "/a", flags: flags, effective: effective, permitted: permitted,
                        inheritable: inheritable, privileges: privilege, digest: [])
                    let isClean = RuleLint.isClean(Grant(rule, source: 0))
                    if isClean != RuleLint.findings(rule).isEmpty { Issue.record("\(rule)") }
                    clean += isClean ? 1 : 0
                }
            }
        }
        #expect(clean > 1000)
    }

    private static func rules(_ random: inout SeededRandom, count: Int) -> [Rule] {
        (0..<count).map { _ in
            let digest = (0..<32).map { _ in UInt8.random(in: 0...1, using: &random) }
            let context = ContextID(UInt32.random(in: 0...2, using: &random))
            let source = Array("file\(Int.random(in: 0...2, using: &random))".utf8)
            let origin = RuleOrigin(source: source, line: UInt32.random(in: 1...9, using: &random))
            guard Int.random(in: 0..<3, using: &random) > 0 else {
                return .allow(
                    Int.random(in: 0...1, using: &random) == 0 ? .sha256 : .fsveritySHA256,
                    Array(repeating: digest[0], count: 32), context: context, name: digest[1] == 0 ? nil : "/name",
                    origin: origin)
            }
            let path = "/" + String(repeating: "p", count: Int.random(in: 1...12, using: &random))
            return Rule(
                path: BytePath(path.utf8), context: context, flags: digest[0] == 0 ? .executable : .library,
                digest: digest, origin: origin)
        }
    }

    @Test func tableKeepsRulesAndTheirOrder() {
        var random = SeededRandom(seed: 23)
        for _ in 0..<50 {
            let rules = Self.rules(&random, count: 40)
            var table = RuleTable(rules)
            #expect(Array(table) == rules)
            for left in rules.indices {
                for right in rules.indices {
                    let order = table.order(left, right)
                    #expect((order < 0) == (rules[left].key < rules[right].key))
                    #expect((order == 0) == (rules[left].key == rules[right].key))
                }
            }
            Self.expectOrder(of: table, rules)
            table.truncate(to: 25)
            #expect(Array(table) == Array(rules[..<25]))
            table.append(rules[39])
            #expect(Array(table) == rules[..<25] + [rules[39]])
        }
    }

    /// The order is that of the keys, rules with the same key stay as they are, and each
    /// of them but the first is a repetition of it.
    private static func expectOrder(of table: RuleTable, _ rules: [Rule]) {
        let order = table.canonicalOrder()
        let expected = rules.indices.sorted { left, right in
            if rules[left].key == rules[right].key { return left < right }
            return rules[left].precedes(rules[right])
        }
        #expect(rules.indices.map { order.number(at: $0) } == expected)
        #expect((order.numbers == nil) == (expected == Array(rules.indices)))
        var first: [RuleKey: Int] = [:]
        var repetitions: [[Int]] = []
        for (number, rule) in rules.enumerated() {
            if let earlier = first[rule.key] {
                repetitions.append([number, earlier])
            } else {
                first[rule.key] = number
            }
        }
        #expect(order.repetitions.map { [$0.number, $0.first] } == repetitions)
    }

    /// Paths of a few letters have long common beginnings, and end at every place of the
    /// eight bytes that are compared at once; many of them are there several times.
    @Test func orderOfManyRules() {
        var random = SeededRandom(seed: 25)
        for round in 0..<40 {
            let letters: [UInt8] = [[97], [97, 98], [1, 0x7f, 0x80, 0xff], Array(33...126)][round % 4]
            let starts = (0..<4).map { _ in Self.word(letters, 0...20, &random) }
            var rules = Self.rules(&random, count: 100)
            rules += (0..<[30, 200, 900][round % 3]).map { number in
                let path = (starts.randomElement(using: &random) ?? []) + Self.word(letters, 0...11, &random)
                return Rule(
                    path: BytePath([ASCII.slash] + path), context: ContextID(UInt32.random(in: 0...1, using: &random)),
                    digest: [UInt8](repeating: 0, count: 32), origin: RuleOrigin(source: [1], line: UInt32(number)))
            }
            rules.shuffle(using: &random)
            Self.expectOrder(of: RuleTable(rules), rules)
            let sorted = rules.sorted { $0.precedes($1) }
            Self.expectOrder(of: RuleTable(sorted), sorted)
        }
        Self.expectOrder(of: RuleTable(), [])
    }

    private static func word(_ letters: [UInt8], _ length: ClosedRange<Int>, _ random: inout SeededRandom) -> [UInt8] {
        (0..<Int.random(in: length, using: &random)).compactMap { _ in letters.randomElement(using: &random) }
    }

    /// The order that a table has found is not kept when its rules change.
    @Test func orderOfAChangedTable() {
        var random = SeededRandom(seed: 26)
        for _ in 0..<20 {
            var rules = Self.rules(&random, count: 40)
            var table = RuleTable(rules)
            _ = table.findOrder()
            rules.append(contentsOf: Self.rules(&random, count: 3))
            for rule in rules[40...] { table.append(rule) }
            Self.expectOrder(of: table, rules)
            _ = table.findOrder()
            table.truncate(to: 20)
            Self.expectOrder(of: table, Array(rules[..<20]))
            _ = RuleMerge.merge(&table)
            Self.expectOrder(of: table, Array(table))
        }
    }

    /// The first rule of each key is kept, and each later one is reported once.
    @Test func mergeKeepsTheFirst() {
        var random = SeededRandom(seed: 24)
        for _ in 0..<50 {
            let rules = Self.rules(&random, count: 60)
            var kept: [Rule] = []
            var reported = 0
            for rule in rules {
                guard let earlier = kept.first(where: { $0.key == rule.key }) else {
                    kept.append(rule)
                    continue
                }
                let isShared = rule.isAllowDigest && rule.origin.source != earlier.origin.source
                reported += isShared ? 0 : 1
            }
            var table = RuleTable(rules)
            let diagnostics = RuleMerge.merge(&table)
            #expect(Array(table) == kept)
            #expect(diagnostics.count == reported)
            var other = RuleTable(rules)
            #expect(RuleMerge.merge(&other, ignoringConflicts: true).isEmpty && Array(other) == kept)
        }
    }
}
