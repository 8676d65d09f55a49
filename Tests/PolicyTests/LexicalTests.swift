// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import Testing

private let digest = String(repeating: "ab", count: 32)
private let entry = "/usr/bin/app -1 e - - - c sha256 \(digest)"

private func parse(_ text: String) -> ParsedRules {
    RuleParser(source: Array("f".utf8)).parse(Array(text.utf8))
}

@Suite struct LexicalTests {
    @Test(
        "Accepted forms of one entry",
        arguments: [
            entry, entry + "\n", entry + "\r\n", entry + "\r", "  \t" + entry + " \t", entry + " # comment",
            entry + "#comment", "# c\n\n \t \n" + entry, "\r\n" + entry, "\r\n\r\n" + entry + "\r\n",
            entry.replacing(" ", with: "\t"), entry.replacing(" ", with: " \t  "),
            // Q4: the original refused two separators before the fingerprint.
            entry.replacing("sha256 ", with: "sha256  "), entry.replacing("sha256 ", with: "sha256 \t"),
            "#> verictl 2\n#> package foo 1.2-1\n" + entry,
        ])
    func accepts(_ text: String) {
        let parsed = parse(text)
        #expect(parsed.diagnostics.isEmpty)
        #expect(parsed.rules.count == 1)
    }

    @Test("Files without an entry", arguments: ["", "\n", "\r\n", "\r", " \t\n", "# only\n", "#", "\n\n#\r\n"])
    func acceptsEmptiness(_ text: String) {
        #expect(parse(text).rules.isEmpty)
        #expect(parse(text).diagnostics.isEmpty)
    }

    @Test func lineNumbersCountEveryLine() {
        let parsed = parse("# one\n\r\n" + entry + "\n\n" + entry.replacing("app", with: "other"))
        #expect(parsed.rules.map(\.origin.line) == [3, 5])
    }

    @Test(
        "A NUL byte",
        arguments: [
            ("/usr/bin/a\0pp", 1, 11), (entry + "\0", 9, entry.utf8.count + 1),
            ("\0", 1, 1), ("/a \0", 2, 4),
        ] as [(String, Int?, Int)])
    func refusesNUL(_ text: String, _ field: Int?, _ column: Int) {
        let parsed = parse(text)
        #expect(parsed.diagnostics.map(\.code) == [.nulByte])
        #expect(parsed.diagnostics.map(\.field) == [field])
        #expect(parsed.diagnostics.map(\.column) == [column])
        #expect(parsed.rules.isEmpty)
    }

    @Test func refusesNULInAComment() {
        let parsed = parse(entry + " # \0")
        #expect(parsed.diagnostics.map(\.code) == [.nulByte])
        #expect(parsed.diagnostics[0].field == nil)
        #expect(parsed.rules.isEmpty)
    }

    @Test func refusesNULInsideTheFingerprint() {
        var bytes = Array(entry.utf8)
        bytes[bytes.count - 10] = 0
        let parsed = RuleParser(source: []).parse(bytes)
        #expect(parsed.diagnostics.map(\.field) == [9])
        #expect(parsed.diagnostics.map(\.column) == [bytes.count - 9])
    }

    // MARK: Limits

    @Test(arguments: [(8191, [DiagnosticCode.longLine]), (8192, [.lineTooLong]), (1023, []), (1024, [.longLine])])
    func limitsTheLine(_ length: Int, _ codes: [DiagnosticCode]) {
        let comment = " #" + String(repeating: "x", count: length - entry.utf8.count - 2)
        let parsed = parse(entry + comment + "\r\n" + entry.replacing("app", with: "next"))
        #expect(parsed.diagnostics.map(\.code) == codes)
        #expect(parsed.rules.count == (codes.first == .lineTooLong ? 1 : 2))
    }

    @Test(arguments: [(1101, true), (4095, true), (4096, false)])
    func limitsThePath(_ length: Int, _ isAccepted: Bool) {
        let path = "/" + String(repeating: "p", count: length - 1)
        let parsed = parse(entry.replacing("/usr/bin/app", with: path))
        #expect(parsed.rules.count == (isAccepted ? 1 : 0))
        #expect(parsed.hasErrors != isAccepted)
        // Tools of old cannot read either of them.
        #expect(parsed.diagnostics.contains { $0.code == .longLine })
    }

    @Test func countsThePathAfterItsEscapes() {
        // 1900 escapes are 7600 bytes of text and 1900 of path.
        let path = "/" + String(repeating: "\\040", count: 1900)
        #expect(parse(entry.replacing("/usr/bin/app", with: path)).rules.first?.subject.field.count == 1901)
    }

    // MARK: One entry as an argument

    @Test(arguments: ["", "  ", "# comment"])
    func anEmptyArgumentIsAnError(_ text: String) {
        #expect(RuleParser(source: []).parseEntry(Array(text.utf8)).diagnostics.map(\.code) == [.emptyEntry])
    }

    @Test func anArgumentHoldsOneEntry() {
        let parser = RuleParser(source: [])
        #expect(parser.parseEntry(Array((entry + "\n").utf8)).rules.count == 1)
        #expect(parser.parseEntry(Array((entry + "\n" + entry).utf8)).hasErrors)
    }

    // MARK: Text of diagnostics

    @Test func controlCharactersDoNotReachTheTerminal() {
        let parsed = parse("/a \u{1b}[2J\u{7} e - - - c sha256 \(digest)")
        #expect(parsed.diagnostics[0].text.contains("'\\033[2J\\007'"))
        #expect(!parsed.diagnostics[0].text.utf8.contains(0x1b))
    }

    @Test func longTokensAreCut() {
        let parsed = parse(String(repeating: "x", count: 5000) + entry)
        #expect(parsed.diagnostics.contains { $0.code == .badPath && $0.text.utf8.count < 200 })
    }
}
