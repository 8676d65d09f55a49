// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Policy
import SystemIO
import Tool

struct LevelCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "level", abstract: "Print or set the level of a context.",
        discussion: """
            The words replace the level, but for one with lvl_immutable, to which they are added. Nothing is \
            looked at before; enable does that for the context of this process.
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Context; that of this process if not given.", valueName: "number"))
    var context: ByteArgument?

    @Argument(help: ArgumentHelp("The new level: words joined by a colon, or inactive.", valueName: "words"))
    var words: ByteArgument?

    @Flag(help: "Print the level as JSON.")
    var json = false

    func validate() throws {
        _ = (try context.map(OptionValue.context), try words.map { try OptionValue.level("WORDS", $0) })
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let context = try context.map(OptionValue.context) ?? .own
        let level = try words.map { try OptionValue.level("WORDS", $0) }
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        guard let level else {
            let state = try access.state(context)
            return reporter.result(
                json ? state.levelAnswer.text + [ASCII.newline] : Array("\(state.level.text)\n".utf8))
        }
        try access.setLevel(level, of: context)
        let state = try access.state(context)
        if json { return reporter.result(state.levelAnswer) }
        if state.level != level { reporter.note("what was set before cannot be taken back") }
        reporter.line("context \(state.context.text): \(state.level.text)")
        return .done
    }
}

extension ContextState {
    var levelAnswer: JSONDocument {
        JSONDocument([("context", .context(context)), ("level", .words(level.names))])
    }
}

struct UpdateContextCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "update-context",
        abstract: "Say which context may change the entries of others; once until reboot.")

    @Argument(help: "Number of the context, which need not exist yet.")
    var number: ByteArgument

    @Flag(help: "Print the context as JSON.")
    var json = false

    func validate() throws { _ = try OptionValue.contextNumber(number) }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let context = try OptionValue.contextNumber(number)
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        if access.info.updateContext != context {
            try access.request("set the update context to \(context.number)") { device throws(ContextRefusal) in
                try device.setUpdateContext(context)
            }
        }
        if json { return reporter.result(JSONDocument([("update_context", .context(context))])) }
        reporter.line("context \(context.number) is the update context")
        return .done
    }
}

struct DisableCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Take back the level of this process's context, as far as the kernel lets.",
        discussion: "Exit status: 0 if nothing is left of it, 1 if some of it cannot be taken back.")

    @Flag(help: "Print the level as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        try access.setLevel([], of: .own)
        let state = try access.state(.own)
        let status: ExitStatus = state.level.isEmpty ? .done : .no
        if json { return reporter.result(state.levelAnswer, then: status) }
        if !state.level.isEmpty { reporter.error("what was set before cannot be taken back") }
        reporter.line("context \(state.context.text): \(state.level.text)")
        return status
    }
}
