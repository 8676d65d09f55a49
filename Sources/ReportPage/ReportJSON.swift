// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

extension MachineReport {
    /// The same values as on the page.
    package var json: JSONDocument {
        JSONDocument([
            ("host", .string(host)), ("system", .string(system)), ("kernel", .string(kernel)),
            ("time", .string(time)), ("mode", .string(mode)), ("policy", Self.text(policy)),
            ("in_force", .bool(isInForce)), ("rules", .number(Int64(rules))),
            ("rule_files", .number(Int64(ruleFiles))), ("problems", .number(Int64(problems))),
            ("findings", .array(findings.map(\.json))), ("coverage", coverage?.json ?? .null),
            ("grants", .array(grants.map(\.json))), ("contexts", .array(contexts.map(\.json))),
            ("mounts", mounts.map { .array($0.map(\.json)) } ?? .null), ("set_user_id", .array(setuid.map(\.json))),
            ("refusals", refusals.json), ("notes", .words(notes)),
        ])
    }

    fileprivate static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

extension MachineReport.Finding {
    fileprivate var json: JSONValue {
        .object([
            ("check", .string(name)), ("state", .string(state.rawValue)), ("text", .string(text)),
            ("next", MachineReport.text(next)),
        ])
    }
}

extension MachineReport.Coverage {
    fileprivate var json: JSONValue {
        .object([
            ("files", .number(Int64(files))), ("allowed", .number(Int64(allowed))),
            ("packages", .array(packages.map(\.json))), ("doubtful", .array(doubtful.map(\.json))),
        ])
    }
}

extension MachineReport.Package {
    fileprivate var json: JSONValue {
        .object([
            ("name", .string(name)), ("version", .string(version)), ("rules_for", MachineReport.text(rulesFor)),
            ("files", .number(Int64(files))),
            ("missing", .array(missing.map { .object(JSONValue.members("path", bytes: $0.bytes)) })),
        ])
    }
}

extension MachineReport.DoubtfulFile {
    fileprivate var json: JSONValue {
        .object(JSONValue.members("path", bytes: path.bytes) + [("problem", .string(problem))])
    }
}

extension MachineReport.Grant {
    fileprivate var json: JSONValue {
        let place = path.map { JSONValue.members("path", bytes: $0.bytes) } ?? [("path", .null)]
        return .object(
            place + [
                ("context", .string(context)), ("flags", .words(flags)), ("capabilities", .words(capabilities)),
                ("privileges", .words(privileges)), ("source", .string(source)),
            ])
    }
}

extension MachineReport.Context {
    fileprivate var json: JSONValue {
        .object([
            ("context", .number(Int64(number))), ("level", .words(level)), ("capabilities", .string(capabilities)),
            ("privileges", .string(privileges)), ("entries", .unsigned(entries)), ("digests", .unsigned(digests)),
        ])
    }
}

extension MachineReport.Mount {
    fileprivate var json: JSONValue {
        .object(
            JSONValue.members("mount_point", bytes: point.bytes)
                + [("found", .string(found)), ("hint", .string(hint))])
    }
}

extension MachineReport.Setuid {
    fileprivate var json: JSONValue {
        .object(JSONValue.members("path", bytes: path.bytes) + [("bits", .string(bits))])
    }
}

extension MachineReport.Refusals {
    fileprivate var json: JSONValue {
        .object([
            ("source", MachineReport.text(source)), ("total", .unsigned(total)), ("lost", .unsigned(lost)),
            ("reasons", .array(reasons.map(\.json))),
            (
                "since_boot",
                .array(sinceBoot.map { .object([("reason", .string($0.reason)), ("count", .unsigned($0.count))]) })
            ),
        ])
    }
}

extension MachineReport.Reason {
    fileprivate var json: JSONValue {
        .object([
            ("reason", .string(name)), ("meaning", .string(meaning)), ("count", .unsigned(count)),
            ("events", .array(events.map(\.json))),
        ])
    }
}

extension MachineReport.Refusal {
    fileprivate var json: JSONValue {
        .object([
            ("text", .string(text)), ("program", MachineReport.text(program)), ("count", .unsigned(count)),
            ("last", MachineReport.text(last)), ("enforced", .bool(isEnforced)),
        ])
    }
}
