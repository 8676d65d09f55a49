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

    /// Reads a whole file that is in memory: see `RuleReader`.
    package func parse(_ text: [UInt8]) -> ParsedRules {
        var table = RuleTable()
        let diagnostics = parse(text, into: &table)
        return ParsedRules(rules: Array(table), diagnostics: diagnostics)
    }

    /// The same, into a table.
    package func parse(_ text: [UInt8], into table: inout RuleTable) -> [Diagnostic] {
        var reader = RuleReader(source: source, for: purpose, into: &table)
        text.withUnsafeBufferPointer { reader.read($0, into: &table) }
        reader.finish(into: &table)
        return reader.diagnostics
    }

    /// Reads one entry given as an argument, where an empty one is an error.
    package func parseEntry(_ text: [UInt8]) -> ParsedRules {
        var table = RuleTable()
        let diagnostics = parseEntry(text, into: &table)
        return ParsedRules(rules: Array(table), diagnostics: diagnostics)
    }

    /// The same, into a table.
    package func parseEntry(_ text: [UInt8], into table: inout RuleTable) -> [Diagnostic] {
        if let newline = text.firstIndex(of: ASCII.newline), newline != text.count - 1 {
            return [
                Diagnostic(
                    .error, .tooManyFields, source: source, line: 1, column: newline + 1,
                    message: "unexpected line break, only one entry is accepted",
                    hint: "use a file, or - for standard input")
            ]
        }
        let before = table.count
        let diagnostics = parse(text, into: &table)
        guard table.count == before, diagnostics.isEmpty else { return diagnostics }
        return [Diagnostic(.error, .emptyEntry, source: source, line: 1, column: 1, message: "the entry is empty")]
    }
}
