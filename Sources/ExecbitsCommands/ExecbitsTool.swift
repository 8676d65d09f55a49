// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import SystemIO
import Tool

/// The tool execbits, apart from the process around it.
package enum ExecbitsTool {
    /// Runs one command line, which is without the name of the program, and
    /// returns its exit status.
    package static func run(_ arguments: [[UInt8]], in surroundings: ExecbitsSurroundings) -> Int32 {
        CommandLineRun.run(
            ExecbitsCommand.self, arguments, in: surroundings, reporter: surroundings.reporter
        ).rawValue
    }

    /// Runs the command line of this process and ends it.
    package static func main() -> Never {
        Process.exit(run(Process.arguments(), in: .system()))
    }
}

struct ExecbitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "execbits",
        abstract: "The securebits that interpreters obey.",
        discussion: """
            An interpreter that supports it asks the kernel before it interprets a file. Two securebits of the \
            process say whether it obeys the answer: EXEC_RESTRICT_FILE for files that are named, sourced or \
            imported, and EXEC_DENY_INTERACTIVE for commands from anywhere else. All programs that the process \
            starts inherit the bits; once locked, they cannot be taken back.

            Exit status: 0 done or yes, 1 the answer is no, 2 usage, 4 the kernel refused, 5 the kernel does not \
            know the bits, 126 the command cannot be run, 127 it was not found; otherwise that of the command.
            """,
        version: "1.0.0",
        subcommands: [ShowCommand.self, SetCommand.self])
}
