// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Mounts
import SystemIO
import TestSupport
import Testing
import Tool

@testable import HardenctlCommands

/// One run of hardenctl with everything around it replaced. `make` is the answer
/// of a kernel tree; nil for a make that fails.
struct HardenctlRun {
    let directory = TemporaryDirectory()
    var make: String? = ""
    var input = ""
    var terminal = false

    init() {
        directory.makeDirectory("rules")
        directory.makeDirectory("rules/sets")
        directory.makeDirectory("tree")
        directory.write("tree/Kconfig", "config A\n\tbool \"A\"\n\tdepends on B\nconfig B\n\tbool \"B\"\n")
        directory.write("rules/forbidden", "F - Why.\n")
        directory.write("rules/cmdline", "# P.\n\n# R.\npti=on\n\n# R.\nlockdown=integrity\n")
        directory.write("rules/sysctl", "# S.\n\n# R.\nkernel.a = 1\n\n# R.\n-kernel.b = 0\n")
        directory.write("rules/compositions", "# C.\n\n# R.\nprotection: one\n")
        directory.write("rules/sets/one.config", "# One.\n\n# Because.\nCONFIG_A=y\n\n# R.\nCONFIG_SECURITY_YAMA=y\n")
        directory.write("rules/sets/test-soft.cmdline", "# Soft.\n\n# R.\npti=off\n")
        directory.write("rules/sets/test-soft.config", "# Soft.\n")
    }

    func path(_ name: String) -> String { directory.path.description + "/" + name }

    /// The machine without a fault.
    func goodMachine() {
        for name in ["boot", "sys", "sys/kernel", "root"] { directory.makeDirectory(BytePath(name.utf8)) }
        directory.write("boot/config-6.12", "CONFIG_A=y\nCONFIG_SECURITY_YAMA=y\n")
        directory.write("cmdline", "pti=on lockdown=integrity\n")
        directory.write("sys/kernel/osrelease", "6.12\n")
        directory.write("sys/kernel/a", "1\n")
        directory.write("lsm", "capability,yama")
        directory.write("lockdown", "none [integrity] confidentiality\n")
        directory.write("mountinfo", "1 0 254:0 / / ro - ext4 /dev/vda ro\n")
    }

    func run(_ arguments: String...) -> (status: Int32, output: Capture) {
        let output = Capture()
        let (make, input) = (make, input)
        var surroundings = HardenctlSurroundings(
            Environment(
                program: "hardenctl", output: output,
                readStandardInput: { () throws(Errno) in Array(input.utf8) },
                resultsToTerminal: terminal, messagesToTerminal: terminal, usesColour: terminal),
            ruleDirectories: [BytePath("/nonexistent".utf8), directory.path.appending(Array("rules".utf8))],
            runProgram: { words, _, log in
                guard let make else {
                    try? Files.write(Array("make: no\n".utf8), to: log)
                    return .success(2)
                }
                let prefix = Array("KCONFIG_CONFIG=".utf8)
                for word in words where word.starts(with: prefix) {
                    try? Files.write(Array(make.utf8), to: BytePath(word.dropFirst(prefix.count)))
                }
                return .success(0)
            })
        surroundings.machine.boot = directory.path.appending(Array("boot".utf8))
        surroundings.machine.sysctls = directory.path.appending(Array("sys".utf8))
        surroundings.machine.release = directory.path.appending(Array("sys/kernel/osrelease".utf8))
        surroundings.machine.commandLine = directory.path.appending(Array("cmdline".utf8))
        surroundings.machine.modules = directory.path.appending(Array("lsm".utf8))
        surroundings.machine.lockdown = directory.path.appending(Array("lockdown".utf8))
        surroundings.machine.root = directory.path.appending(Array("root".utf8))
        surroundings.machine.mounts.mountinfo = directory.path.appending(Array("mountinfo".utf8))
        surroundings.machine.mounts.openDevice = { () throws(Errno) in throw .noEntry }
        return (HardenctlTool.run(arguments.map { Array($0.utf8) }, in: surroundings), output)
    }
}

@Suite struct ComposeTests {
    @Test func aGoodResultIsPrinted() {
        var run = HardenctlRun()
        run.make = "CONFIG_A=y\nCONFIG_B=y\nCONFIG_SECURITY_YAMA=y\n"
        let (status, output) = run.run("compose", "--source", run.path("tree"), "one")
        #expect(status == 0)
        #expect(output.resultText == run.make)
    }

    @Test func aMissingLineIsNamedAndNothingIsWritten() {
        var run = HardenctlRun()
        run.make = "CONFIG_SECURITY_YAMA=y\n"
        run.directory.write("out", "old")
        let (status, output) = run.run("compose", "--source", run.path("tree"), "-o", run.path("out"), "one")
        #expect(status == 3)
        #expect(
            output.messages.contains(
                "sets/one.config:4: CONFIG_A=y is missing; it is n; depends on B (B is n and in no set)"))
        #expect(output.resultText.isEmpty)
        #expect((try? Files.read(run.directory.path.appending(Array("out".utf8)))) == Array("old".utf8))
    }

    @Test func aForbiddenOptionIsNamed() {
        var run = HardenctlRun()
        run.make = "CONFIG_A=y\nCONFIG_SECURITY_YAMA=y\nCONFIG_F=m\n"
        let (status, output) = run.run("compose", "--source", run.path("tree"), "one")
        #expect(status == 3)
        #expect(output.messages.contains("CONFIG_F=m is forbidden by forbidden:1: Why"))
    }

    @Test func aFailingMakeShowsItsLastLines() {
        var run = HardenctlRun()
        run.make = nil
        let (status, output) = run.run("compose", "--source", run.path("tree"), "one")
        #expect(status == 6)
        #expect(output.messages.contains("| make: no"))
    }

    @Test func commandLineAndSysctls() {
        let run = HardenctlRun()
        #expect(run.run("compose", "--cmdline", "one").output.resultText == "pti=on lockdown=integrity\n")
        let soft = run.run("compose", "--cmdline", "one", "test-soft")
        #expect(soft.output.resultText == "lockdown=integrity pti=off\n")
        #expect(soft.output.messages.contains("note: sets/test-soft.cmdline:4: pti=off instead of pti=on"))
        #expect(run.run("compose", "--sysctl", "one").output.resultText == "# R.\nkernel.a = 1\n# R.\n-kernel.b = 0\n")
    }

    @Test func usage() {
        let run = HardenctlRun()
        #expect(run.run("compose", "one").status == 2)
        #expect(run.run("compose", "--cmdline", "--sysctl", "one").status == 2)
        #expect(run.run("compose", "--cmdline").status == 2)
        let near = run.run("compose", "--cmdline", "oen")
        #expect(near.status == 2)
        #expect(near.output.messages.contains("hint: one"))
        #expect(run.run("compsoe").output.messages.contains("hint: compose"))
        #expect(run.run().status == 2)
    }
}

@Suite struct CheckTests {
    @Test func aMachineWithoutAFault() {
        let run = HardenctlRun()
        run.goodMachine()
        let (status, output) = run.run("check")
        #expect(status == 0)
        #expect(output.resultText.isEmpty)
        #expect(output.messages == "11 rules: 11 hold, 0 do not\n")
        #expect(run.run("check", "--all").output.resultText.split(separator: "\n").count == 11)
    }

    /// Each subject of the running machine, softened.
    @Test(arguments: [
        ("boot/config-6.12", "CONFIG_A=y\n", "no config CONFIG_SECURITY_YAMA: is n, wanted y"),
        ("boot/config-6.12", "CONFIG_A=y\nCONFIG_SECURITY_YAMA=y\nCONFIG_F=y\n", "no config CONFIG_F: is y, wanted n"),
        ("cmdline", "pti=off lockdown=integrity", "no cmdline pti: is off, wanted on"),
        ("sys/kernel/a", "0\n", "no sysctl kernel.a: is 0, wanted 1"),
        ("sys/kernel/b", "1\n", "no sysctl kernel.b: is 1, wanted 0"),
        ("lsm", "capability", "no lsm yama: is not active, wanted active"),
        ("lockdown", "[none] integrity", "no lockdown lockdown: is none, wanted integrity"),
        ("mountinfo", "1 0 254:0 / / rw - ext4 /dev/vda rw\n", "no mounts /: is writable and executable"),
    ])
    func oneFault(file: String, content: String, line: String) {
        let run = HardenctlRun()
        run.goodMachine()
        run.directory.write(BytePath(file.utf8), content)
        let (status, output) = run.run("check")
        #expect(status == 1)
        #expect(output.resultText.hasPrefix(line), "\(output.resultText)")
        #expect(output.resultText.split(separator: "\n").count == 1)
    }

    @Test func setuidFiles() {
        let run = HardenctlRun()
        run.goodMachine()
        run.directory.makeDirectory("root/bin")
        run.directory.write("root/bin/su", "x", mode: 0o4755)
        run.directory.write("root/bin/wall", "x", mode: 0o2755)
        run.directory.write("root/bin/plain", "x", mode: 0o755)
        run.directory.write("root/bin/lock", "x", mode: 0o2644)
        run.directory.makeLink("root/bin/link", to: "su")
        let (status, output) = run.run("check", "--only", "setuid")
        #expect(status == 1)
        let lines = output.resultText.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].contains("/bin/su: is set-user-id") && lines[1].contains("/bin/wall: is set-group-id"))
        // The bits have no effect on a mount with nosuid.
        run.directory.write(
            "mountinfo",
            "1 0 254:0 / / ro - ext4 /dev/vda ro\n2 1 254:1 / \(run.path("root/bin")) ro,nosuid - ext4 /dev/vdb ro\n")
        #expect(run.run("check", "--only", "setuid").status == 0)
    }

    @Test func whatCannotBeReadIsNoSuccess() {
        let run = HardenctlRun()
        run.goodMachine()
        try? Files.remove(run.directory.path.appending(Array("boot/config-6.12".utf8)))
        let (status, output) = run.run("check")
        #expect(status == 6)
        #expect(output.messages.contains("the configuration of the running kernel"))
        #expect(output.messages.contains("hint: --config FILE"))
        // The other subjects are still looked at.
        #expect(output.messages.contains("8 rules: 8 hold"))
    }

    @Test func namedFilesOnly() {
        var run = HardenctlRun()
        run.input = "CONFIG_A=y\n"
        let (status, output) = run.run("check", "--config", "-")
        #expect(status == 1)
        #expect(output.messages == "3 rules: 2 hold, 1 do not\n")
        let dump = run.directory.write("dump", "kernel.a = 1\nkernel.b = 3\n").description
        #expect(run.run("check", "--sysctl", dump).output.messages == "2 rules: 1 hold, 1 do not\n")
    }

    @Test func json() {
        let run = HardenctlRun()
        run.goodMachine()
        run.directory.write("cmdline", "pti=off lockdown=integrity")
        let (status, output) = run.run("check", "--json")
        #expect(status == 1)
        #expect(output.resultText.hasPrefix("{\"schema\":1,\"sets\":[\"one\"],\"rules\":11,\"broken\":1,"))
        #expect(output.resultText.contains("\"subject\":\"pti\",\"found\":\"off\",\"wanted\":\"on\",\"holds\":false"))
    }

    @Test func colourOnATerminalOnly() {
        var run = HardenctlRun()
        run.goodMachine()
        run.directory.write("lsm", "capability")
        #expect(!run.run("check").output.resultText.contains("\u{1b}"))
        run.terminal = true
        #expect(run.run("check").output.resultText.hasPrefix("\u{1b}[1;31mno\u{1b}[0m lsm yama"))
    }

    @Test func usage() {
        let run = HardenctlRun()
        let (status, output) = run.run("check", "--only", "mount")
        #expect(status == 2)
        #expect(output.messages.contains("hint: mounts"))
    }
}

@Suite struct AnswerTests {
    @Test func explain() {
        let run = HardenctlRun()
        for name in ["CONFIG_A", "A", "a", "kernel.a", "kernel/a", "pti", "pti=off", "F"] {
            #expect(run.run("explain", name).status == 0, "\(name)")
        }
        #expect(
            run.run("explain", "A").output.resultText == """
                CONFIG_A
                wanted  y
                set     one
                why     Because.
                change  compose the kernel with the set one
                rule    sets/one.config:4

                """)
        let near = run.run("explain", "SECURITY_YMA")
        #expect(near.status == 2 && near.output.messages.contains("hint: SECURITY_YAMA"))
        #expect(run.run("explain", "--json", "F").output.resultText.contains("\"wanted\":\"n\",\"set\":\"all\""))
    }

    @Test func diff() {
        let run = HardenctlRun()
        run.directory.write("a.config", "CONFIG_A=y\nCONFIG_SECURITY_YAMA=y\nCONFIG_X=m\n")
        run.directory.write("b.config", "CONFIG_A=y\n# CONFIG_SECURITY_YAMA is not set\n")
        let (status, output) = run.run("diff", run.path("a.config"), run.path("b.config"))
        #expect(status == 1)
        #expect(output.resultText == "- CONFIG_SECURITY_YAMA=y\n+ CONFIG_SECURITY_YAMA=n\n- CONFIG_X=m\n+ CONFIG_X=n\n")
        #expect(run.run("diff", run.path("a.config"), "one").status == 0)
        #expect(run.run("diff", "one", run.path("b.config")).output.resultText.hasPrefix("- CONFIG_SECURITY_YAMA=y"))
        #expect(run.run("diff", "one", "one").status == 0)
        #expect(run.run("diff", run.path("a.config"), run.path("none")).status == 6)
        #expect(run.run("diff", run.path("rules/forbidden"), "one").status == 3)
    }

    @Test func list() {
        let run = HardenctlRun()
        let text = run.run("list").output.resultText
        #expect(text.contains("one         2 options. One.") && text.contains("protection  = one. R."))
        #expect(run.run("list", "one").output.resultText.split(separator: "\n").first == "CONFIG_A=y")
        #expect(
            run.run("list", "--json").output.resultText.contains(
                "\"name\":\"test-soft\",\"summary\":\"Soft.\",\"options\":0,\"test\":true"))
    }

    @Test func faultsOfRulesAreReportedByFile() {
        let run = HardenctlRun()
        run.directory.write("rules/sets/two.config", "# Two.\n\nCONFIG_A=y\n")
        let (status, output) = run.run("list")
        #expect(status == 3)
        #expect(output.messages.contains("/rules/sets/two.config:3: no reason above 'CONFIG_A=y'"))
        #expect(run.run("list", "--rules", "/nonexistent").status == 6)
    }
}
