// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import DevicePolicy
import Policy
import SystemIO
import Tool

/// Reports the outcome of a change of the table, as `verictl load` does for
/// entries.
struct CommitReport {
    /// The rules that were sent.
    let rules: [ResolvedRule]
    let outcome: CommitOutcome
    let isDryRun: Bool

    var status: ExitStatus { outcome.error == nil ? .done : .refused }

    /// Prints the outcome, for people or for programs.
    func deliver(_ reporter: Reporter, json wantsJSON: Bool) -> ExitStatus {
        if wantsJSON { return reporter.result(json, then: status) }
        print(to: reporter)
        return status
    }

    // MARK: For people

    func print(to reporter: Reporter) {
        let refused = outcome.results.filter { !$0.isSkipped }
        reporter.diagnostics(refused.map(diagnostic))
        guard let error = outcome.error else {
            reporter.line(summary)
            return
        }
        if refused.isEmpty {
            reporter.error("the kernel refused: \(error) (\(outcome.reason))", hint: Self.hint(outcome.reason))
        } else if outcome.resultsCount > outcome.results.count {
            reporter.error("\(outcome.resultsCount - outcome.results.count) more rules were refused or left out")
        }
        reporter.line("nothing was changed; generation \(outcome.generation)")
    }

    private func diagnostic(_ result: CommitResult) -> Diagnostic {
        let message = "\(result.error) (\(result.reason))"
        let hint = Self.hint(result.reason)
        guard rules.indices.contains(result.index) else {
            return Diagnostic(
                .error, .refused, source: Array("devctl".utf8), message: "rule \(result.index): \(message)", hint: hint)
        }
        let rule = rules[result.index]
        return Diagnostic(
            .error, .refused, source: rule.line.source, line: rule.line.line,
            message: "'\(rule.rule.text)': \(message)", hint: hint)
    }

    private var summary: String {
        var parts = ["\(counted(outcome.added, "rule")) added", "\(outcome.removed) removed"]
        parts.append("\(outcome.unchanged) unchanged")
        if outcome.skipped > 0 { parts.append("\(outcome.skipped) left out") }
        return parts.joined(separator: ", ")
            + (isDryRun ? "; dry run, nothing was changed" : "; generation \(outcome.generation)")
    }

    private static func hint(_ reason: Reason) -> String? {
        switch reason {
        case .immutable: "the table is locked until the next boot: the sysctl kernel.clip.mount is 0"
        case .permission:
            "a change takes CAP_SYS_ADMIN in the initial user namespace and context 0; if that is active, devctl "
                + "listed with the privilege \(administration)"
        case .exists: "a rule for the same numbers is in the table; unload it first"
        case .deviceTie: "a rule in the table overlaps it with equal priority"
        case .noEntry: "no such rule is in the table"
        default: nil
        }
    }

    /// Letter and name of the privilege to administer: `V (VERICTL)`.
    private static var administration: String {
        let privilege = Privileges.administer
        return "\(String(decoding: privilege.letters, as: UTF8.self)) (\(privilege.names.joined()))"
    }

    // MARK: For programs

    private var json: JSONDocument {
        JSONDocument([
            ("accepted", .bool(outcome.error == nil)),
            ("dry_run", .bool(isDryRun)),
            ("generation", .unsigned(outcome.generation)),
            ("added", .number(Int64(outcome.added))),
            ("removed", .number(Int64(outcome.removed))),
            ("unchanged", .number(Int64(outcome.unchanged))),
            ("skipped", .number(Int64(outcome.skipped))),
            ("error", outcome.error.map { .string($0.name) } ?? .null),
            ("reason", .string(outcome.reason.description)),
            ("results", .array(outcome.results.map(json))),
        ])
    }

    private func json(_ result: CommitResult) -> JSONValue {
        var members: [(String, JSONValue)] = [("index", .number(Int64(result.index)))]
        if rules.indices.contains(result.index) {
            let rule = rules[result.index]
            members += rule.rule.jsonMembers
            members += JSONValue.members("source", bytes: rule.line.source)
            members.append(("line", .number(Int64(rule.line.line))))
        }
        members.append(("skipped", .bool(result.isSkipped)))
        members.append(("error", .string(result.error.name)))
        members.append(("reason", .string(result.reason.description)))
        return .object(members)
    }
}
