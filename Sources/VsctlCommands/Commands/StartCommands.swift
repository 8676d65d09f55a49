// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Containers
import Jails
import Policy
import SystemIO
import Tool

/// Options that replace a part of the jail's file.
struct StartOptions: ParsableArguments {
    @Option(
        name: .customLong("address"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("An address, instead of those of the file; repeatable.", valueName: "address"))
    var addresses: [ByteArgument] = []

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The address that stands for the loopback.", valueName: "address"))
    var loopbackAddress: ByteArgument?

    @Option(
        name: .customLong("env"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("One more variable, NAME=VALUE; repeatable.", valueName: "variable"))
    var variables: [ByteArgument] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("The file that the output goes to.", valueName: "file"))
    var output: ByteArgument?

    @Option(parsing: .unconditional, help: ArgumentHelp("A user of the host, or a number.", valueName: "user"))
    var user: ByteArgument?

    @Option(parsing: .unconditional, help: ArgumentHelp("A group of the host, or a number.", valueName: "group"))
    var group: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A directory inside, as the root of the program.", valueName: "path"))
    var view: ByteArgument?

    func validate() throws {
        var jail = Jail(name: "")
        try apply(to: &jail)
    }

    /// A jail that may be started, as its file and these options describe it.
    func jail(_ name: ByteArgument, _ surroundings: VsctlSurroundings) throws -> Jail {
        var jail = try surroundings.jail(name.name).jail
        try apply(to: &jail)
        return jail
    }

    func apply(to jail: inout Jail) throws {
        if !addresses.isEmpty {
            jail.network.addresses = try addresses.map { argument in
                // As in the old files, a mask says which network the address is in.
                guard let address = NetworkAddress(argument.bytes) else { throw Self.bad("--address", argument) }
                return NetworkAddress(bytes: address.bytes, prefix: UInt32(address.bytes.count * 8))
            }
        }
        if let loopbackAddress {
            guard let address = NetworkAddress(loopbackAddress.bytes) else {
                throw Self.bad("--loopback-address", loopbackAddress)
            }
            jail.network.loopback = address
        }
        jail.environment += variables.map(\.bytes)
        if let output { jail.output = .file(output.path) }
        if let user { jail.user = user.bytes }
        if let group { jail.group = group.bytes }
        if let view { jail.view = view.path }
    }

    private static func bad(_ option: String, _ argument: ByteArgument) -> ValidationError {
        ValidationError("\(option): not an address: '\(DisplayText.of(argument.bytes, limit: 80))'")
    }
}

struct StartCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Make the context, the namespaces and the tree of a jail, and start its command.",
        discussion: """
            The command goes on when vsctl has ended. If any step fails, nothing is left: no process, mount, cgroup \
            or context. A jail that runs is not started twice.
            """)

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @OptionGroup var options: StartOptions

    @Flag(help: "Print the context and the process as JSON.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        try Self.start(try options.jail(name, surroundings), .program, json: json, in: surroundings)
    }

    static func start(
        _ jail: Jail, _ purpose: Launcher.Purpose, json: Bool, in surroundings: VsctlSurroundings
    ) throws(Failure) -> ExitStatus {
        let process = try Launcher(places: surroundings.places).start(jail, purpose)
        let context = jail.context.number ?? 0
        if json {
            return surroundings.reporter.result(
                JSONDocument([
                    ("name", .string(jail.name)), ("context", .number(Int64(context))),
                    ("process", process > 0 ? .number(Int64(process)) : .null),
                ]))
        }
        let what = purpose == .setup ? "is set up" : "runs"
        surroundings.reporter.line(
            "\(jail.name) \(what) in context \(context)" + (process > 0 ? ", process \(process)" : ""))
        return .done
    }
}

struct SetupCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Make the context, the namespaces and the tree of a jail, and start nothing.",
        discussion: "The jail stays until vsctl stop; vsctl enter and vsctl exec start programs in it.")

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @OptionGroup var options: StartOptions

    @Flag(help: "Print the context and the process as JSON.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        try StartCommand.start(try options.jail(name, surroundings), .setup, json: json, in: surroundings)
    }
}

struct EndSetupCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "endsetup", abstract: "Let a jail that was set up end with its last process.",
        discussion: "If nothing runs in it, it ends now. Exit status: 1 if it was not set up.")

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let outcome = try Stopper(places: surroundings.places).endSetup(name.name)
        let status: ExitStatus = outcome == .notSetUp ? .no : .done
        if json {
            return surroundings.reporter.result(
                JSONDocument([("name", .string(name.name)), ("outcome", .string(outcome.rawValue))]), then: status)
        }
        switch outcome {
        case .notSetUp: surroundings.reporter.line("\(name.name) was not set up")
        case .ended: surroundings.reporter.line("\(name.name) has ended")
        case .later: surroundings.reporter.line("\(name.name) ends with its last process")
        }
        return status
    }
}

struct RunCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Start a jail with a command, wait for it, and remove the jail.",
        usage: "vsctl run [<options>] <name> [-- <command> ...]",
        discussion: """
            For ExecStart= of systemd: signals are passed on, and the program stays in the cgroup of the service, \
            whose limits apply. The exit status is that of the command.
            """)

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @OptionGroup var options: StartOptions

    @Argument(parsing: .postTerminator, help: "A command instead of that of the jail, after --.")
    var command: [ByteArgument] = []

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        try Self.run(try options.jail(name, surroundings), command.map(\.bytes), in: surroundings)
    }

    /// Ends this process as the command has ended.
    static func run(_ jail: Jail, _ command: [[UInt8]], in surroundings: VsctlSurroundings) throws(Failure) -> Never {
        let launcher = Launcher(places: surroundings.places)
        let process = try launcher.start(jail, .foreground(command))
        let status = try launcher.wait(process)
        _ = try Stopper(places: surroundings.places).stop(jail.name, timeout: 0)
        Process.exit(status)
    }
}
