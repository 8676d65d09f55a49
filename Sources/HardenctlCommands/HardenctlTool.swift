// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import SystemIO
import Tool

/// The tool hardenctl, apart from the process around it.
package enum HardenctlTool {
    package static let version = "1.0.0"

    /// Runs one command line, which is without the name of the program, and
    /// returns its exit status.
    package static func run(_ arguments: [[UInt8]], in surroundings: HardenctlSurroundings) -> Int32 {
        CommandLineRun.run(
            HardenctlCommand.self, arguments, in: surroundings, reporter: surroundings.reporter
        ).rawValue
    }

    /// Runs the command line of this process and ends it.
    package static func main() -> Never {
        Process.exit(run(Process.arguments(), in: .system()))
    }
}

struct HardenctlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hardenctl",
        abstract: "Kernel options, command line and sysctls of a hardened system, in sets.",
        discussion: """
            A set asks for options of the kernel, each with a reason. A composition is a name for several sets. The \
            forbidden options, the command line and the sysctls count for all of them; a set whose name begins with \
            "test-" may change them, which is always reported. hardenctl list prints all names.

            Exit status: 0 done or yes, 1 the answer is no, 2 usage, 3 rules do not parse, or sets do not compose, \
            6 file or I/O error.
            """,
        version: HardenctlTool.version,
        subcommands: [
            ComposeCommand.self, CheckCommand.self, ExplainCommand.self, DiffCommand.self, ListCommand.self,
        ])
}
