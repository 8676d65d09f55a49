// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Mounts
package import SystemIO
package import Tool

/// Everything that a command touches besides the files it is given. Tests put
/// their own in its place.
package struct HardenctlSurroundings {
    package var environment: Environment
    /// Directories of rules; the first one that exists counts.
    package var ruleDirectories: [BytePath]
    package var machine = Machine()
    /// Runs a program; see `Process.run`.
    package var runProgram: ([[UInt8]], [String], BytePath) -> Result<Int32, Errno>

    package init(
        _ environment: Environment, ruleDirectories: [BytePath],
        runProgram: @escaping ([[UInt8]], [String], BytePath) -> Result<Int32, Errno> = Self.run
    ) {
        self.environment = environment
        self.ruleDirectories = ruleDirectories
        self.runProgram = runProgram
    }

    package static func run(
        _ words: [[UInt8]], without variables: [String], output: BytePath
    ) -> Result<Int32, Errno> {
        Result { () throws(Errno) in try Process.run(words, without: variables, output: output) }
    }

    var reporter: Reporter { Reporter(environment) }

    /// The surroundings of this process. A program that has rights which its
    /// caller lacks looks for rules only where an administrator put them.
    package static func system() -> HardenctlSurroundings {
        let own = Process.isPrivileged ? nil : Process.executable?.parent.appending(Array("hardening".utf8))
        return HardenctlSurroundings(
            .system(program: "hardenctl"), ruleDirectories: [own, "/usr/share/clip/hardening"].compactMap(\.self))
    }
}

/// Where the running machine shows its state.
package struct Machine {
    package var commandLine: BytePath = "/proc/cmdline"
    package var sysctls: BytePath = "/proc/sys"
    /// The version of the kernel, for the name of its configuration.
    package var release: BytePath = "/proc/sys/kernel/osrelease"
    package var boot: BytePath = "/boot"
    package var modules: BytePath = "/sys/kernel/security/lsm"
    package var lockdown: BytePath = "/sys/kernel/security/lockdown"
    package var mounts = MountSources()
    /// Where the search for set-user-id files begins.
    package var root: BytePath = "/"

    package init() {}
}
