// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Containers
import Jails
import Policy
import SystemIO
import Tool

struct StopCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End all processes of a jail, and remove it.",
        discussion: """
            Each process gets SIGTERM, and after the timeout SIGKILL, also those that left the cgroup or are being \
            made. Done only when no process is left: the context is deleted then. A jail that does not run is no \
            failure.
            """)

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @Option(help: ArgumentHelp("Seconds until SIGKILL; StopTimeout= of the jail by default.", valueName: "seconds"))
    var timeout: UInt32?

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        try Self.stop(name.name, timeout: timeout, json: json, in: surroundings)
    }

    static func stop(
        _ name: String, timeout: UInt32?, json: Bool, in surroundings: VsctlSurroundings
    ) throws(Failure) -> ExitStatus {
        let isStopped = try Stopper(places: surroundings.places).stop(name, timeout: timeout)
        if json {
            return surroundings.reporter.result(JSONDocument([("name", .string(name)), ("stopped", .bool(isStopped))]))
        }
        surroundings.reporter.line("\(name) \(isStopped ? "has ended" : "did not run")")
        return .done
    }
}

struct KillCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "kill", abstract: "Send a signal to all processes of a jail.",
        discussion: "Exit status: 1 if the jail does not run.")

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @Option(name: .shortAndLong, help: ArgumentHelp("The name or number of the signal.", valueName: "signal"))
    var signal = "TERM"

    @Flag(help: "Print how many it has reached as JSON.")
    var json = false

    func validate() throws {
        guard SignalName.number(signal) != nil else { throw ValidationError("--signal: unknown signal '\(signal)'") }
    }

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let stopper = Stopper(places: surroundings.places)
        guard let running = try stopper.find(name.name), running.runs else {
            throw Failure(status: .no, message: "\(name.name) does not run")
        }
        let reached = try stopper.send(SignalName.number(signal) ?? 0, running)
        if json {
            return surroundings.reporter.result(
                JSONDocument([
                    ("name", .string(name.name)), ("signal", .string(signal)), ("reached", .number(Int64(reached))),
                ]))
        }
        surroundings.reporter.line("\(signal) was sent to \(counted(reached, "process", "processes"))")
        return .done
    }
}

struct AddrCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "addr", abstract: "Print the addresses of a running jail, or change them.",
        discussion: """
            Addresses are removed before others are added. After the first process has entered, they change only \
            in a jail with LiveAddresses=yes.
            """)

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @Option(
        name: .customLong("add"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("One more address; repeatable.", valueName: "address"))
    var added: [ByteArgument] = []

    @Option(
        name: .customLong("remove"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("An address to take away; repeatable.", valueName: "address"))
    var removed: [ByteArgument] = []

    @Flag(help: "Take all addresses away first.")
    var flush = false

    @Flag(help: "Print the addresses as JSON.")
    var json = false

    func validate() throws { _ = (try addresses(added), try addresses(removed)) }

    private func addresses(_ arguments: [ByteArgument]) throws -> [NetworkAddress] {
        try arguments.map { argument in
            guard let value = NetworkAddress(argument.bytes) else {
                throw ValidationError("not an address: '\(DisplayText.of(argument.bytes, limit: 80))'")
            }
            return value
        }
    }

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let context = try surroundings.context(of: name.name)
        do throws(ContainerFailure) {
            if flush { try context.removeAddresses() }
            for address in removed.compactMap({ NetworkAddress($0.bytes) }) {
                try context.change(.remove, address.network)
            }
            for address in added.compactMap({ NetworkAddress($0.bytes) }) {
                try context.change(.add, address.network)
            }
            let now = try context.addresses().map(\.text)
            if json {
                return surroundings.reporter.result(
                    JSONDocument([("name", .string(name.name)), ("addresses", .words(now))]))
            }
            return surroundings.reporter.result(Array(now.map { $0 + "\n" }.joined().utf8))
        } catch {
            throw error.failure
        }
    }
}
