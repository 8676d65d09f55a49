// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import SystemIO
import TestSupport
import Testing

@Suite struct DevctlLegacyTests {
    @Test func forms() {
        let tool = DevctlRun()
        #expect(tool.run("-c", "8 0 15 1 r").status == 0)
        #expect(tool.run("-c8 0 15 2 r", "-u").status == 0)
        #expect(tool.twin?.commits.map(\.mode) == [.add, .remove])
        #expect(tool.run("-v").output.resultText.hasPrefix("devctl - Version "))
        #expect(tool.run("-h").status == 0)
    }

    /// Q17 to Q19: no crash, no shifted field, no error behind the last line.
    @Test func oldFaults() {
        let directory = TemporaryDirectory()
        let tool = DevctlRun()
        #expect(tool.run("-c", "8 0").status == 1)
        #expect(tool.run("-c", "").status == 1)
        #expect(tool.run("-c", "8 0 15 1").status == 1)
        for (name, text) in [("a", "8 0 15 1 r\n"), ("b", "8 0 15 1 r"), ("c", ""), ("d", "# nothing\n")] {
            let file = directory.write(BytePath(name.utf8), text)
            #expect(tool.run("-f", file.description).status == 0)
        }
        let file = directory.write("e", "8 0 15 1 r\n8 0\n")
        let before = tool.twin?.commits.count
        #expect(tool.run("-f", file.description).status == 1)
        #expect(tool.twin?.commits.count == before)
    }

    @Test func exclusive() {
        let tool = DevctlRun()
        #expect(tool.run("-c", "8 0 15 1 r", "-c", "8 0 15 2 r").status == 1)
        #expect(tool.run("-u").status == 1)
        #expect(tool.run("-x").status == 1)
        #expect(tool.run("-f").status == 1)
        #expect(tool.run("-f", "/nonexistent").status == 1)
        #expect(tool.twin?.commits.isEmpty == true)
    }

    /// The letters are read by getopt(3), as the original read them.
    @Test(arguments: [
        ["-uc", "8 0 15 1 r"], ["-uc8 0 15 1 r"], ["-c", "8 0 15 1 r", "stray", "-u"],
        ["-u", "stray", "-c", "8 0 15 1 r"],
        ["-u", "-c", "8 0 15 1 r", "--", "-x"],
    ])
    func unloading(_ arguments: [String]) {
        let devctl = DevctlRun()
        #expect(devctl.run(bytes: arguments.map { Array($0.utf8) }).status == 0)
        #expect(devctl.twin?.commits.map(\.mode) == [.remove])
        #expect(devctl.twin?.commits.map(\.options) == [[]])
    }

    @Test func helpActsWhenItIsReached() {
        let devctl = DevctlRun()
        let (status, output) = devctl.run("-hx", "-c")
        #expect(status == 0)
        #expect(output.resultText.hasPrefix("usage: devctl [-u] (-c RULE | -f FILE)\n"))
        #expect(devctl.run("-xh").status == 1)
        #expect(devctl.twin?.commits.isEmpty == true)
    }

    /// The status is 0 or 1 only, whatever the failure.
    @Test func statusIsZeroOrOne() {
        var devctl = DevctlRun(twin: nil)
        #expect(devctl.run("-c", "8 0 15 1 r").status == 1)
        devctl.openError = .accessDenied
        #expect(devctl.run("-c", "8 0 15 1 r").status == 1)
        devctl = DevctlRun()
        var refusal = CommitOutcome()
        refusal.error = .notPermitted
        refusal.reason = .immutable
        devctl.twin?.refusal = refusal
        let (status, output) = devctl.run("-c", "8 0 15 1 r")
        #expect(status == 1)
        #expect(output.messages.contains("(immutable); hint: the table is locked until the next boot"))
    }

    @Test func errors() {
        let devctl = DevctlRun()
        #expect(
            devctl.run("-x").output.messages
                == "devctl: error: unknown option -x; hint: devctl -h lists the options\n")
        #expect(
            devctl.run("-u", "-c").output.messages
                == "devctl: error: option -c needs an argument; hint: devctl -h lists the options\n")
    }

    /// No letter locks the table, so that an old script cannot lock an empty one
    /// by devctl.
    @Test func noLetterLocks() {
        let devctl = DevctlRun()
        for letter in "abdegijklmnopqrstwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
            #expect(devctl.run("-\(letter)").status == 1)
        }
        #expect(devctl.run("-c", "8 0 15 1 r").status == 0)
        #expect(devctl.twin?.locks == 0)
    }
}
