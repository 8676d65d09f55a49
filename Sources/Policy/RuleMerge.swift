// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Joins the rules of several files into one list.
package enum RuleMerge {
    /// All rules in the order of reading, each key once.
    ///
    /// Two entries for one key that say different things are an error that names
    /// both places: which of them would win must not depend on the order of
    /// files. Two that say the same are a warning. `ignoringConflicts` is for
    /// removal, where only the key counts.
    package static func merge(_ files: [ParsedRules], ignoringConflicts: Bool = false) -> ParsedRules {
        var result = ParsedRules(diagnostics: files.flatMap(\.diagnostics))
        var first: [RuleKey: Rule] = [:]
        for rule in files.flatMap(\.rules) {
            guard let earlier = first[rule.key] else {
                first[rule.key] = rule
                result.rules.append(rule)
                continue
            }
            if !ignoringConflicts { result.diagnostics.append(duplicate(rule, of: earlier)) }
        }
        return result
    }

    private static func duplicate(_ rule: Rule, of earlier: Rule) -> Diagnostic {
        let isSame = rule.saysSame(as: earlier)
        return Diagnostic(
            isSame ? .warning : .error, isSame ? .duplicate : .conflict, source: rule.origin.source,
            line: Int(rule.origin.line), column: 1, field: 1,
            message: isSame
                ? "the same entry as in \(earlier.origin.text), for"
                : "another entry in \(earlier.origin.text) says something different about context \(rule.context.text),",
            token: rule.path.bytes, hint: isSame ? nil : "keep one of the two")
    }
}
