// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Joins the rules of several files into one list.
package enum RuleMerge {
    /// All rules in the order of reading, each key once.
    ///
    /// Two different entries with one key are an error that names both places:
    /// the result must not depend on the order of files. Two equal entries are
    /// a warning. `ignoringConflicts` is for removal, where only the key
    /// counts. Allow digests that several files have are not reported, unless their
    /// sizes differ; a size that only one of them has is kept.
    package static func merge(_ files: [ParsedRules], ignoringConflicts: Bool = false) -> ParsedRules {
        var table = RuleTable(files.lazy.flatMap(\.rules))
        let found = merge(&table, ignoringConflicts: ignoringConflicts)
        return ParsedRules(rules: Array(table), diagnostics: files.flatMap(\.diagnostics) + found)
    }

    /// The same for rules that are in one table; returns what is found.
    package static func merge(_ table: inout RuleTable, ignoringConflicts: Bool = false) -> [Diagnostic] {
        let repetitions = table.findOrder().repetitions
        if repetitions.isEmpty { return [] }
        var diagnostics: [Diagnostic] = []
        // A repetition is compared with the size that the first rule has by then.
        for found in repetitions {
            if !ignoringConflicts, !isShared(found.number, with: found.first, table) {
                diagnostics.append(duplicate(table[found.number], of: table[found.first]))
            }
            if table.fileSize(at: found.first) == nil, let size = table.fileSize(at: found.number) {
                table.setSize(size, at: found.first)
            }
        }
        table.remove(repetitions.map(\.number))
        return diagnostics
    }

    /// Whether two files have the same allow digest. Packages contain equal files,
    /// and the new version of a package contains files of the old one.
    private static func isShared(_ index: Int, with earlier: Int, _ table: RuleTable) -> Bool {
        guard table.isAllowDigest(at: index), table.source(at: index) != table.source(at: earlier) else { return false }
        guard let size = table.fileSize(at: index), let other = table.fileSize(at: earlier) else { return true }
        return size == other
    }

    private static func duplicate(_ rule: Rule, of earlier: Rule) -> Diagnostic {
        let isSame = rule.saysSame(as: earlier)
        return Diagnostic(
            isSame ? .warning : .error, isSame ? .duplicate : .conflict, source: rule.origin.source,
            line: Int(rule.origin.line), column: 1, field: 1,
            message: isSame
                ? "the same entry as in \(earlier.origin.text), for"
                : "another entry in \(earlier.origin.text) says something different about context \(rule.context.text),",
            token: rule.subject.field, hint: isSame ? nil : "keep one of the two")
    }
}
