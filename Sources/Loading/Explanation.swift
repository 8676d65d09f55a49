// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
package import Policy
package import SystemIO
import Tool

/// Describes the kernel's verdict on one file. Nothing is concluded here: only
/// the kernel knows whether a file would run and what would be granted.
package struct Explanation {
    var path: BytePath
    var context: ContextID
    var verdict: FileVerdict
    /// The place of the file's rule, if it is known.
    var origin: RuleOrigin?
    /// What exec meets, with what stops it besides the verdict.
    var forecast: ExecForecast
    /// What is known about the path of a file that has no entry.
    var absence: Absence

    package init(
        path: BytePath, context: ContextID, verdict: FileVerdict, origin: RuleOrigin?,
        forecast: ExecForecast = ExecForecast(), absence: Absence = Absence()
    ) {
        self.forecast = forecast
        self.absence = absence
        self.path = path
        self.context = context
        self.verdict = verdict
        self.origin = origin
    }

    /// Why a file may have no entry although its path was listed.
    package struct Absence: Equatable {
        /// The path was listed for another file, which is there no longer: the
        /// entry is still in force for that file.
        package var wasListed = false
        /// A rule of the system that names the path.
        package var rule: RuleOrigin?

        package init(wasListed: Bool = false, rule: RuleOrigin? = nil) {
            self.wasListed = wasListed
            self.rule = rule
        }

        fileprivate var text: String? {
            if wasListed { return "this path was listed; another file lies there now" }
            return rule.map {
                "\($0.text) names this path, but the rule is not in force for the file that lies there now"
            }
        }
    }

    /// One of the files of a command line.
    package enum Answer {
        case verdict(Explanation)
        case unreadable(BytePath, Errno)
        case notRegular(BytePath)
    }

    var wouldRun: Bool { forecast.obstacles.isEmpty && (!isRefused || verdict.effect != .enforced) }

    private var isRefused: Bool {
        forecast.verdictApplies && (verdict.error != nil || verdict.state == .refused)
    }

    /// A file can be refused because it has no entry.
    private var hasEntry: Bool {
        switch verdict.state {
        case .listed?, .verified?: true
        case .unlisted?, .allowed?: false
        case .refused?, nil: !verdict.wanted.isEmpty
        }
    }

    // MARK: For people

    package var text: [UInt8] {
        var table = TextTable()
        table.add("  context", context.text)
        if hasEntry { addRule(to: &table) } else if let found = verdict.found { table.add("  digest", digest(found)) }
        if verdict.reason != .none, verdict.state != .unlisted || verdict.reason != .noEntry {
            let isReason = verdict.state == .refused || isRefused
            table.add(isReason ? "  reason" : "  warning", (isReason ? "" : "nothing would be granted: ") + reason)
        }
        if verdict.effect == .none, hasEntry, !isRefused {
            table.add("  warning", "nothing would be granted: the context is not active")
        }
        for obstacle in forecast.obstacles { table.add("  obstacle", obstacle.text) }
        if !hasEntry, let text = absence.text { table.add("  note", text) }
        if let hint { table.add("  hint", hint) }
        return Array("\(path): \(headline)\n".utf8) + table.text
    }

    private var headline: String {
        let outcome = isRefused ? refusal : failure
        return switch verdict.state {
        case .unlisted?: "not listed; " + (outcome ?? "it would run and be granted nothing")
        case .allowed?: "not listed, but its digest is allowed; " + (outcome ?? "it would run and be granted nothing")
        case .listed?: "listed, but not verified; " + (outcome ?? "it may run")
        case .verified?: "listed and verified; " + (outcome ?? "it would run")
        case .refused? where !forecast.verdictApplies:
            "listed, but the rule does not apply; " + (outcome ?? "it would run and be granted nothing")
        case .refused?: (hasEntry ? "listed and refused; " : "neither listed nor allowed; ") + refusal
        case nil: "this tool does not know the kernel's answer; " + (outcome ?? "it may run")
        }
    }

    /// By the first obstacle.
    private var failure: String? {
        forecast.obstacles.first.map { obstacle in
            obstacle.error.map { "exec would fail with \($0.name) (\($0))" } ?? "it would be killed at once"
        }
    }

    private var refusal: String {
        if verdict.effect != .enforced, let failure { return failure }
        let error = verdict.error.map { " with \($0.name) (\($0))" } ?? ""
        return switch verdict.effect {
        case .enforced: "exec would fail" + error
        case .reported: "it would still run, because the context is permissive; otherwise exec would fail" + error
        case .none: "it would still run, because the context is not active; otherwise exec would fail" + error
        }
    }

    private func addRule(to table: inout TextTable) {
        if let origin { table.add("  rule", origin.text) }
        table.add("  flags", verdict.flags.explained)
        table.add("  effective", verdict.effective.text)
        table.add("  permitted", verdict.permitted.text)
        table.add("  inheritable", verdict.inheritable.text)
        table.add("  privileges", verdict.privileges.explained)
        if let found = verdict.found, found != verdict.wanted {
            table.add("  wanted", digest(verdict.wanted))
            table.add("  found", digest(found))
        } else {
            table.add("  digest", digest(verdict.wanted))
        }
    }

    private func digest(_ bytes: [UInt8]) -> String {
        "\(algorithm) \(String(decoding: Hex.encode(bytes), as: UTF8.self))"
    }

    private var algorithm: String {
        UInt16(exactly: verdict.algorithm).flatMap { DigestAlgorithm(rawValue: $0)?.name }
            ?? "algorithm-\(verdict.algorithm)"
    }

    private var reason: String {
        verdict.reason.meaning.map { "\($0) (\(verdict.reason))" } ?? verdict.reason.description
    }

    private var hint: String? {
        if !hasEntry, absence.rule != nil { return "if the rule is that of this file: verictl load --all" }
        return switch verdict.reason {
        case .digestMismatch:
            "if this content is expected: verictl gen --algo \(algorithm) --context \(context.text)\(grant) \(path)"
        case .noFsverity: "fsverity enable \(path)"
        case .notAllowed: "to let it run: verictl gen --allow --context \(context.text) \(path)"
        default: nil
        }
    }

    /// The options of gen that repeat what the rule grants: a rule without them
    /// would take the grant away.
    private var grant: String {
        let sets = [
            ("--caps-eff", verdict.effective), ("--caps-perm", verdict.permitted), ("--caps-inh", verdict.inheritable),
        ]
        var words = verdict.flags == .executable ? "" : " --flags \(Self.letters(verdict.flags.letters))"
        // A bar is special to the shell.
        for (option, set) in sets where !set.isEmpty {
            words += " \(option) " + (set.names.count > 1 ? "'\(set.text)'" : set.text)
        }
        return verdict.privileges.isEmpty ? words : words + " --privs \(Self.letters(verdict.privileges.letters))"
    }

    private static func letters(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    // MARK: For programs

    var json: JSONValue {
        var members = JSONValue.members("path", bytes: path.bytes)
        members += [
            ("context", .context(context)),
            ("state", .string(stateName)),
            ("would_run", .bool(wouldRun)),
            ("reason", .string(verdict.reason.description)),
            ("error", verdict.error.map { .string($0.name) } ?? .null),
            ("generation", .unsigned(verdict.generation)),
            ("level", .words(verdict.level.names)),
        ]
        if !wouldRun {
            let error = forecast.isKilled ? "killed" : (forecast.error ?? verdict.error)?.name
            members.append(("exec_error", error.map { .string($0) } ?? .null))
        }
        if !forecast.obstacles.isEmpty {
            let list = forecast.obstacles.map { obstacle -> JSONValue in
                .object([
                    ("error", obstacle.error.map { .string($0.name) } ?? .null), ("text", .string(obstacle.text)),
                ])
            }
            members.append(("obstacles", .array(list)))
        }
        if hasEntry { members += ruleMembers } else { members += absenceMembers }
        return .object(members)
    }

    private var stateName: String {
        switch verdict.state {
        case .unlisted?: "unlisted"
        case .listed?: "listed"
        case .verified?: "verified"
        case .refused?: "refused"
        case .allowed?: "allowed"
        case nil: "unknown"
        }
    }

    private var absenceMembers: [(String, JSONValue)] {
        var members: [(String, JSONValue)] = absence.wasListed ? [("path_was_listed", .bool(true))] : []
        if let rule = absence.rule {
            members.append(
                (
                    "rule_not_in_force",
                    .object(JSONValue.members("source", bytes: rule.source) + [("line", .number(Int64(rule.line)))])
                ))
        }
        return members
    }

    private var ruleMembers: [(String, JSONValue)] {
        var members: [(String, JSONValue)] = [
            ("flags", .string(String(decoding: verdict.flags.letters, as: UTF8.self))),
            ("effective", .words(verdict.effective.names)),
            ("permitted", .words(verdict.permitted.names)),
            ("inheritable", .words(verdict.inheritable.names)),
            ("privileges", .string(String(decoding: verdict.privileges.letters, as: UTF8.self))),
            ("privilege_names", .words(verdict.privileges.names)),
            ("algorithm", .string(algorithm)),
            ("wanted", .hex(verdict.wanted)),
            ("found", verdict.found.map { .hex($0) } ?? .null),
        ]
        if let origin {
            members += JSONValue.members("source", bytes: origin.source)
            members.append(("line", .number(Int64(origin.line))))
        }
        return members
    }
}

extension Explanation.Answer {
    /// True if the file is verified or allowed and would run.
    package var isGood: Bool {
        guard case .verdict(let explanation) = self else { return false }
        return [.verified, .allowed].contains(explanation.verdict.state) && explanation.wouldRun
    }

    /// The reason why there is no verdict; nil if there is one.
    package var problem: String? {
        switch self {
        case .verdict: nil
        case .unreadable(_, let error): error.description
        case .notRegular: "not a regular file"
        }
    }

    package var text: [UInt8]? {
        if case .verdict(let explanation) = self { explanation.text } else { nil }
    }

    package var json: JSONValue {
        switch self {
        case .verdict(let explanation): explanation.json
        case .unreadable(let path, let error): Self.unopened(path, error.name)
        case .notRegular(let path): Self.unopened(path, "not-regular-file")
        }
    }

    private static func unopened(_ path: BytePath, _ problem: String) -> JSONValue {
        .object(
            JSONValue.members("path", bytes: path.bytes) + [("state", .null), ("problem", .string(problem))])
    }
}
