// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import DevicePolicy
import SystemIO
import TestSupport
import Testing

@Suite struct DevctlToolTests {
    @Test func loadSendsAllOrNothing() {
        let tool = DevctlRun()
        #expect(tool.run("load", "--rule", "8 0 15 1 r", "--rule", "8 1 0 2 -").status == 0)
        #expect(tool.twin?.commits.map { $0.rules.map(\.text) } == [["8 0 15 1 r", "8 1 0 2 -"]])
        #expect(tool.twin?.commits.map(\.mode) == [.add])
        #expect(tool.run("load", "--rule", "8 0 15 1 r", "--rule", "8 1").status == 3)
        #expect(tool.run("load", "--rule", "8 0 15 1 r", "--rule", "8 1 0 1 w").status == 3)
        #expect(tool.twin?.commits.count == 1)
    }

    @Test func allReplaces() {
        let directory = TemporaryDirectory()
        directory.write("a", "8 0 15 1 r\n")
        directory.write("b", "8 1 0 2 -")  // no newline at the end
        directory.write("b~", "8 2 0 2 -\n")
        var tool = DevctlRun()
        tool.directory = directory.path
        #expect(tool.run("load", "--all", "-n").status == 0)
        #expect(tool.twin?.commits.map(\.mode) == [.replace])
        #expect(tool.twin?.commits.map(\.options) == [.dryRun])
        #expect(tool.twin?.commits.map { $0.rules.map(\.text) } == [["8 0 15 1 r", "8 1 0 2 -"]])
        tool.twin?.live.rules = [DeviceRule(number(8, 0), range: 15, priority: 1, permissions: .read)]
        let (status, output) = tool.run("diff")
        #expect(status == 1)
        #expect(output.resultText == "+ 8 1 0 2 -\n")
    }

    @Test func unloadIsIdempotent() {
        var tool = DevctlRun()
        tool.input = "8 1 0 2 rw\n"
        #expect(tool.run("unload", "-f", "-").status == 0)
        #expect(tool.twin?.commits.map(\.mode) == [.remove])
        #expect(tool.twin?.commits.map(\.options) == [.skipMissing])
    }

    @Test func refusalNamesRuleAndSysctl() {
        let tool = DevctlRun()
        var refusal = CommitOutcome()
        refusal.error = .notPermitted
        refusal.reason = .immutable
        tool.twin?.refusal = refusal
        let (status, output) = tool.run("load", "--rule", "8 0 15 1 r")
        #expect(status == 4)
        #expect(output.messages.contains("kernel.clip.mount"))
        refusal.reason = .deviceTie
        refusal.error = .invalid
        refusal.results = [CommitResult(index: 0, error: .invalid, reason: .deviceTie, isSkipped: false)]
        tool.twin?.refusal = refusal
        #expect(
            tool.run("load", "--rule", "8 0 15 1 r").output.messages.contains(
                "<argument>:1: error: '8 0 15 1 r'"))
    }

    @Test func withoutKernel() {
        var tool = DevctlRun()
        tool.twin = nil
        #expect(tool.run("show").status == 5)
        tool.openError = .accessDenied
        #expect(tool.run("load", "--rule", "8 0 15 1 r").status == 4)
        #expect(tool.run("check", "--rule", "8 0 15 1 r").status == 0)
    }

    @Test(arguments: [
        ["frobnicate"], ["load"], ["load", "--bogus"], ["load", "--rule"], ["explain"], ["resolve", "x"],
    ])
    func usage(_ words: [String]) {
        let tool = DevctlRun()
        let output: Int32 =
            switch words.count {
            case 1: tool.run(words[0]).status
            default: tool.run(words[0], words[1]).status
            }
        #expect(output == 2)
    }

    @Test func mounts() {
        let directory = TemporaryDirectory()
        let good = directory.write("good", "1 0 8:3 / /home rw,noexec - ext4 /dev/sda3 rw\n").description
        let bad = directory.write("bad", "1 0 8:3 / /home rw - ext4 /dev/sda3 rw\n").description
        let table = directory.write("devices", "8 0 15 1 rw\n").description
        #expect(DevctlRun().run("mounts", "--mountinfo", good).status == 0)
        let (status, output) = DevctlRun().run("mounts", "--mountinfo", bad)
        #expect(status == 1)
        #expect(output.resultText.hasPrefix("/home (ext4 on 8:3): writable and executable; hint: mount with noexec"))
        #expect(DevctlRun().run("mounts", "--mountinfo", bad, "--devices", table, "--locked").status == 0)
        #expect(DevctlRun().run("mounts", "--mountinfo", good, "--suid").status == 1)
        #expect(
            DevctlRun().run("mounts", "--json", "--mountinfo", bad).output.resultText.hasPrefix(
                #"{"schema":1,"locked":false"#))
        #expect(DevctlRun().run("mounts", "--mountinfo", "/nonexistent").status == 6)
        #expect(DevctlRun().run("mounts", "--mountinfo", table).status == 3)
        #expect(DevctlRun().run("mounts", "word").status == 2)
        #expect(DevctlRun().run("show", "--mountinfo", good).status == 2)
    }

    @Test func explain() {
        var tool = DevctlRun()
        tool.nodes["/dev/sda1"] = number(8, 1)
        tool.twin?.live.rules = [DeviceRule(number(8, 0), range: 15, priority: 1, permissions: [.read])]
        tool.twin?.live.isLocked = true
        #expect(tool.run("explain", "/dev/sda1").output.resultText == "8:1: r, by rule '8 0 15 1 r'\n")
        #expect(tool.run("explain", "/dev/sda1", "--want", "r").status == 0)
        let (status, output) = tool.run("explain", "8:1", "--want", "rw")
        #expect(status == 1)
        #expect(output.resultText == "8:1: r, by rule '8 0 15 1 r'; lacks w\n")
        #expect(tool.run("explain", "9:1", "--want", "rw").status == 0)
        #expect(tool.run("explain", "/dev/sdb").status == 6)
        #expect(tool.run("explain", "8:1", "--want", "q").status == 2)
        #expect(tool.run("status").status == 0)
        #expect(tool.run("show").output.resultText == "8 0 15 1 r\n")
    }
}
