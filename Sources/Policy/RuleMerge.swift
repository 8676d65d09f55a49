// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Joins the rules of several files into one list.
package enum RuleMerge {
    /// All rules in the order of reading, each key once.
    ///
    /// Two different entries with one key are an error that names both places:
    /// the result must not depend on the order of files. Two equal entries are
    /// a warning. `ignoringConflicts` is for removal, where only the key
    /// counts. Allow digests that several files have are not reported.
    package static func merge(_ files: [ParsedRules], ignoringConflicts: Bool = false) -> ParsedRules {
        var result = ParsedRules(diagnostics: files.flatMap(\.diagnostics))
        let count = files.reduce(0) { $0 + $1.rules.count }
        // In canonical order, as generated files are, no key is there twice.
        if files.count == 1, files[0].rules.isAscending {
            result.rules = files[0].rules
            return result
        }
        result.rules.reserveCapacity(count)
        // Rules are kept by index, because they are expensive to move.
        var first: [RuleKey: Int] = Dictionary(minimumCapacity: count)
        for file in files {
            for rule in file.rules {
                let next = result.rules.count
                // One search finds or inserts the key: hashing is most of the
                // work.
                let earlier = number(&first[rule.key, default: next])
                if earlier == next {
                    result.rules.append(rule)
                } else if !ignoringConflicts, !isShared(rule, with: result.rules[earlier]) {
                    result.diagnostics.append(duplicate(rule, of: result.rules[earlier]))
                }
            }
        }
        return result
    }

    /// Whether two files have the same allow digest. Packages contain equal files,
    /// and the new version of a package contains files of the old one.
    private static func isShared(_ rule: Rule, with earlier: Rule) -> Bool {
        rule.isAllowDigest && rule.origin.source != earlier.origin.source
    }

    private static func number(_ number: inout Int) -> Int { number }

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

extension [Rule] {
    /// Whether each rule comes before the next one.
    fileprivate var isAscending: Bool {
        let rules = span
        var index = 1
        while index < rules.count {
            if !rules[index - 1].precedes(rules[index]) { return false }
            index += 1
        }
        return true
    }
}
