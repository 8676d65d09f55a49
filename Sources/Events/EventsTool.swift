// SPDX-License-Identifier: LGPL-2.1-or-later

import Arguments
import SystemIO
import Tool

/// The tool verictl-events, which `verictl events` runs, apart from the process
/// around it.
package enum EventsTool {
    /// Runs one command line, which is without the name of the program.
    static func run(_ arguments: [[UInt8]], in surroundings: EventsSurroundings) -> ExitStatus {
        CommandLineRun.run(EventsCommand.self, arguments, in: surroundings, reporter: surroundings.reporter)
    }

    /// Runs the command line of this process and ends it.
    package static func main() -> Never {
        Process.exit(run(Process.arguments(), in: .system()).rawValue)
    }
}

/// Everything that the tool touches. Tests put their own in its place.
struct EventsSurroundings {
    var environment: Environment
    /// Joins the group of refusals and changes, and the groups of grants and of
    /// creations if they are wanted.
    var listen: (_ withGrants: Bool, _ withCreations: Bool) throws(ListenFailure) -> any EventStream

    var reporter: Reporter { Reporter(environment) }

    /// The surroundings of this process. Messages begin with the name of the
    /// command that the user typed.
    static func system() -> EventsSurroundings {
        EventsSurroundings(
            environment: .system(program: "verictl"),
            listen: { withGrants, withCreations throws(ListenFailure) in
                try EventSocket(withGrants: withGrants, withCreations: withCreations)
            })
    }
}
