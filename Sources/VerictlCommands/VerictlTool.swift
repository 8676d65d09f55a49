// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
package import Loading
import SystemIO
import Tool

/// The tool without the process around it.
package enum VerictlTool {
    /// Version of the tool; the interface to the kernel has its own.
    package static let version = "3.0.0"

    /// Runs one command line (without the program's name) and returns its exit
    /// status.
    package static func run(_ arguments: [[UInt8]], in surroundings: Surroundings) -> Int32 {
        if LegacyMode.isMeant(by: arguments) { return LegacyMode.run(arguments, in: surroundings) }
        if let act = QuickStart.act(for: arguments) {
            return CommandLineRun.perform(act, arguments, in: surroundings, reporter: surroundings.reporter).rawValue
        }
        return CommandLineRun.run(RootCommand.self, arguments, in: surroundings, reporter: surroundings.reporter)
            .rawValue
    }

    /// Runs the command line of this process and ends it.
    package static func main() -> Never {
        Process.exit(run(Process.arguments(), in: .system()))
    }
}

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verictl",
        abstract: "Manage the files that may run, their digests, and what they are granted.",
        discussion: """
            Rules are lines of nine fields in /etc/verictl.d. The command lines of verictl 2 \
            (-l -f FILE and so on) are accepted too; verictl -h lists them.

            Exit status: 0 done or yes, 1 the answer is no, 2 usage, 3 rules do not parse, 4 the kernel \
            refused, 5 no clip or no device, 6 file or I/O error.
            """,
        version: VerictlTool.version,
        subcommands: [
            CheckCommand.self, CompileCommand.self, SignCommand.self, GenCommand.self, LoadCommand.self,
            UnloadCommand.self, ShowCommand.self, ExplainCommand.self, StatusCommand.self, FeaturesCommand.self,
            EventsCommand.self, ContextCommand.self, LevelCommand.self, UpdateContextCommand.self, EnableCommand.self,
            DisableCommand.self, LockCommand.self, BootCommand.self, DiffCommand.self, VerifyCommand.self,
            DoctorCommand.self, ReportCommand.self, MountsCommand.self, PackageCommand.self, LearnCommand.self,
            SuggestCommand.self, AllowCommand.self, RunAllowedCommand.self, PermissiveCommand.self,
        ])
}
