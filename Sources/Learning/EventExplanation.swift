// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Device
package import EventRecord
package import Policy
import SystemIO
import Tool

/// A refusal in words: what was refused, by which rule or for want of one, and
/// what can be done about it.
package struct EventExplanation {
    private let event: Event
    private let program: BytePath?
    private let rules: RulesOfEvent

    /// The rules of the system that have to do with an event.
    package struct RulesOfEvent: Equatable {
        /// The rule that the kernel names, or one that names the path.
        package var rule: RuleOrigin?
        /// A rule with the digest that was found.
        package var withFound: NamedRule?
        /// What the digest of the rule is said to be of.
        package var wantedName: [UInt8]?

        package init(rule: RuleOrigin? = nil, withFound: NamedRule? = nil, wantedName: [UInt8]? = nil) {
            (self.rule, self.withFound, self.wantedName) = (rule, withFound, wantedName)
        }
    }

    package init(_ event: Event, program: BytePath? = nil, rules: RulesOfEvent = RulesOfEvent()) {
        (self.event, self.program, self.rules) = (event, program, rules)
    }

    // MARK: Words

    package var headline: String {
        let subject = event.path.map { " of \($0)" } ?? ""
        let act = event.act.map { DisplayText.of($0) }
        switch event.kind {
        case .exec where event.isRefusal: return "\(outcome) to run \(file)"
        case .exec: return "\(file) matches its entry and ran"
        case .check: return "\(outcome) to interpret \(file)"
        case .map:
            return act.map { "\(outcome): \($0)\(subject)" } ?? "\(outcome) to map \(file) as code"
        case .ungranted: return "\(file) ran without the grant of its entry"
        case .grant: return "\(file) ran and received the grant of its entry"
        case .replaced: return "the listed file \(file) lost its name (\(act ?? "replace"))"
        case .create: return "a file was made: \(file)"
        case .admin where !event.isRefusal: return "the rules were changed (\(act ?? "commit"))"
        case .admin: return "\(outcome): a change of the rules (\(act ?? "commit"))"
        default: return "\(outcome): \(act ?? "\(event.kind)")\(subject)"
        }
    }

    private var outcome: String { event.isEnforced ? "refused" : "would be refused" }

    private var file: String {
        event.path?.description ?? event.inode.map { "the file \(event.device ?? "?")/\($0)" } ?? "a file"
    }

    private var effect: String? {
        guard event.isRefusal else { return nil }
        let error = Errno(Int32(truncatingIfNeeded: event.error))
        return event.isEnforced
            ? "the call failed with \(error.name) (\(error))"
            : "it was done nevertheless, because the context is permissive or the program is exempt; otherwise the "
                + "call would have failed with \(error.name)"
    }

    private var task: String? {
        guard event.process != nil || event.command != nil else { return nil }
        var words = event.command.map { "\"\(DisplayText.of($0))\"" } ?? "a process"
        if let program { words += " (\(program))" }
        if let process = event.process { words += ", pid \(process)" }
        if let user = event.user { words += ", uid \(user)" }
        if let user = event.effectiveUser, user != event.user { words += ", euid \(user)" }
        return words
    }

    /// The rule that decided, or that there is none.
    package var ruleText: String? {
        if let source = event.source {
            return RuleOrigin(source: source, line: event.line ?? 0).text
        }
        if let rule = rules.rule {
            return event.wanted == nil
                ? "\(rule.text) names this path, but was not in force for the file" : rule.text
        }
        switch event.reason {
        case .noEntry, .notAllowed: return "none names the file, and none has its digest"
        case .libraryNotListed: return "none names the library"
        case .noPrivilege: return "none grants \(event.privileges?.explained ?? "it") to the program"
        default: return nil
        }
    }

    /// Where the digest that was found is allowed now.
    private var nowAllowed: String? {
        rules.withFound.map { rule in
            "\(rule.rule.origin.text) has this digest now" + (rule.name.map { " (\(DisplayText.of($0)))" } ?? "")
        }
    }

    package var meaning: String {
        ReasonAdvice.of(event.reason)?.meaning ?? "this tool does not know the reason"
    }

    /// nil if nothing was refused.
    package var nextStep: String? {
        guard event.isRefusal || event.kind == .ungranted || event.kind == .replaced else { return nil }
        if rules.withFound != nil, [.noEntry, .notAllowed].contains(event.reason) {
            return "verictl load --all, if the rule is not loaded yet; otherwise nothing"
        }
        guard let advice = ReasonAdvice.of(event.reason) else { return nil }
        return Self.filled(advice.step, from: words)
    }

    private var words: [String: String] {
        var words: [String: String] = [:]
        if let path = event.path { words["FILE"] = ShellText.quoted(path.bytes) }
        if let program = program ?? (event.kind == .exec ? event.path : nil) {
            words["PROGRAM"] = ShellText.quoted(program.bytes)
        }
        words["CONTEXT"] = (event.context ?? ContextID(0)).text
        words["ALGORITHM"] = event.algorithmName ?? "sha256"
        if let privileges = event.privileges, !privileges.isEmpty {
            words["PRIVILEGES"] = String(decoding: privileges.letters, as: UTF8.self)
        }
        if let process = event.process { words["PID"] = String(process) }
        return words
    }

    /// Puts what is known in place of words in capital letters.
    private static func filled(_ text: String, from words: [String: String]) -> String {
        var result = ""
        var word = ""
        func flush() {
            result += words[word] ?? word
            word = ""
        }
        for character in text {
            if character.isASCII, character.isUppercase {
                word.append(character)
            } else {
                flush()
                result.append(character)
            }
        }
        flush()
        return result
    }

    // MARK: Output

    package var text: [UInt8] {
        var table = TextTable()
        if let time = event.timeText { table.add("  time", time) }
        if let context = event.context { table.add("  context", context.text) }
        if let task { table.add("  process", task) }
        table.add("  reason", "\(meaning) (\(event.reason))")
        if let ruleText { table.add("  rule", ruleText) }
        if let wanted = event.wanted { table.add("  wanted", digest(wanted, rules.wantedName)) }
        if let found = event.found { table.add("  found", digest(found, rules.withFound?.name)) }
        if let nowAllowed { table.add("  note", nowAllowed) }
        if let effect { table.add("  effect", effect) }
        if let nextStep { table.add("  next", nextStep) }
        return Array("\(headline)\n".utf8) + table.text
    }

    private func digest(_ bytes: [UInt8], _ name: [UInt8]?) -> String {
        "\(event.algorithmName ?? "digest") \(String(decoding: Hex.encode(bytes), as: UTF8.self))"
            + (name.map { "  # \(DisplayText.of($0))" } ?? "")
    }

    /// The members of the event, and what was concluded from it.
    package var json: JSONValue {
        var members = event.members
        if let program { members += JSONValue.members("program", bytes: program.bytes) }
        members += [
            ("headline", .string(headline)), ("meaning", .string(meaning)),
            ("rule", ruleText.map { .string($0) } ?? .null),
        ]
        if let rule = rules.withFound {
            members.append(("allowed_now_by", .string(rule.rule.origin.text)))
            if let name = rule.name { members += JSONValue.members("found_name", bytes: name) }
        }
        if let name = rules.wantedName { members += JSONValue.members("wanted_name", bytes: name) }
        members += [("effect", effect.map { .string($0) } ?? .null), ("next", nextStep.map { .string($0) } ?? .null)]
        return .object(members)
    }
}

/// Words for a shell.
enum ShellText {
    /// The word itself if no byte of it is special, and otherwise quoted.
    static func quoted(_ bytes: [UInt8]) -> String {
        let plain = bytes.allSatisfy { byte in
            ASCII.isLetter(byte) || ASCII.isDigit(byte) || "/._-+:@%,".utf8.contains(byte)
        }
        if plain, !bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
        // A byte that does not print is an escape of printf(1) in the shell.
        let shown = DisplayText.of(bytes)
        guard Array(shown.utf8) == bytes else { return "\"$(printf '\(shown.substituting("'", by: "'\\''"))')\"" }
        return "'" + shown.substituting("'", by: "'\\''") + "'"
    }
}
