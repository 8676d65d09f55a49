// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
package import Policy
import SystemIO
package import Tool

/// Reports the outcome of a transaction.
package struct TransactionReport {
    let transaction: Transaction
    let outcome: CommitOutcome
    let info: KernelInfo
    /// Rules for files that can have no entry, which were not sent again.
    let leftOut: [Rule]

    package init(transaction: Transaction, outcome: CommitOutcome, info: KernelInfo, leftOut: [Rule] = []) {
        self.leftOut = leftOut
        self.transaction = transaction
        self.outcome = outcome
        self.info = info
    }

    package var isDryRun: Bool { transaction.options.contains(.dryRun) }

    package var generation: UInt64 { outcome.generation }

    package var status: ExitStatus { outcome.error == nil ? .done : .refused }

    /// Prints the outcome for people or for programs.
    package func deliver(_ reporter: Reporter, json wantsJSON: Bool) -> ExitStatus {
        if wantsJSON { return reporter.result(json, then: status) }
        print(to: reporter)
        return status
    }

    // MARK: For people

    package func print(to reporter: Reporter) {
        reporter.diagnostics((leftOut.map(warning) + outcome.results.map(diagnostic)).sorted(by: Self.precedes))
        guard let error = outcome.error else {
            for gap in gaps { reporter.note(gap.text) }
            reporter.line(summary)
            return
        }
        if !outcome.results.contains(where: { !$0.isSkipped }) {
            let place = outcome.reason == .badImage || outcome.reason == .checksum
            reporter.error(
                "the kernel refused: \(error) (\(outcome.reason))" + (place ? " at byte \(outcome.errorOffset)" : ""),
                hint: refusalHint)
        } else if outcome.resultsCount > outcome.results.count {
            reporter.error("\(outcome.resultsCount - outcome.results.count) more entries were refused or skipped")
        }
        reporter.line("nothing was changed; generation \(outcome.generation)")
    }

    /// What a refusal may be about that names no entry.
    private var refusalHint: String? {
        guard outcome.reason == .permission || outcome.reason == .immutable else { return nil }
        return transaction.options.contains(.allContexts)
            ? "a context whose entries would be removed must not be changed by this process; "
                + "load -f DIRECTORY --replace changes only the contexts that the rules name, and its own"
            : outcome.reason.meaning
    }

    /// Orders results by their place in the rule files; the image has another
    /// order.
    private static func precedes(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
        left.source == right.source
            ? left.line < right.line : left.source.lexicographicallyPrecedes(right.source)
    }

    private func diagnostic(_ result: CommitResult) -> Diagnostic {
        guard let rule = transaction.rule(at: result.index) else {
            return Diagnostic(
                .error, .refused, source: Array("verictl".utf8),
                message: "entry \(result.index): \(result.error) (\(result.reason))")
        }
        let message =
            if result.isSkipped {
                skipped(result, rule)
            } else if result.reason == .noContext {
                "there is no such context (\(result.reason))"
            } else {
                "\(result.error) (\(result.reason))"
            }
        return Diagnostic(
            result.isSkipped ? .note : .error, result.isSkipped ? .leftOut : .refused,
            source: rule.origin.source.isEmpty ? Array("verictl".utf8) : rule.origin.source,
            line: Int(rule.origin.line), message: "\(rule.title): \(message)", hint: hint(result, rule))
    }

    private func warning(_ rule: Rule) -> Diagnostic {
        Diagnostic(
            .warning, .leftOut, source: rule.origin.source.isEmpty ? Array("verictl".utf8) : rule.origin.source,
            line: Int(rule.origin.line),
            message: "\(rule.title): \(Reason.untrustedFilesystem.meaning ?? ""); entry left out",
            hint: Self.untrustedHint)
    }

    private static let untrustedHint = "an allow digest works there: verictl gen --allow"

    private func skipped(_ result: CommitResult, _ rule: Rule) -> String {
        switch result.reason {
        case .noContext: "context \(rule.context.text): this kernel has no such context; entry skipped"
        case .noFile: "there is no such file; entry skipped"
        case .noEntry: "there is no such entry; nothing to remove"
        default: "\(result.error) (\(result.reason)); entry skipped"
        }
    }

    private func hint(_ result: CommitResult, _ rule: Rule) -> String? {
        if result.isSkipped { return nil }
        switch result.reason {
        case .unsupportedAlgorithm:
            return "this kernel has \(info.algorithmNames.joined(separator: ", "))"
        case .noContext where transaction.mode != .remove:
            return "there is no context \(rule.context.text); use --skip-contexts to skip such entries"
        case .noFile where transaction.mode != .remove:
            return "use --skip-missing to skip such entries"
        case .exists:
            return transaction.options.contains(.beside)
                ? "two entries for this file are in force; unload one of them"
                : "another entry for this file is in force; unload it first, or use --beside"
        case .untrustedFilesystem:
            return [result.reason.meaning, Self.untrustedHint].compactMap(\.self).joined(separator: "; ")
        case .duplicate:
            return "another path of these rules leads to the same file"
        case .unsupportedFlags:
            let letters = rule.flags.subtracting(info.flagsKnown).letters
            return "this kernel does not support \(String(decoding: letters, as: UTF8.self))"
        case .noContext, .noFile:
            return nil
        default:
            return result.reason.meaning
        }
    }

    private var summary: String {
        var parts = ["\(counted(outcome.added, "entry", "entries")) added", "\(outcome.removed) removed"]
        parts.append("\(outcome.unchanged) unchanged")
        if outcome.skipped > 0 { parts.append("\(outcome.skipped) skipped") }
        return parts.joined(separator: ", ")
            + (isDryRun ? "; dry run, nothing was changed" : "; generation \(outcome.generation)")
    }

    // MARK: What the kernel records but does not enforce

    struct Gap {
        var noun: String
        var letter: UInt8
        var name: String
        var entries: Int

        var text: String {
            "\(noun) \(DisplayText.of([letter])) (\(name)) is recorded but not enforced by this kernel "
                + "(\(counted(entries, "entry", "entries")))"
        }
    }

    /// Letters of accepted entries that this kernel does not enforce.
    var gaps: [Gap] {
        guard transaction.mode != .remove else { return [] }
        let left = Set(outcome.results.map(\.index))
        var flags = GapCounter(enforced: info.flagsEnforced)
        var privileges = GapCounter(enforced: info.privilegesEnforced)
        for index in transaction.entries where left.isEmpty || !left.contains(index) {
            flags.count(transaction.flags(at: index))
            privileges.count(transaction.privileges(at: index))
        }
        return flags.gaps + privileges.gaps
    }

    /// Counts the entries for each letter that is not enforced.
    private struct GapCounter<Mask: LetterMask> {
        private let keys: [LetterKey<Mask>]
        private let bits: Mask
        private var counts: [Int]

        init(enforced: Mask) {
            keys = Mask.keys.filter { !enforced.contains($0.bit) }
            bits = Mask.all.subtracting(enforced)
            counts = Array(repeating: 0, count: keys.count)
        }

        mutating func count(_ mask: Mask) {
            if mask.rawValue & bits.rawValue == 0 { return }
            for (index, key) in keys.enumerated() where mask.contains(key.bit) { counts[index] += 1 }
        }

        var gaps: [Gap] {
            zip(keys, counts).filter { $1 > 0 }.map { key, count in
                Gap(noun: Mask.noun, letter: key.letter, name: key.name, entries: count)
            }
        }
    }

    // MARK: For programs

    package var json: JSONDocument {
        JSONDocument(members + leftOutMembers)
    }

    /// Only there if an entry was left out.
    private var leftOutMembers: [(String, JSONValue)] {
        leftOut.isEmpty
            ? []
            : [
                (
                    "left_out",
                    .array(
                        leftOut.map { rule in
                            .object(
                                JSONValue.members("path", bytes: rule.subject.field) + [
                                    ("context", .context(rule.context)),
                                    ("reason", .string(Reason.untrustedFilesystem.description)),
                                ])
                        })
                )
            ]
    }

    private var members: [(String, JSONValue)] {
        [
            ("accepted", .bool(outcome.error == nil)),
            ("dry_run", .bool(isDryRun)),
            ("generation", .unsigned(outcome.generation)),
            ("added", .number(Int64(outcome.added))),
            ("removed", .number(Int64(outcome.removed))),
            ("unchanged", .number(Int64(outcome.unchanged))),
            ("skipped", .number(Int64(outcome.skipped))),
            ("error", outcome.error.map { .string($0.name) } ?? .null),
            ("reason", .string(outcome.reason.description)),
            ("error_offset", .unsigned(outcome.errorOffset)),
            ("results", .array(outcome.results.map(json))),
            (
                "not_enforced",
                .array(
                    gaps.map { gap in
                        .object([
                            ("kind", .string(gap.noun)), ("letter", .string(DisplayText.of([gap.letter]))),
                            ("name", .string(gap.name)), ("entries", .number(Int64(gap.entries))),
                        ])
                    })
            ),
        ]
    }

    private func json(_ result: CommitResult) -> JSONValue {
        var members: [(String, JSONValue)] = [("index", .number(Int64(result.index)))]
        if let rule = transaction.rule(at: result.index) {
            members += JSONValue.members("path", bytes: rule.subject.field)
            members.append(("context", .context(rule.context)))
            if rule.isAllowDigest {
                members += [("algorithm", .string(rule.algorithm.name)), ("digest", .hex(rule.digest))]
            }
            members += JSONValue.members("source", bytes: rule.origin.source)
            members.append(("line", .number(Int64(rule.origin.line))))
        }
        members.append(("skipped", .bool(result.isSkipped)))
        members.append(("error", .string(result.error.name)))
        members.append(("reason", .string(result.reason.description)))
        return .object(members)
    }
}
