// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Hardening
import KernelConfiguration
import Policy
import Tool

struct ExplainCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Print the rules about an option, a parameter or a sysctl, and why.",
        discussion: "Exit status: 0 if there is a rule, 2 if there is none.")

    @Argument(
        help: ArgumentHelp(
            "An option of the kernel, with or without CONFIG_, a parameter of its command line, or a sysctl.",
            valueName: "name"))
    var name: String

    @Flag(help: "Print the rules as JSON.")
    var json = false

    @OptionGroup var options: RuleOptions

    /// One rule, whatever it is about.
    private struct Answer {
        var subject: String
        var wanted: String
        var set: String?
        var reason: String
        var change: String
        var origin: Origin

        var text: String {
            var table = TextTable()
            table.add("wanted", wanted)
            if let set { table.add("set", set) }
            table.add("why", reason)
            table.add("change", change)
            table.add("rule", origin.description)
            return "\(subject)\n" + String(decoding: table.text, as: UTF8.self)
        }

        var json: JSONValue {
            .object([
                ("subject", .string(subject)), ("wanted", .string(wanted)),
                ("set", set.map { .string($0) } ?? .null), ("reason", .string(reason)), ("change", .string(change)),
                ("file", .string(origin.file)), ("line", .number(Int64(origin.line))),
            ])
        }
    }

    func execute(in surroundings: HardenctlSurroundings) throws -> ExitStatus {
        let library = try options.library(surroundings)
        let answers = Self.answers(library).filter { isMeant($0.subject) }
        guard !answers.isEmpty else {
            let known = Self.answers(library).flatMap { [$0.subject, KernelConfig.symbol(of: $0.subject)] }
            throw Failure(
                status: .usage, message: "no rule is about '\(DisplayText.of(name.utf8, limit: 80))'",
                hint: Suggestion.nearest(to: name.utf8, among: known))
        }
        if json {
            return surroundings.reporter.result(JSONDocument([("rules", .array(answers.map(\.json)))]))
        }
        return surroundings.reporter.result(Array(answers.map(\.text).joined(separator: "\n").utf8))
    }

    private func isMeant(_ subject: String) -> Bool {
        if subject.hasPrefix("CONFIG_") {
            return KernelConfig.symbol(of: subject) == KernelConfig.symbol(of: name.uppercased())
        }
        // A parameter with its value, and a sysctl with slashes, will do.
        let word = name.split(separator: "=", maxSplits: 1).first.map(String.init) ?? name
        return subject == word || subject == String(word.map { $0 == "/" ? "." : $0 })
    }

    private static func answers(_ library: RuleLibrary) -> [Answer] {
        var answers = library.sets.flatMap(\.options).map { rule in
            Answer(
                subject: "CONFIG_\(rule.symbol)", wanted: rule.value, set: rule.set, reason: rule.reason,
                change: "compose the kernel with the set \(rule.set)", origin: rule.origin)
        }
        answers += library.forbidden.map { rule in
            Answer(
                subject: "CONFIG_\(rule.symbol)", wanted: "n",
                set: rule.isLiftable ? "all but those for tests" : "all", reason: rule.reason,
                change: "compose a kernel without it", origin: rule.origin)
        }
        for (set, parameters) in [(nil, library.parameters)] + library.sets.map({ ($0.name, $0.parameters) }) {
            answers += parameters.map { rule in
                let verb = rule.isWanted ? "put '\(rule.word)' on" : "remove '\(rule.word)' from"
                return Answer(
                    subject: rule.name, wanted: rule.isWanted ? rule.value ?? "there" : "not '\(rule.word)'", set: set,
                    reason: rule.reason, change: "\(verb) the kernel's command line", origin: rule.origin)
            }
        }
        for (set, sysctls) in [(nil, library.sysctls)] + library.sets.map({ ($0.name, $0.sysctls) }) {
            answers += sysctls.map { rule in
                Answer(
                    subject: rule.key, wanted: rule.value + (rule.mayBeAbsent ? ", or absent" : ""), set: set,
                    reason: rule.reason, change: "'\(rule.key) = \(rule.value)' in /etc/sysctl.d/", origin: rule.origin)
            }
        }
        return answers
    }
}
