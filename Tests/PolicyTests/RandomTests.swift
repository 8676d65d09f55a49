// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import TestSupport
import Testing

/// Whatever the bytes are, the answer is rules and diagnostics, never a trap.
@Suite struct RandomTests {
    /// Bytes that mean something to the parser, more often than chance.
    private static let alphabet: [UInt8] = Array("/*-#|:\\ \t\r\n\0eIlNLsikru0189xabcCAPKILsh256_".utf8) + [0x80, 0xff]

    @Test func randomText() {
        var random = SeededRandom(seed: 7)
        for round in 0..<3000 {
            let text = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                Self.alphabet.randomElement(using: &random) ?? 0
            }
            let parsed = RuleParser(source: [], for: round % 2 == 0 ? .unload : .load).parse(text)
            check(parsed, lines: text.split(separator: 0x0a, omittingEmptySubsequences: false))
            _ = ContextEntrySyntax.parse(text, source: [])
            _ = try? LevelSyntax.argument(text[...])
        }
    }

    @Test func mutatedLines() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<5000 {
            let allow = "* -1 - - - - - sha256 \(String(repeating: "0f", count: 32))"
            let good = [goodLines.randomElement(using: &random)?.line, allow].randomElement(using: &random)
            var line = Array(((good ?? nil) ?? allow).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<line.count, using: &random)
                line[place] = Self.alphabet.randomElement(using: &random) ?? 0
            }
            let parsed = RuleParser(source: []).parse(line)
            check(parsed, lines: line.split(separator: 0x0a, omittingEmptySubsequences: false))
            // What was understood can be written down and understood again.
            for rule in parsed.rules {
                let again = RuleParser(source: []).parse(rule.line).rules
                #expect(again.count == 1 && again[0].saysSame(as: rule))
            }
        }
    }

    /// A line means the same after other lines as alone: those whose middle is
    /// repeated are read in a shorter way.
    @Test func repeatedLines() {
        var random = SeededRandom(seed: 9)
        var count = 0
        for round in 0..<300 {
            let middles = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                goodLines.randomElement(using: &random)?.line.split(separator: " ").dropFirst().joined(separator: " ")
                    ?? ""
            }
            var lines: [[UInt8]] = []
            for number in 0..<60 {
                let path = ["/a\(number)", "/b\\040\(number)", "/\u{e9}", "*", " /c", "/d#"].randomElement(
                    using: &random)
                let plain = Int.random(in: 0..<4, using: &random) > 0 ? "/usr/bin/\(number)" : path ?? ""
                let end = ["", "", "", "", "\r", " ", " # x", "f", "\t"].randomElement(using: &random) ?? ""
                var line = Array("\(plain) \(middles.randomElement(using: &random) ?? "")\(end)".utf8)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    line[Int.random(in: 0..<line.count, using: &random)] =
                        Self.alphabet.randomElement(using: &random) ?? 0
                }
                lines += line.split(separator: 0x0a, omittingEmptySubsequences: false).map(Array.init)
            }
            let purpose: Purpose = round % 10 == 0 ? .unload : .load
            let text = Array(lines.joined(separator: [0x0a]))
            let whole = RuleParser(source: [1], for: purpose).parse(text)
            var rules: [Rule] = []
            var diagnostics: [Diagnostic] = []
            for (index, line) in lines.enumerated() {
                var alone = RuleParser(source: [1], for: purpose).parse(line)
                for place in alone.rules.indices { alone.rules[place].origin.line = UInt32(index + 1) }
                for place in alone.diagnostics.indices { alone.diagnostics[place].line = index + 1 }
                rules += alone.rules
                diagnostics += alone.diagnostics
            }
            #expect(whole.rules == rules)
            #expect(whole.diagnostics == diagnostics)
            count += rules.count
        }
        #expect(count > 5000)
    }

    /// Every diagnostic points into its line or just behind it, and its token
    /// is what stands there.
    private func check(_ parsed: ParsedRules, lines: [ArraySlice<UInt8>]) {
        for diagnostic in parsed.diagnostics {
            let line = Array(lines[diagnostic.line - 1])
            #expect(diagnostic.column >= 1 && diagnostic.column <= line.count + 1)
            if let token = diagnostic.token {
                #expect(line.dropFirst(diagnostic.column - 1).starts(with: token))
            }
        }
    }
}
