// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Device
import EventRecord
package import Policy

/// A rule that is for any file, with the name of a file as a comment behind it.
package enum NamedDigest {
    package static func line(_ rule: Rule, _ name: BytePath) -> [UInt8] {
        rule.line + Array(" # ".utf8) + OctalEscape.encode(name.bytes)
    }
}

/// A rule that would let something go ahead that was refused, with the reason
/// for proposing it. Or, without a rule, advice.
package struct Proposal: Equatable {
    /// nil if no new rule helps; `advice` then says what does.
    package var rule: Rule?
    /// What is written behind a rule that is for any file.
    package var name: BytePath?
    /// The users who were refused, in ascending order.
    package var users: [UInt32] = []
    package var advice: String?
    /// Why, one sentence for each kind of refusal.
    package var reasons: [String]
    package var origin: PackageOrigin
    /// Refusals.
    package var count: UInt64
    package var firstTime: UInt64?
    package var lastTime: UInt64?

    /// The title for people: the file.
    package var title: String { (name ?? rule?.path)?.description ?? "a file without a known name" }

    /// The line of the rule, with the name behind it.
    package var line: [UInt8]? {
        guard let rule else { return nil }
        guard rule.isAllowDigest, let name else { return rule.line }
        return NamedDigest.line(rule, name)
    }

    /// Comments that say why, without the rule.
    package var comments: [String] {
        var lines = ["\(title): \(origin.text)"]
        lines += reasons
        if !users.isEmpty { lines.append(askers) }
        lines.append(period)
        if let advice { lines.append("no rule is proposed: \(advice)") }
        return lines
    }

    private var askers: String {
        let shown = users.prefix(8).map { "\($0)" }.joined(separator: ", ")
        return "asked for by uid \(shown)" + (users.count > 8 ? " and \(users.count - 8) more" : "")
    }

    private var period: String {
        let times = [firstTime, lastTime].compactMap { $0.flatMap(Event.timeText) }
        let span =
            times.count == 2 ? (times[0] == times[1] ? " at \(times[0])" : " from \(times[0]) to \(times[1])") : ""
        return "seen \(count == 1 ? "once" : "\(count) times")\(span)"
    }

    /// The proposal as it stands in a rule file.
    package var text: [UInt8] {
        comments.reduce(into: []) { $0 += Array("# \($1)\n".utf8) } + (line.map { $0 + [ASCII.newline] } ?? [])
    }

    package var json: JSONValue {
        var members: [(String, JSONValue)] = []
        if let path = name ?? rule?.path { members += JSONValue.members("path", bytes: path.bytes) }
        if let line { members += JSONValue.members("rule", bytes: line) } else { members.append(("rule", .null)) }
        members.append(("advice", advice.map { .string($0) } ?? .null))
        members.append(("reasons", .words(reasons)))
        members.append(("uids", .array(users.map { .unsigned(UInt64($0)) })))
        switch origin {
        case .package(let name): members += [("package", .string(name)), ("package_content", .bool(true))]
        case .changed(let name): members += [("package", .string(name)), ("package_content", .bool(false))]
        case .none: members += [("package", .null), ("package_content", .null)]
        }
        members.append(("count", .unsigned(count)))
        members.append(("first", firstTime.flatMap(Event.timeText).map { .string($0) } ?? .null))
        members.append(("last", lastTime.flatMap(Event.timeText).map { .string($0) } ?? .null))
        return .object(members)
    }
}
