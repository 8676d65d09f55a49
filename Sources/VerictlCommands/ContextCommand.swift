// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Policy
import SystemIO
import Tool

struct ContextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context", abstract: "List, make, narrow and delete contexts, and run commands in them.",
        subcommands: [
            ContextListCommand.self, ContextShowCommand.self, ContextCreateCommand.self, ContextNarrowCommand.self,
            ContextDeleteCommand.self, ContextEnterCommand.self,
        ])
}

struct ContextListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print all contexts, each on a line.")

    @Flag(help: "Print the contexts as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let status = try DeviceAccess(surroundings).status()
        let reporter = surroundings.reporter
        if json {
            return reporter.result(JSONDocument([("contexts", .array(status.contexts.map(\.json)))]))
        }
        var table = TextTable()
        for context in status.contexts { table.add("\(context.context)", context.summary) }
        return reporter.result(table.text)
    }
}

extension KernelStatus.ContextStatus {
    /// Level and number of entries; the bounds are long.
    var summary: String {
        let entries = counted(Int(clamping: entries), "entry", "entries")
        let digests = digests.map { ", " + counted(Int(clamping: $0), "allow digest") } ?? ""
        return (level.map { "\($0.text), " } ?? "") + entries + digests
    }

    /// With what the kernel says; an older one only counts entries.
    var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("context", .number(Int64(context))), ("entries", .unsigned(entries)),
        ]
        if let digests { members.append(("digests", .unsigned(digests))) }
        if let level { members.append(("level", .words(level.names))) }
        if let capabilities { members.append(("capabilities", .words(capabilities.names))) }
        if let privileges {
            members.append(("privileges", .string(String(decoding: privileges.letters, as: UTF8.self))))
            members.append(("privilege_names", .words(privileges.names)))
        }
        if let serial { members.append(("serial", .unsigned(serial))) }
        return .object(members)
    }
}

struct ContextShowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print level, bounds and counts of contexts.")

    @Argument(help: ArgumentHelp("Contexts; without any, that of this process.", valueName: "number"))
    var contexts: [ByteArgument] = []

    @Flag(help: "Print the contexts as JSON.")
    var json = false

    func validate() throws { _ = try numbers() }

    private func numbers() throws -> [ContextID] {
        contexts.isEmpty ? [.own] : try contexts.map(OptionValue.contextNumber)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let access = try ContextAccess(surroundings)
        let states = try numbers().map { try access.state($0) }
        let reporter = surroundings.reporter
        if json { return reporter.result(JSONDocument([("contexts", .array(states.map(\.json)))])) }
        return reporter.result(Array(states.map(Self.text).joined(separator: [ASCII.newline])))
    }

    private static func text(_ state: ContextState) -> [UInt8] {
        var table = TextTable()
        table.add("context", state.context.text)
        table.add("  level", state.level.text)
        table.add("  capabilities", BoundText.of(state.capabilities))
        table.add("  privileges", BoundText.of(state.privileges))
        table.add("  serial", "\(state.serial)")
        table.add("  entries", "\(state.entries)")
        table.add("  digests", "\(state.digests)")
        return table.text
    }
}

/// Bounds for people: one that holds all that this tool knows is no list of
/// forty words.
enum BoundText {
    static func of(_ capabilities: CapabilitySet) -> String {
        capabilities.isSuperset(of: .all) ? "all" : capabilities.text
    }

    static func of(_ privileges: Privileges) -> String {
        privileges.isSuperset(of: .all) ? "all" : String(decoding: privileges.letters, as: UTF8.self)
    }
}

/// The options of commands that give bounds.
struct BoundOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Capabilities that entries may grant; none if not given.", valueName: "words"))
    var caps: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Privileges that entries may grant; none if not given.", valueName: "letters"))
    var privs: ByteArgument?

    func validate() throws { _ = (try capabilities, try privileges) }

    var capabilities: CapabilitySet {
        get throws { try caps.map { try OptionValue.capabilities("--caps", $0) } ?? [] }
    }

    var privileges: Privileges {
        get throws { try privs.map { try OptionValue.letters("--privs", $0) } ?? [] }
    }
}

struct ContextCreateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a context; the same one again is no failure.")

    @Argument(help: "Number of the context.")
    var number: ByteArgument

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Level, words joined by a colon; inactive if not given.", valueName: "words"))
    var level: ByteArgument?

    @OptionGroup var bounds: BoundOptions

    @Flag(help: "Print the context as JSON.")
    var json = false

    func validate() throws { _ = try entry() }

    private func entry() throws -> ContextEntry {
        ContextEntry(
            context: try OptionValue.contextNumber(number),
            level: try level.map { try OptionValue.level("--level", $0) } ?? [],
            capabilities: try bounds.capabilities, privileges: try bounds.privileges)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let entry = try entry()
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        let what = "create \(ContextAccess.name(entry.context))"
        let isNew = try access.request(what) { device throws(ContextRefusal) in
            do throws(ContextRefusal) {
                _ = try device.createContext(entry)
                return true
            } catch {
                // Boot scripts may run twice.
                guard error.error == .exists, let state = try? device.context(entry.context),
                    (state.level, state.capabilities, state.privileges)
                        == (entry.level, entry.capabilities, entry.privileges)
                else { throw error }
                return false
            }
        }
        if json { return reporter.result(try access.answer(entry.context)) }
        reporter.line("context \(entry.context.number) \(isNew ? "created" : "was there already")")
        return .done
    }
}

struct ContextNarrowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "narrow", abstract: "Take from a context's bounds all that is not named here.")

    @Argument(help: "Number of the context.")
    var number: ByteArgument

    @OptionGroup var bounds: BoundOptions

    @Flag(help: "Print the context as JSON.")
    var json = false

    func validate() throws { _ = try entry() }

    private func entry() throws -> ContextEntry {
        ContextEntry(
            context: try OptionValue.contextNumber(number), capabilities: try bounds.capabilities,
            privileges: try bounds.privileges)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let entry = try entry()
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        try access.request("narrow \(ContextAccess.name(entry.context))") { device throws(ContextRefusal) in
            try device.narrowContext(entry)
        }
        if json { return reporter.result(try access.answer(entry.context)) }
        reporter.line("context \(entry.context.number) narrowed")
        return .done
    }
}

struct ContextDeleteCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete contexts with all their entries; one that is not there is no failure.")

    @Argument(help: "Numbers of the contexts.")
    var numbers: [ByteArgument]

    @Flag(help: "Print what was deleted as JSON.")
    var json = false

    func validate() throws { _ = try numbers.map(OptionValue.contextNumber) }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let contexts = try numbers.map(OptionValue.contextNumber)
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        var deleted: [ContextID] = []
        for context in contexts where try Self.delete(context, access) { deleted.append(context) }
        if json { return reporter.result(JSONDocument([("deleted", .array(deleted.map { .context($0) }))])) }
        for context in contexts {
            reporter.line("context \(context.number) \(deleted.contains(context) ? "deleted" : "was not there")")
        }
        return .done
    }

    private static func delete(_ context: ContextID, _ access: ContextAccess) throws(Failure) -> Bool {
        try access.request("delete \(ContextAccess.name(context))") { device throws(ContextRefusal) in
            do throws(ContextRefusal) {
                try device.deleteContext(context)
                return true
            } catch {
                guard error.error == .noEntry else { throw error }
                return false
            }
        }
    }
}

extension ContextAccess {
    /// The context as it is now, for programs.
    func answer(_ context: ContextID) throws(Failure) -> JSONDocument {
        JSONDocument(try state(context).members)
    }
}

struct ContextEnterCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "enter", abstract: "Run a command in a context; there is no way back out of it.",
        usage: "verictl context enter <number> -- <command> ...",
        discussion: """
            Exit status: that of the command; 127 if it was not found, 126 if it could not be run, and as \
            usual if the context could not be entered.
            """)

    @Argument(help: "Number of the context.")
    var number: ByteArgument

    @Argument(parsing: .postTerminator, help: "The command and its arguments, behind --.")
    var command: [ByteArgument] = []

    func validate() throws {
        _ = try OptionValue.contextNumber(number)
        guard !command.isEmpty else { throw ValidationError("Give a command behind --.") }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        // The device is let go of first: it must not come along.
        let context = try OptionValue.contextNumber(number)
        let handle = try Self.open(context, surroundings)
        do throws(ContextRefusal) {
            try handle.enter()
        } catch {
            var failure = ContextAccess.failure(error, "enter context \(context.number)")
            // This request has no room for a reason.
            if error.error == .busy {
                failure.hint = "this process is traced, or has inherited an open file that leads out of the context"
            }
            throw failure
        }
        let error = surroundings.environment.become(command.map(\.bytes))
        surroundings.reporter.error("\(DisplayText.of(command[0].bytes)): \(error)")
        return error == .noEntry ? .notFound : .cannotRun
    }

    private static func open(
        _ context: ContextID, _ surroundings: Surroundings
    ) throws(Failure) -> (any ContextHandle) {
        try ContextAccess(surroundings).request("enter context \(context.number)") { device throws(ContextRefusal) in
            try device.openContext(context)
        }
    }
}
