// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Containers
import Jails
import Policy
import SystemIO
import Tool

struct StatusCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Print what runs in jails, and what was refused there.",
        discussion: "Without names, of all that were started. Exit status: 0 if all of them run, 1 if not.")

    @Argument(help: "The names of jails.")
    var names: [ByteArgument] = []

    @Flag(name: [.customShort("f"), .long], help: "Print it again each second, until interrupted.")
    var follow = false

    @Flag(help: "Print the state as JSON.")
    var json = false

    func validate() throws {
        if follow, json { throw ValidationError("--follow prints text only.") }
    }

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        while true {
            let status = try once(surroundings)
            guard follow else { return status }
            Process.sleep(milliseconds: 1000)
            _ = surroundings.reporter.result([ASCII.newline])
        }
    }

    private func once(_ surroundings: VsctlSurroundings) throws -> ExitStatus {
        let stopper = Stopper(places: surroundings.places)
        let wanted = names.isEmpty ? try surroundings.files.names() : names.map(\.name)
        var rows: [(String, Stopper.Running?)] = []
        for name in wanted {
            if !names.isEmpty { _ = try surroundings.files.read(name) }
            let running = try stopper.find(name)
            if running != nil || !names.isEmpty { rows.append((name, running)) }
        }
        let status: ExitStatus = rows.allSatisfy { $0.1?.runs ?? false } && !rows.isEmpty ? .done : .no
        let reporter = surroundings.reporter
        if json {
            return reporter.result(
                JSONDocument([("jails", .array(rows.map { Self.json($0.0, $0.1) }))]), then: status)
        }
        return reporter.result(
            Array(rows.map { Self.text($0.0, $0.1) }.joined(separator: [ASCII.newline])), then: status)
    }

    private static func json(_ name: String, _ running: Stopper.Running?) -> JSONValue {
        let refusals = (running?.information?.refusals ?? []).map { ($0.name, JSONValue.unsigned($0.count)) }
        return .object([
            ("name", .string(name)), ("runs", .bool(running?.runs ?? false)),
            ("state", running.map { .string($0.condition.rawValue) } ?? .null),
            ("context", running.map { .number(Int64($0.state.context)) } ?? .null),
            ("serial", running.map { .unsigned($0.state.serial) } ?? .null),
            ("tasks", running.map { .number(Int64($0.tasks)) } ?? .null),
            ("processes", .array((running?.processes ?? []).map { .number(Int64($0)) })),
            ("started", running.map { .unsigned($0.state.started) } ?? .null),
            ("memory", running?.cgroup.number("memory.current").map { .unsigned($0) } ?? .null),
            ("refusals", .object(refusals)),
        ])
    }

    private static func text(_ name: String, _ running: Stopper.Running?) -> [UInt8] {
        var table = TextTable()
        guard let running else {
            table.add(name, "not started")
            return table.text
        }
        let what =
            switch running.condition {
            case .runs: "runs"
            case .setUp: "is set up"
            case .ended: "has ended"
            case .starting: "is being started"
            case .interrupted: "its start was interrupted; vsctl stop removes what is left"
            }
        table.add(name, what)
        table.add("  context", "\(running.state.context), serial \(running.state.serial)")
        table.add("  tasks", "\(running.tasks)")
        if !running.processes.isEmpty {
            table.add("  processes", running.processes.map(String.init).joined(separator: " "))
        }
        if let memory = running.cgroup.number("memory.current") { table.add("  memory", "\(memory / 1024) kB") }
        let refused = (running.information?.refusals ?? []).filter { $0.count > 0 }
        if !refused.isEmpty {
            table.add("  refused", refused.map { "\($0.name) \($0.count)" }.joined(separator: ", "))
        }
        return table.text
    }
}

struct LogsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what the program of a jail has written, and what the kernel refused there.",
        discussion: """
            The output is kept with Output=kept, the default, and until the jail is stopped. Control characters, \
            which a terminal would obey, are printed as octal numbers.
            """)

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @Flag(help: "Print the output as it is, unless to a terminal.")
    var raw = false

    @Flag(help: "Print the lines as JSON.")
    var json = false

    func validate() throws {
        if raw, json { throw ValidationError("--raw prints text only.") }
    }

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        guard let running = try Stopper(places: surroundings.places).find(name.name) else {
            throw Failure(status: .no, message: "\(name.name) does not run, so that nothing is kept")
        }
        let output = (try? Files.read(surroundings.places.output(name.name))) ?? []
        let kernel = kernelLines(running.state)
        if json {
            let lines = output.split(separator: ASCII.newline).map { JSONValue.string(DisplayText.of($0)) }
            return surroundings.reporter.result(
                JSONDocument([
                    ("name", .string(name.name)), ("output", .array(lines)), ("kernel", .words(kernel)),
                ]))
        }
        let refusals = kernel.map { "kernel: \($0)\n" }.joined()
        let isRaw = raw && !surroundings.environment.resultsToTerminal
        return surroundings.reporter.result((isRaw ? output : DisplayText.lines(of: output)) + Array(refusals.utf8))
    }

    /// Lines of the kernel's log about the context since the start.
    private func kernelLines(_ state: RunState) -> [String] {
        let records = (try? Files.readAvailable("/dev/kmsg")) ?? []
        return records.split(separator: ASCII.newline).compactMap { record in
            guard let mark = record.firstIndex(of: UInt8(ascii: ";")) else { return nil }
            let text = DisplayText.of(record[(mark + 1)...])
            let isOurs = text.hasPrefix("clip: ") && text.utf8.holds(" context=\(state.context) ".utf8)
            return isOurs ? text : nil
        }
    }
}
