// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct LevelCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "level", abstract: "Print or set the level of a context.",
        discussion: """
            The words replace the level; they are added to a level with lvl_immutable. The change is not checked \
            beforehand; enable does that for the context of this process.
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The context; by default that of this process.", valueName: "number"))
    var context: ByteArgument?

    @Argument(help: ArgumentHelp("The new level: words joined by colons, or inactive.", valueName: "words"))
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
        if state.level != level { reporter.note("words of the old level could not be removed") }
        reporter.line("context \(state.context.text): \(state.level.text)")
        return .done
    }
}

extension ContextState {
    var levelAnswer: JSONDocument {
        JSONDocument([("context", .context(context)), ("level", .words(level.names))])
    }
}
