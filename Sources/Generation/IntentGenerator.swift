// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Crypto
package import Policy
import SystemIO

/// Joins rules without digests with the files that they are for.
package struct IntentGenerator {
    /// The canonical path of the root directory.
    private let root: BytePath
    package var algorithm = DigestAlgorithm.sha256
    package var workers = Process.processorCount

    package init(root: BytePath) {
        self.root = root
    }

    private struct Match {
        var intent: Intent
        /// Without the root.
        var path: BytePath
        var file: BytePath
        var size: UInt64
    }

    /// A pattern without a file is an error at its line.
    package func run(_ intents: [Intent]) -> (outcome: Generator.Outcome, errors: [Diagnostic]) {
        var outcome = Generator.Outcome()
        var errors: [Diagnostic] = []
        var matches: [Match] = []
        for intent in intents {
            do throws(Errno) {
                let found = try self.matches(intent)
                if found.isEmpty { errors.append(Self.noFile(intent)) }
                matches += found
            } catch {
                outcome.problems.append(FileProblem(intent.pattern, "\(error)"))
            }
        }
        let jobs = matches.map { HashJob(path: $0.file, size: $0.size) }
        let found = BatchHasher.hash(jobs, algorithm: algorithm, workers: workers) { FileFacts($0) }
        for (match, outcomeOfFile) in zip(matches, found) {
            do throws(DigestError) {
                let (digest, facts) = try outcomeOfFile.get()
                let rule = match.intent.rule(for: match.path, algorithm, digest)
                outcome.rules.append(rule)
                outcome.warnings += FileCheck.warnings(rule, file: match.file, facts)
            } catch {
                outcome.problems.append(FileProblem(match.file, "\(error)"))
            }
        }
        errors += Self.join(&outcome.rules)
        return (outcome, errors)
    }

    private func matches(_ intent: Intent) throws(Errno) -> [Match] {
        var matches: [Match] = []
        for path in try NamePattern.files(intent.pattern, root: root) {
            guard let file = try? Files.realPath(path, inRoot: root), let status = try? Files.status(file),
                status.kind == .regular, let inside = file.inside(root: root)
            else { continue }
            matches.append(Match(intent: intent, path: inside, file: file, size: status.size))
        }
        return matches
    }

    package static func noFile(_ intent: Intent) -> Diagnostic {
        let origin = intent.rule.origin
        return Diagnostic(
            .error, .noMatch, source: origin.source, line: Int(origin.line), column: 1, field: 1,
            message: "no file is there for", token: intent.pattern.bytes)
    }

    /// Sorts the rules. A file that two lines are for has one rule; it is an error
    /// if they say different things.
    package static func join(_ rules: inout [Rule]) -> [Diagnostic] {
        let merged = RuleMerge.merge([ParsedRules(rules: rules)])
        rules = merged.rules.sorted { $0.precedes($1) }
        return merged.diagnostics.filter { $0.severity == .error }
    }
}
