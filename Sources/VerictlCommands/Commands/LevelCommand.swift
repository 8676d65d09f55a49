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
            The words replace the level, and each word that this removes is reported; --add and --remove keep \
            all others. A level with lvl_immutable only grows. The files that a stricter level would refuse are \
            not examined; enable does that for the context of this process.
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The context; by default that of this process.", valueName: "number"))
    var context: ByteArgument?

    @Argument(help: ArgumentHelp("The new level: words joined by colons, or inactive.", valueName: "words"))
    var words: ByteArgument?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Add words and keep the others; may be repeated.", valueName: "word"))
    var add: [ByteArgument] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Remove words and keep the others; may be repeated.", valueName: "word"))
    var remove: [ByteArgument] = []

    @Flag(help: "Continue although nothing can be changed afterwards.")
    var final = false

    @Flag(help: "Print the level as JSON.")
    var json = false

    func validate() throws {
        _ = (try context.map(OptionValue.context), try change())
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let context = try context.map(OptionValue.context) ?? .own
        let change = try change()
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        let before = try access.state(context)
        guard let change else {
            return reporter.result(
                json ? before.levelAnswer.text + [ASCII.newline] : Array("\(before.level.text)\n".utf8))
        }
        let wanted = change.applied(to: before.level)
        if before.level.contains(.active), context == .own || context == access.info.context {
            let guardian = AdministrationGuard(surroundings, access.device, access.info)
            try guardian.enforce(guardian.lossAtLevel(wanted), isFinal: final, reporter)
        }
        try access.setLevel(wanted, of: context)
        let after = try access.state(context)
        if case .replace = change {
            for word in before.level.subtracting(after.level).names {
                reporter.warning(
                    "\(word) was set and is removed from the level", hint: "verictl level --add keeps other words")
            }
        }
        var status = ExitStatus.done
        if case .edit(_, let removed) = change, !after.level.isDisjoint(with: removed) {
            reporter.error("the kernel keeps \(after.level.intersection(removed).text)")
            status = .no
        }
        if json { return reporter.result(after.levelAnswer, then: status) }
        if case .replace = change, after.level != wanted {
            reporter.note("words of the old level could not be removed")
        }
        reporter.line("context \(after.context.text): \(after.level.text)")
        return status
    }

    /// What happens to the level.
    private enum Change {
        case replace(ContextLevel)
        case edit(added: ContextLevel, removed: ContextLevel)

        func applied(to level: ContextLevel) -> ContextLevel {
            switch self {
            case .replace(let wanted): wanted
            case .edit(let added, let removed): level.union(added).subtracting(removed)
            }
        }
    }

    /// nil if the level is only printed.
    private func change() throws -> Change? {
        let wanted = try words.map { try OptionValue.level("WORDS", $0) }
        let added = try Self.union("--add", add)
        let removed = try Self.union("--remove", remove)
        guard !(add.isEmpty && remove.isEmpty) else { return wanted.map(Change.replace) }
        guard wanted == nil else {
            throw ValidationError("WORDS replace the level; they cannot be combined with --add or --remove.")
        }
        guard added.isDisjoint(with: removed) else {
            throw ValidationError("--add and --remove both name \(added.intersection(removed).text).")
        }
        return .edit(added: added, removed: removed)
    }

    private static func union(_ option: String, _ arguments: [ByteArgument]) throws -> ContextLevel {
        try arguments.reduce(into: []) { level, argument in
            let words = try OptionValue.level(option, argument)
            guard !words.isEmpty else {
                throw ValidationError("\(option) takes words of a level; inactive and - stand for none.")
            }
            level.formUnion(words)
        }
    }
}

extension ContextState {
    var levelAnswer: JSONDocument {
        JSONDocument([("context", .context(context)), ("level", .words(level.names))])
    }
}
