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
