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

    package init(path: BytePath, context: ContextID, verdict: FileVerdict, origin: RuleOrigin?) {
        self.path = path
        self.context = context
        self.verdict = verdict
        self.origin = origin
    }

    /// One of the files of a command line.
    package enum Answer {
        case verdict(Explanation)
        case unreadable(BytePath, Errno)
        case notRegular(BytePath)
    }

    var wouldRun: Bool { !isRefused || verdict.effect != .enforced }

    private var isRefused: Bool { verdict.error != nil || verdict.state == .refused }

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
            table.add(isRefused ? "  reason" : "  warning", (isRefused ? "" : "nothing would be granted: ") + reason)
        }
        if verdict.effect == .none, hasEntry, !isRefused {
            table.add("  warning", "nothing would be granted: the context is not active")
        }
        if let hint { table.add("  hint", hint) }
        return Array("\(path): \(headline)\n".utf8) + table.text
    }

    private var headline: String {
        let outcome = isRefused ? refusal : nil
        return switch verdict.state {
        case .unlisted?: "not listed; " + (outcome ?? "it would run and be granted nothing")
        case .allowed?: "not listed, but its digest is allowed; " + (outcome ?? "it would run and be granted nothing")
        case .listed?: "listed, but not verified; " + (outcome ?? "it may run")
        case .verified?: "listed and verified; " + (outcome ?? "it would run")
        case .refused?: (hasEntry ? "listed and refused; " : "neither listed nor allowed; ") + refusal
        case nil: "this tool does not know the kernel's answer; " + (outcome ?? "it may run")
        }
    }

    private var refusal: String {
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
        switch verdict.reason {
        case .digestMismatch:
            "if this content is expected: verictl gen --algo \(algorithm) --context \(context.text) \(path)"
        case .noFsverity: "fsverity enable \(path)"
        case .notAllowed: "to let it run: verictl gen --allow --context \(context.text) \(path)"
        default: nil
        }
    }

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
        if hasEntry { members += ruleMembers }
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
