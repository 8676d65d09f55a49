// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

/// A program with one segment before its PT_INTERP.
func program(interpreter: String) -> [UInt8] {
    ELFImage(3, [.load(5), .interpreter(interpreter), .stack(6)]).bytes
}

@Suite struct EnableTests {
    private let device = RecordingDevice()
    private let directory = TemporaryDirectory()
    private let loader: BytePath
    private var essentials = Essentials()

    init() {
        device.knowledge.context = ContextID(0)
        device.contexts = [ContextID(0): ContextState(context: ContextID(0))]
        loader = directory.write("ld.so", "loader")
        essentials.initProgram = directory.write("init", program(interpreter: loader.description))
        essentials.shell = directory.write("sh", program(interpreter: loader.description) + [1])
        essentials.tool = directory.write("verictl", "static")
        essentials.initMappings = directory.write(
            "maps",
            """
            5581 r-xp 00000000 08:01 7     \(directory.path)/init
            7f01 r-xp 00000000 08:01 8     \(directory.path)/libc.so (deleted)
            7f02 r--p 00000000 08:01 9     /nonexistent/data
            7f03 r-xp 00000000 00:00 0     [vdso]
            7f04 r-xp 00000000 00:00 0

            """)
        directory.write("libc.so", "library")
    }

    private func verified(_ flags: EntryFlags = .executable, _ privileges: Privileges = []) -> FileVerdict {
        var verdict = FileVerdict()
        verdict.state = .verified
        verdict.flags = flags
        verdict.privileges = privileges
        verdict.wanted = [1]
        return verdict
    }

    private var unlisted: FileVerdict {
        var verdict = FileVerdict()
        verdict.state = .unlisted
        verdict.reason = .noEntry
        return verdict
    }

    private var listed: FileVerdict {
        var verdict = verified()
        verdict.state = .listed
        verdict.reason = .notRoot
        return verdict
    }

    private var allowed: FileVerdict {
        var verdict = FileVerdict()
        verdict.state = .allowed
        return verdict
    }

    private var tool: FileVerdict { verified(.executable, .administer) }

    /// How a file can be allowed.
    private func hint(_ name: String) -> String {
        "; hint: verictl gen --context 0 --allow \(directory.path)/\(name) >>/etc/verictl.d/essential; "
            + "verictl load --all"
    }

    private func run(_ words: String...) -> (status: Int32, output: Capture) {
        var tool = ToolRun(device: device)
        tool.essentials = essentials
        return tool.run(bytes: (["enable"] + words).map { Array($0.utf8) })
    }

    private var levels: [ContextLevel] {
        device.contextRequests.compactMap { if case .setLevel(let level, .own) = $0 { level } else { nil } }
    }

    // The kernel is asked about init, its loader, the shell, its loader, verictl.

    @Test func enablesWhatIsSafe() {
        device.verdicts = [verified(), allowed, allowed, allowed, tool]
        let (status, output) = run("--exec", "--script")
        #expect(status == 0)
        #expect(output.messages == "context 0: active:enforce_exec:enforce_script\n")
        #expect(levels == [[.active, .enforceExec, .enforceScript]])
        #expect(device.queries.map(\.context) == Array(repeating: ContextID.own, count: 5))
        #expect(!device.queries.map(\.verifying).contains(false))
    }

    @Test func wordsAreAddedAndPermissiveIsTakenAway() {
        device.contexts[ContextID(0)]?.level = [.active, .permissive, .enforceLib]
        device.verdicts = [allowed, allowed, allowed, allowed, tool, allowed]
        #expect(run("--exec").status == 0)
        #expect(levels == [[.active, .enforceExec, .enforceLib]])
    }

    /// Entries that are only checked need not be there.
    @Test func withoutEnforcingNothingMustBeListed() {
        device.verdicts = [unlisted, unlisted, tool]
        #expect(run().status == 0)
        #expect(levels == [.active])
        #expect(device.queries.count == 3)
    }

    @Test func everyFileThatWouldBeRefusedIsNamed() {
        device.verdicts = [unlisted, unlisted, listed, verified(.library), tool]
        let (status, output) = run("--exec")
        #expect(status == 1)
        #expect(
            output.messageLines == [
                "verictl: error: init \(directory.path)/init: neither listed nor allowed\(hint("init"))",
                "verictl: error: loader of init \(loader): neither listed nor allowed\(hint("ld.so"))",
                "verictl: error: shell \(directory.path)/sh: listed, but the entry does not count: "
                    + "the rule applies only to root (not-root)",
                "nothing was changed; context 0: inactive",
            ])
        #expect(levels.isEmpty)
    }

    /// A listed file that does not match would stop the system as well.
    @Test(arguments: [[], ["--exec"]])
    func aMismatch(_ words: [String]) {
        var mismatch = verified()
        mismatch.state = .refused
        mismatch.reason = .digestMismatch
        mismatch.error = .accessDenied
        device.verdicts = [mismatch, allowed, allowed, allowed, tool]
        device.verdicts = words.isEmpty ? [mismatch, allowed, tool] : device.verdicts
        var tool = ToolRun(device: device)
        tool.essentials = essentials
        let run = tool.run(bytes: (["enable"] + words).map { Array($0.utf8) })
        #expect(run.status == 1)
        #expect(
            run.output.messages.contains(
                "init: refused: the content of the file does not match the rule (digest-mismatch)\n"))
        #expect(levels.isEmpty)
    }

    @Test func librariesOfInitAreLookedAt() {
        // They come after the tool; the first of them is init itself.
        device.verdicts = [verified(), verified(.library), verified(), verified(.library), tool, verified(), unlisted]
        let (status, output) = run("--lib")
        #expect(status == 1)
        #expect(device.queries.count == 7)
        #expect(
            output.messageLines == [
                "verictl: error: library of init \(directory.path)/libc.so: neither listed nor allowed\(hint("libc.so"))",
                "nothing was changed; context 0: inactive",
            ])
        device.verdicts = [verified(.library)]
        var essentials = essentials
        essentials.initMappings = "/nonexistent/maps"
        var tool = ToolRun(device: device)
        tool.essentials = essentials
        #expect(tool.run("enable", "--lib").output.messages.contains("libraries of init /nonexistent/maps: No such"))
    }

    @Test func filesThatCannotBeOpenedAreProblems() {
        device.verdicts = [tool]
        var essentials = essentials
        essentials.initProgram = "/nonexistent/init"
        var tool = ToolRun(device: device)
        tool.essentials = essentials
        let run = tool.run("enable", "--exec")
        #expect(run.status == 1)
        #expect(run.output.messages.contains("init /nonexistent/init: No such file or directory\n"))
        #expect(levels.isEmpty)
    }

    /// Where refusals are only told, they are warnings.
    @Test func permissiveGoesOn() {
        device.verdicts = [unlisted, unlisted, unlisted, unlisted, tool]
        let (status, output) = run("--exec", "--permissive")
        #expect(status == 0)
        let warning = "verictl: warning: init \(directory.path)/init: neither listed nor allowed\(hint("init"))"
        #expect(output.messageLines.first == warning)
        #expect(output.messageLines.last == "context 0: active:enforce_exec:permissive")
        #expect(levels == [[.active, .enforceExec, .permissive]])
    }

    /// Whoever cannot change anything afterwards must mean it, permissive or not.
    @Test(arguments: [[], ["--permissive"]])
    func withoutThePrivilege(_ words: [String]) {
        var unmet = tool
        unmet.reason = .nosuidMount
        for verdict in [verified(), allowed, unlisted, verified(.library, .administer), unmet] {
            let device = RecordingDevice()
            device.knowledge.context = ContextID(0)
            device.contexts = [ContextID(0): ContextState(context: ContextID(0))]
            device.verdicts = [allowed, allowed, verdict]
            var tool = ToolRun(device: device)
            tool.essentials = essentials
            let bytes = (["enable"] + words).map { Array($0.utf8) }
            let refused = tool.run(bytes: bytes)
            #expect(refused.status == 1)
            #expect(refused.output.messages.contains("privilege V (VERICTL): nothing could be changed afterwards"))
            #expect(refused.output.messages.contains("nothing was changed; context 0: inactive\n"))
            #expect(device.contexts[ContextID(0)]?.level == [])
            let final = tool.run(bytes: bytes + [Array("--final".utf8)])
            #expect(final.status == 0)
            #expect(final.output.messages.contains("warning: verictl is not listed"))
            #expect(device.contexts[ContextID(0)]?.level.contains(.active) == true)
        }
    }

    @Test func finalIsNoForce() {
        device.verdicts = [unlisted]
        #expect(run("--exec", "--final").status == 1)
        #expect(levels.isEmpty)
    }

    @Test func checkChangesNothing() {
        device.verdicts = [allowed, allowed, allowed, allowed, tool]
        let (status, output) = run("--exec", "--check")
        #expect(status == 0)
        #expect(output.messages == "nothing was changed; context 0: inactive\n")
        device.verdicts = [unlisted]
        #expect(run("--exec", "--check").status == 1)
        #expect(levels.isEmpty)
    }

    @Test func whatTheKernelCannotEnforce() {
        device.knowledge.levelsEnforced = [.active, .enforceExec]
        let (status, output) = run("--exec", "--script")
        #expect(status == 4)
        #expect(output.messages.contains("this kernel cannot enforce enforce_script"))
        #expect(device.queries.isEmpty && levels.isEmpty)
    }

    @Test func aQuestionThatIsRefused() {
        device.queryError = .notPermitted
        #expect(run("--exec").status == 4)
        #expect(levels.isEmpty)
    }

    @Test func aLevelThatCannotBeTakenBack() {
        device.contexts[ContextID(0)]?.level = [.active, .levelImmutable, .permissive]
        device.verdicts = [allowed, allowed, tool]
        #expect(run().status == 0)
        #expect(device.contexts[ContextID(0)]?.level == [.active, .levelImmutable])
        device.addedLevel = .permissive
        let (status, output) = run()
        #expect(status == 1)
        #expect(output.messageLines.last == "context 0: active:lvl_immutable:permissive")
        #expect(output.messages.contains("the kernel did not accept active:lvl_immutable unchanged"))
    }

    @Test func json() {
        device.verdicts = [unlisted, allowed, tool]
        let (status, output) = run("--json")
        #expect(status == 0)
        #expect(output.messages.isEmpty)
        let file = { (role: String, name: String, reason: String) in
            #"{"role":"\#(role)","path":"\#(directory.path)/\#(name)","good":true,"reason":"\#(reason)","#
                + #""error":null,"problem":null}"#
        }
        #expect(
            output.resultText
                == #"{"schema":1,"context":0,"changed":true,"level":["active"],"wanted":["active"],"safe":true,"#
                + #""can_administer":true,"files":["# + file("init", "init", "no-entry") + ","
                + file("shell", "sh", "none") + "," + file("verictl", "verictl", "none") + "]}\n")
    }
}
