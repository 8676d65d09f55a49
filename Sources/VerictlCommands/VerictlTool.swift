// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Bytes
import SystemIO

/// The whole tool but for the process around it.
package enum VerictlTool {
    /// Version of the tool; the interface to the kernel has its own.
    package static let version = "3.0.0"

    /// Runs one command line (without the program's name) and answers its exit
    /// status.
    package static func run(_ arguments: [[UInt8]], in surroundings: Surroundings) -> Int32 {
        if LegacyMode.isMeant(by: arguments) { return LegacyMode.run(arguments, in: surroundings) }
        return runVerb(arguments, in: surroundings).rawValue
    }

    /// Runs the command line of this process and ends it.
    package static func main() -> Never {
        Process.exit(run(Process.arguments(), in: .system()))
    }

    private static func runVerb(_ arguments: [[UInt8]], in surroundings: Surroundings) -> ExitStatus {
        let reporter = Reporter(surroundings)
        guard !arguments.isEmpty else {
            reporter.line(RootCommand.helpMessage())
            return .usage
        }
        do {
            var command = try RootCommand.parseAsRoot(arguments.map(ArgumentText.encode))
            guard let verb = command as? any Verb else {
                // Help and the like, which answer by throwing.
                try command.run()
                return .usage
            }
            return try verb.execute(in: surroundings)
        } catch let failure as CommandFailure {
            reporter.error(failure.message, hint: failure.hint)
            return failure.status
        } catch {
            let text = ArgumentText.display(RootCommand.fullMessage(for: error))
            guard RootCommand.exitCode(for: error).isSuccess else {
                reporter.line(text)
                return .usage
            }
            return reporter.result(Array(text.utf8) + [ASCII.newline])
        }
    }
}

/// A command of verb mode.
protocol Verb: ParsableCommand {
    /// Throws a `CommandFailure`, or a `ValidationError` for a command line
    /// that makes no sense.
    func execute(in surroundings: Surroundings) throws -> ExitStatus
}

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verictl",
        abstract: "Which files may run, what they must hash to, and what they may then do.",
        discussion: """
            Rules are lines of nine fields in /etc/verictl.d. Command lines of verictl 2 (-l -f FILE \
            and so on) are taken too: verictl -h lists them.

            Exit status: 0 done or yes, 1 the answer is no, 2 usage, 3 rules do not parse, 4 the kernel \
            refused, 5 no clip or no device, 6 file or I/O error.
            """,
        version: VerictlTool.version,
        subcommands: [
            CheckCommand.self, CompileCommand.self, GenCommand.self, LoadCommand.self, UnloadCommand.self,
            ShowCommand.self, ExplainCommand.self, StatusCommand.self, FeaturesCommand.self, EventsCommand.self,
            ContextCommand.self, LevelCommand.self, UpdateContextCommand.self, EnableCommand.self,
            DisableCommand.self, MountsCommand.self,
        ])
}

/// An argument as the bytes that it is; see `ArgumentText`.
struct ByteArgument: ExpressibleByArgument {
    var bytes: [UInt8]

    init(argument: String) {
        bytes = ArgumentText.decode(argument)
    }

    var path: BytePath { BytePath(bytes) }

    var defaultValueDescription: String { DisplayText.of(bytes) }
}
