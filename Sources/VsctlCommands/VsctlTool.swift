// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import SystemIO
import Tool

/// The tool vsctl, apart from the process around it.
package enum VsctlTool {
    /// The version of the tool.
    package static let version = "3.0.0"

    /// Runs one command line, which is without the name of the program, and
    /// returns its exit status.
    package static func run(_ arguments: [[UInt8]], in surroundings: VsctlSurroundings) -> Int32 {
        if let status = PlainOrder.run(arguments, in: surroundings) { return status.rawValue }
        let words = OldOrder.isMeant(by: arguments) ? OldOrder.translated(arguments) : arguments
        return CommandLineRun.run(VsctlCommand.self, words, in: surroundings, reporter: surroundings.reporter).rawValue
    }

    /// Runs the command line of this process and ends it.
    package static func main() -> Never {
        Process.exit(run(Process.arguments(), in: .system()))
    }
}

struct VsctlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vsctl",
        abstract: "Containers: contexts with namespaces, a tree of files and a program.",
        discussion: """
            A jail is described by /etc/jails/NAME.conf, see vsctl.conf(5), or by the files that the old vsctl read \
            in /etc/jails/NAME/. Its command lines, vsctl [OPTION]... JAIL COMMAND, are accepted too.

            Exit status: 0 done or yes, 1 the answer is no, 2 usage, 3 a jail file does not parse or is refused by \
            a check, 4 the kernel refused, 5 no clip, or a request that this kernel does not know, 6 file or I/O \
            error. enter, exec, run and watch end as the program that they run.
            """,
        version: VsctlTool.version,
        subcommands: [
            CheckCommand.self, PlanCommand.self, StartCommand.self, SetupCommand.self, EndSetupCommand.self,
            EnterCommand.self, ExecCommand.self, RunCommand.self, StopCommand.self, KillCommand.self,
            ListCommand.self, ShowCommand.self, StatusCommand.self, WatchCommand.self, AddrCommand.self,
            ArmCommand.self, BindCommand.self, LogsCommand.self, ImportCommand.self,
        ])
}
