// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// A rule without a digest, for the files that a path or a pattern leads to. It is
/// joined with their digests where the files are.
package struct Intent: Hashable, Sendable {
    /// The fields of the rule; its path is the pattern, and its digest means nothing.
    package var rule: Rule

    package var pattern: BytePath { rule.path ?? "/" }

    /// The rule for one file.
    package func rule(for path: BytePath, _ algorithm: DigestAlgorithm, _ digest: [UInt8]) -> Rule {
        var result = rule
        result.subject = .file(path)
        (result.algorithm, result.digest) = (algorithm, digest)
        return result
    }
}

/// Reads files of rules without digests: the first seven fields of a rule.
package enum IntentParser {
    private static let fieldCount = 7

    package static func parse(
        _ text: [UInt8], source: [UInt8]
    ) -> (intents: [Intent], diagnostics: [Diagnostic]) {
        let algorithm = DigestAlgorithm.sha256
        let digest = Hex.encode([UInt8](repeating: 0, count: algorithm.size))
        let rest = Array(" \(algorithm.name) ".utf8) + digest
        var intents: [Intent] = []
        var diagnostics: [Diagnostic] = []
        let lines = text.split(separator: ASCII.newline, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let content = line.prefix { $0 != ASCII.hash && $0 != ASCII.carriageReturn }
            let fields = content.split(whereSeparator: ASCII.isBlank)
            if fields.isEmpty { continue }
            let origin = RuleOrigin(source: source, line: UInt32(clamping: index + 1))
            guard fields.count == fieldCount else {
                diagnostics.append(
                    Diagnostic(
                        .error, fields.count < fieldCount ? .tooFewFields : .tooManyFields, source: source,
                        line: Int(origin.line), column: 1, message: "\(fields.count) fields instead of \(fieldCount)",
                        hint: "an intent is a rule without algorithm and digest"))
                continue
            }
            guard fields[0].elementsEqual(Subject.anyFileField) == false else {
                diagnostics.append(
                    Diagnostic(
                        .error, .badPath, source: source, line: Int(origin.line), column: 1, field: 1,
                        message: "an intent is for files by their paths", token: Array(fields[0])))
                continue
            }
            var parser = LineParser(text: (Array(content) + rest)[...], origin: origin, purpose: .load)
            if let rule = parser.parse() { intents.append(Intent(rule: rule)) }
            diagnostics += parser.diagnostics
        }
        return (intents, diagnostics)
    }
}
