// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// The rules of one file and all diagnostics about it.
package struct ParsedRules: Sendable {
    package var rules: [Rule]
    package var diagnostics: [Diagnostic]

    package init(rules: [Rule] = [], diagnostics: [Diagnostic] = []) {
        self.rules = rules
        self.diagnostics = diagnostics
    }

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Reads rule files and single entries.
package struct RuleParser: Sendable {
    /// Name of the file, for messages and for the origin of each rule.
    package let source: [UInt8]
    package let purpose: Purpose

    package init(source: [UInt8], for purpose: Purpose = .load) {
        self.source = source
        self.purpose = purpose
    }

    /// Bytes of a line with a SHA-256 digest and a path, for the number of lines to
    /// expect.
    private static let usualLine = 110

    /// Reads a whole file. Lines end with LF or CRLF; the last line need not be
    /// terminated. A line with an error gives no rule, and reading continues.
    package func parse(_ text: [UInt8]) -> ParsedRules {
        var result = ParsedRules()
        var number: UInt32 = 0
        var start = 0
        if let mark = Self.byteOrderMark(text) {
            result.diagnostics.append(
                Diagnostic(
                    .error, .byteOrderMark, source: source, line: 1, column: 1,
                    message: "the file begins with a byte order mark (\(mark.name))", hint: "save it as plain UTF-8"))
            // A file of 16-bit characters has no line that can be read.
            guard mark.name == "UTF-8" else { return result }
            start = mark.size
        }
        let bytes = text.span
        result.rules.reserveCapacity(bytes.count / Self.usualLine)
        var repeated = RepeatedFields()
        // A tolerant reader skips words, which is said for each line.
        let remembers = !purpose.isTolerant
        while start < bytes.count {
            number += 1
            if remembers, let (rule, end) = repeated.rule(at: start, of: bytes, line: number) {
                result.rules.append(rule)
                start = end
                continue
            }
            var end = start
            while end < bytes.count, bytes[end] != ASCII.newline { end += 1 }
            var line = text[start..<end]
            if line.last == ASCII.carriageReturn { line.removeLast() }
            start = end + 1
            var parser = LineParser(
                text: line, origin: RuleOrigin(source: source, line: number), purpose: purpose)
            if let rule = parser.parse() {
                result.rules.append(rule)
                if remembers, parser.diagnostics.isEmpty { repeated.remember(line, rule) }
            }
            result.diagnostics += parser.diagnostics
        }
        return result
    }

    /// The mark that some editors write at the beginning of a file.
    private static func byteOrderMark(_ text: [UInt8]) -> (name: String, size: Int)? {
        if text.starts(with: [0xef, 0xbb, 0xbf]) { return ("UTF-8", 3) }
        return text.starts(with: [0xff, 0xfe]) || text.starts(with: [0xfe, 0xff]) ? ("UTF-16", 2) : nil
    }

    /// Reads one entry given as an argument, where an empty one is an error.
    package func parseEntry(_ text: [UInt8]) -> ParsedRules {
        if let newline = text.firstIndex(of: ASCII.newline), newline != text.count - 1 {
            return ParsedRules(diagnostics: [
                Diagnostic(
                    .error, .tooManyFields, source: source, line: 1, column: newline + 1,
                    message: "unexpected line break, only one entry is accepted",
                    hint: "use a file, or - for standard input")
            ])
        }
        var result = parse(text)
        if result.rules.isEmpty && result.diagnostics.isEmpty {
            result.diagnostics.append(
                Diagnostic(.error, .emptyEntry, source: source, line: 1, column: 1, message: "the entry is empty"))
        }
        return result
    }
}
