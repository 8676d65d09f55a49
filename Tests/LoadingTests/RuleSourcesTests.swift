// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Loading
import Policy
import SystemIO
import TestSupport
import Testing
import Tool

@Suite struct RuleSourcesTests {
    private let directory = TemporaryDirectory()
    private let line = "/a -1 e - - - - sha256 " + String(repeating: "ab", count: 32)

    private func surroundings(_ directories: [BytePath] = [], input: String = "") -> Surroundings {
        let environment = Environment(
            program: "verictl", output: Capture(),
            readStandardInput: { () throws(Errno) in Array(input.utf8) })
        return Surroundings(
            environment, openDevice: { () throws(Errno) in throw .noEntry }, ruleDirectories: directories)
    }

    @Test func everyErrorOfTheTreeIsCollected() {
        directory.write("a", "junk\n" + line)
        directory.write("b", "more junk")
        let rules = RuleSources.collect([directory.path, "/nonexistent"], in: surroundings())
        #expect(rules.count(.error) == 3)
        #expect(rules.rules.count == 1)
        // A file that cannot be read is worse than one that does not parse.
        #expect(rules.failure == .io)
        #expect(rules.fileCount == 2)
    }

    @Test func withoutPathsTheStandardDirectoriesAreRead() {
        directory.write("a", line)
        let rules = RuleSources.collect([], in: surroundings(["/nonexistent", directory.path]))
        #expect(rules.failure == nil)
        #expect(rules.rules.map(\.origin.text) == ["\(directory.path)/a:1"])
    }

    @Test(arguments: [Diagnostic.Severity.error, .warning])
    func emptinessIsReportedOnceAndOnlyIfNothingElseExplainsIt(_ severity: Diagnostic.Severity) {
        var empty = RuleSources.collect(["-"], in: surroundings(input: "# nothing\n"))
        empty.reportIfEmpty(severity)
        #expect(empty.diagnostics.map(\.code) == [.noEntries])
        #expect(empty.failure == (severity == .error ? .syntax : nil))
        var broken = RuleSources.collect(["-"], in: surroundings(input: "junk"))
        broken.reportIfEmpty(severity)
        #expect(broken.count(.error) == 1)
        var full = RuleSources.collect(["-"], in: surroundings(input: line))
        full.reportIfEmpty(severity)
        #expect(full.diagnostics.isEmpty)
    }

    /// A large file is read in parts, which is seen in nothing: not in the rules, and not
    /// in the lines of messages.
    @Test(arguments: [false, true]) func partsOfALargeFile(_ isFound: Bool) {
        var random = SeededRandom(seed: 31)
        var text: [UInt8] = []
        while text.count < 5 << 18 {
            let number = UInt32.random(in: 0...9999, using: &random)
            switch number % 1000 {
            case 0: text += "junk \(number)\n".utf8
            case 1: text += "# \(number)\n\n".utf8
            case 2: text += "/inert/\(text.count) 0 - - - - - sha256 \(String(repeating: "0a", count: 32))\r\n".utf8
            case 3: text += String(repeating: "#", count: 6000).utf8 + [10]
            default: text += "/tree/\(text.count) 0 e - - - - sha256 \(String(repeating: "0a", count: 32))\n".utf8
            }
        }
        let file = directory.write("large", text)
        let expected = RuleParser(source: file.bytes).parse(text)
        #expect(expected.rules.count > 1000 && expected.diagnostics.count > 5)
        let rules = RuleSources.collect(isFound ? [directory.path] : [file], in: surroundings())
        // Not the values themselves, which would be printed.
        let (areSame, saySame) = (rules.rules == expected.rules, rules.diagnostics == expected.diagnostics)
        #expect(areSame && saySame)
    }
}
