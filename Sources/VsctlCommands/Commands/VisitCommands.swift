// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Containers
import Policy
import SystemIO
import Tool

/// Options of commands that run a program.
struct VisitOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: ArgumentHelp("A user of the host, or a number; root by default.", valueName: "user"))
    var user: ByteArgument?

    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: ArgumentHelp("A group of the host, or a number.", valueName: "group"))
    var group: ByteArgument?

    @Option(
        name: .customLong("env"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("One more variable, NAME=VALUE; repeatable.", valueName: "variable"))
    var variables: [ByteArgument] = []

    func request(_ command: [ByteArgument]) throws(Failure) -> Visitor.Request {
        guard let program = command.first else {
            throw Failure(status: .usage, message: "specify a command after --")
        }
        guard program.path.isAbsolute else {
            throw Failure(
                status: .usage, message: "not an absolute path: '\(DisplayText.of(program.bytes, limit: 80))'")
        }
        var request = Visitor.Request(command.map(\.bytes))
        request.environment = variables.map(\.bytes)
        request.user = user?.bytes
        request.group = group?.bytes
        return request
    }
}

struct EnterCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "enter", abstract: "Run a program in a jail that runs or is set up.",
        usage: "vsctl enter [<options>] <name> [-- <command> ...]",
        discussion: """
            The path of the command is one inside the jail. On a terminal, /bin/sh is the default, and the program \
            gets a terminal of its own, so that it cannot put commands into that of the caller. The exit status is \
            that of the program.
            """)

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @OptionGroup var options: VisitOptions

    @Option(
        name: [.customShort("c"), .long], parsing: .unconditional,
        help: ArgumentHelp("A directory inside, as the root of the program.", valueName: "path"))
    var view: ByteArgument?

    @Option(parsing: .unconditional, help: ArgumentHelp("The working directory.", valueName: "path"))
    var directory: ByteArgument?

    @Flag(name: [.customShort("t"), .long], help: "A terminal of its own, even if the input is not a terminal.")
    var terminal = false

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [ByteArgument] = []

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let isInteractive = surroundings.environment.inputFromTerminal && surroundings.environment.resultsToTerminal
        let shell = command.isEmpty && isInteractive ? [ByteArgument(argument: "/bin/sh")] : command
        var request = try options.request(shell)
        request.view = view?.path
        request.directory = directory?.path
        request.hasTerminal = terminal || isInteractive
        Process.exit(try Visitor(places: surroundings.places).run(request, in: name.name))
    }
}

struct ExecCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a program in a jail, on the streams of the caller; for scripts.",
        usage: "vsctl exec [<options>] <name> -- <command> ...")

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @OptionGroup var options: VisitOptions

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [ByteArgument] = []

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        Process.exit(try Visitor(places: surroundings.places).run(try options.request(command), in: name.name))
    }
}

struct WatchCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Run a program in context 1, WATCH, which sees all and changes nothing.",
        usage: "vsctl watch [<options>] -- <command> ...")

    @OptionGroup var options: VisitOptions

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [ByteArgument] = []

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        Process.exit(try Visitor(places: surroundings.places).watch(try options.request(command)))
    }
}
