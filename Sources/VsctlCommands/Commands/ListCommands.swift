// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Containers
import Jails
import Policy
import SystemIO
import Tool

struct ListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print all jails, one per line: name, context, whether it runs, and its file.")

    @Flag(help: "Print the jails as JSON.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let stopper = Stopper(places: surroundings.places)
        var rows: [(ReadJail, State)] = []
        for name in try surroundings.files.names() {
            rows.append((try surroundings.files.read(name), State(name, stopper)))
        }
        let reporter = surroundings.reporter
        if json {
            let jails = rows.map { read, state in
                JSONValue.object(
                    [
                        ("name", .string(read.jail.name)),
                        ("context", read.jail.context.number.map { .number(Int64($0)) } ?? .null),
                        ("runs", state.runs.map { .bool($0) } ?? .null), ("errors", .bool(read.hasErrors)),
                        ("interrupted", state.isInterrupted.map { .bool($0) } ?? .null),
                    ] + JSONValue.members("source", bytes: read.source.bytes))
            }
            return reporter.result(JSONDocument([("jails", .array(jails))]))
        }
        var table = TextTable()
        for (read, state) in rows {
            let word = read.hasErrors ? "has errors" : state.word
            table.add(read.jail.name, "\(read.jail.context.number ?? 0)  \(word)  \(read.source)")
        }
        return reporter.result(table.text)
    }

    /// Whether a jail runs, and whether its start was killed. Only root knows: nil for
    /// others.
    private struct State {
        var runs: Bool?
        var isInterrupted: Bool?

        init(_ name: String, _ stopper: Stopper) {
            do throws(Failure) {
                let running = try stopper.find(name)
                runs = running?.runs ?? false
                isInterrupted = running?.condition == .interrupted
            } catch {}
        }

        var word: String {
            guard let runs, let isInterrupted else { return "unknown" }
            return isInterrupted ? "interrupted" : runs ? "runs" : "-"
        }
    }
}

struct ShowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the file of a jail as it is understood, in the form of vsctl.conf(5).")

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @Flag(help: "Print the settings as JSON.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let read = try surroundings.jail(name.name)
        guard json else { return surroundings.reporter.foreign(JailPrinter.text(read.jail)) }
        let settings = JailPrinter.settings(read.jail).map { setting in
            JSONValue.object(
                [("section", .string(setting.section)), ("key", .string(setting.key))]
                    + JSONValue.members("value", bytes: setting.value))
        }
        return surroundings.reporter.result(
            JSONDocument([("jail", read.json), ("settings", .array(settings))]))
    }
}

struct ImportCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Print an old directory as a file of vsctl.conf(5).",
        discussion: "What has no effect any more is reported. The directory is not changed.")

    @Argument(help: "The directory, or the name of a jail in /etc/jails.")
    var directory: ByteArgument

    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: ArgumentHelp("The file to write, instead of standard output.", valueName: "file"))
    var output: ByteArgument?

    @Flag(help: "Print the text and the messages as JSON.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let path =
            directory.bytes.contains(ASCII.slash)
            ? directory.path : surroundings.files.directory.appending(directory.bytes)
        let name = String(decoding: path.lastComponent, as: UTF8.self)
        let read = try surroundings.files.readDirectory(path, Jail.isName(path.lastComponent) ? name : "jail")
        let text = JailPrinter.text(read.jail)
        let status: ExitStatus = read.hasErrors ? .syntax : .done
        let reporter = surroundings.reporter
        if json {
            return reporter.result(
                JSONDocument(
                    [("name", .string(read.jail.name))] + JSONValue.members("text", bytes: text) + [
                        ("diagnostics", .array(read.diagnostics.map(\.json)))
                    ]), then: status)
        }
        reporter.diagnostics(read.diagnostics)
        if read.hasErrors { return status }
        guard let output else { return reporter.foreign(text) }
        do throws(Errno) {
            try Files.write(text, to: output.path)
        } catch {
            throw Failure(status: .io, message: "\(output.path): \(error)")
        }
        return .done
    }
}
