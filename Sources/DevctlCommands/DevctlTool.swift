// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import SystemIO
import Tool

/// The tool devctl, apart from the process around it.
package enum DevctlTool {
    /// The version of the tool; the interface to the kernel has its own.
    package static let version = "3.0.0"

    /// Runs one command line, which is without the name of the program, and
    /// returns its exit status.
    package static func run(_ arguments: [[UInt8]], in surroundings: DevctlSurroundings) -> Int32 {
        if LegacyMode.isMeant(by: arguments) { return LegacyMode.run(arguments, in: surroundings) }
        return CommandLineRun.run(
            DevctlCommand.self, arguments, in: surroundings, reporter: surroundings.reporter
        ).rawValue
    }

    /// Runs the command line of this process and ends it.
    package static func main() -> Never {
        Process.exit(run(Process.arguments(), in: .system()))
    }
}

struct DevctlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devctl",
        abstract: "What block devices may be used for, once kernel.clip.mount is 0.",
        discussion: """
            A rule is "MAJOR MINOR RANGE PRIORITY LETTERS" or "SELECTOR PRIORITY LETTERS". The letters are r (read), \
            w (write), d (device nodes), x (execute) and s (set-user-id and grants), or - for none. A selector is \
            root-disk, boot, /dev/..., disk:/dev/..., dm:NAME, dm:PREFIX*, UUID=... or LABEL=...

            The command lines of the old devctl are accepted too: devctl -h lists them.

            Exit status: 0 done or yes, 1 the answer is no, 2 usage, 3 rules do not parse or resolve, 4 the kernel \
            refused, 5 no clip or no device, 6 file or I/O error.
            """,
        version: DevctlTool.version,
        subcommands: [
            CheckCommand.self, LoadCommand.self, UnloadCommand.self, ShowCommand.self, DiffCommand.self,
            StatusCommand.self, ExplainCommand.self, ResolveCommand.self, LockCommand.self, MountsCommand.self,
        ])
}
