// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO

/// The whole tool but for the process around it.
package enum DevctlTool {
    package static let version = "3.0.0"

    static let help = """
        usage: devctl VERB [OPTION]... [ARGUMENT]...
        What block devices may be used for, once kernel.clip.mount is 0.

          check [PATH]...                  read rules and say what is wrong with them
          load --all | -f PATH | --rule R  hand rules to the kernel; --all replaces the table
          unload --all | -f PATH | --rule R  take rules out of the table
          show                             print the table in force, as rules
          diff                             compare it with /etc/devctl.d; 1 if they differ
          status                           is it enforced, and how many rules are in it
          explain DEVICE [--want LETTERS]  which rule counts, and whether it allows that
          resolve SELECTOR                 the numbers that a selector stands for
          mounts [OPTION]...               mounts that are writable and executable; as verictl mounts

        -n, --dry-run      load, unload: let the kernel check, and change nothing
        --skip-missing     leave out selectors that stand for nothing
        --json             check, show, diff, status, explain, resolve, mounts
        --all, --suid, --dev, --locked, --strict, --mountinfo FILE, --devices FILE: mounts

        A rule is "MAJOR MINOR RANGE PRIORITY LETTERS" or "SELECTOR PRIORITY LETTERS". Letters: r read,
        w write, d device nodes, x execute, s set-user-id and grants; - for none. Selectors: root-disk,
        boot, /dev/..., disk:/dev/..., dm:NAME, dm:PREFIX*, UUID=..., LABEL=...

        The old forms: devctl [-u] (-c RULE | -f FILE), -h, -v.

        Exit status: 0 done or yes, 1 the answer is no, 2 usage, 3 rules do not parse or resolve, 4 the
        kernel refused, 5 no clip or no device, 6 file or I/O error.

        """

    /// Runs one command line (without the program's name) and answers its exit
    /// status.
    package static func run(_ arguments: [[UInt8]], in surroundings: DevctlSurroundings) -> Int32 {
        guard let first = arguments.first else {
            surroundings.writeMessage(help)
            return DevctlStatus.usage.rawValue
        }
        if first.count > 1, first[0] == ASCII.minus, first[1] != ASCII.minus {
            return DevctlLegacy.run(arguments, in: surroundings)
        }
        let run = DevctlRun(surroundings)
        do throws(DevctlFailure) {
            return try run.perform(String(decoding: first, as: UTF8.self), arguments.dropFirst()).rawValue
        } catch {
            run.error(error.message, hint: error.hint)
            return error.status.rawValue
        }
    }

    /// Runs the command line of this process and ends it.
    package static func main() -> Never {
        Process.exit(run(Process.arguments(), in: .system()))
    }
}

/// Something that ends a command, with the exit status it calls for.
struct DevctlFailure: Error {
    var status: DevctlStatus
    var message: String
    var hint: String?
}
