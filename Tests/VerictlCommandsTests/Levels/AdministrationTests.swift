// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Crypto
import Device
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

/// Changes of an active context that would take away verictl's own right.
@Suite struct AdministrationTests {
    private let device = RecordingDevice()
    private let directory = TemporaryDirectory()
    private let path: BytePath
    private let tool: ToolRun

    init() throws {
        device.knowledge.context = ContextID(0)
        device.contexts = [ContextID(0): ContextState(context: ContextID(0))]
        device.contexts[ContextID(0)]?.level = [.active, .enforceExec]
        path = try Files.realPath(directory.write("verictl", "abc", mode: 0o755))
        var tool = ToolRun(device: device)
        tool.essentials.tool = path
        tool.securityfs = directory.path
        self.tool = tool
        device.verdicts = [verdict(.administer)]
    }

    private func verdict(_ privileges: Privileges) -> FileVerdict {
        var verdict = FileVerdict()
        verdict.state = .verified
        verdict.flags = .executable
        verdict.privileges = privileges
        verdict.wanted = [1]
        return verdict
    }

    /// The digest of "abc" in FIPS 180-4.
    private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    private func own(
        _ context: String = "-1", flags: String = "er", privileges: String = "V", digest: String = abc
    ) -> String {
        "\(path) \(context) \(flags) - - - \(privileges) sha256 \(digest)"
    }

    private func run(_ words: String...) -> (status: Int32, output: Capture) {
        tool.run(bytes: words.map { Array($0.utf8) })
    }

    private static let consequence = "afterwards, verictl could not change rules or levels until reboot: "

    // MARK: Loads that replace

    @Test func aReplacingLoadKeepsTheRight() {
        for entry in [own(), own("0"), own(flags: "e", privileges: "cV")] {
            #expect(run("load", "--replace", "--entry", entry, "--entry", line("/a")).status == 0)
        }
        directory.makeLink("link", to: "verictl")
        let link = own().replacing("\(path)", with: "\(directory.path)/link")
        #expect(run("load", "--replace", "--entry", link).status == 0)
        #expect(device.commits.count == 4)
    }

    @Test func aReplacingLoadWithoutTheRightIsRefused() {
        let wrong = String(repeating: "0", count: 64)
        let lists = [
            line("/a"), own("5"), own(privileges: "c"), own(flags: "l"), own(digest: wrong),
            own().replacing("\(path)", with: "/nonexistent/verictl"), "* 0 - - - - - sha256 \(Self.abc)",
        ]
        for entry in lists {
            let (status, output) = run("load", "--replace", "--entry", entry)
            #expect(status == 1)
            #expect(output.messages.contains(Self.consequence))
            #expect(output.messages.contains("; nothing was changed; hint: use --final if this is intended\n"))
        }
        #expect(device.commits.isEmpty)
        #expect(run("load", "--replace", "--entry", own(digest: wrong)).output.messages.contains("another digest"))
    }

    @Test func finalGoesAheadWithAWarning() {
        for words in [["load", "--replace", "--entry", line("/a")], ["unload", "--all"]] {
            let run = tool.run(bytes: (words + ["--final"]).map { Array($0.utf8) })
            #expect(run.status == 0)
            #expect(run.output.messages.contains("verictl: warning: " + Self.consequence))
        }
        #expect(device.commits.map(\.mode) == [.replace, .replace])
    }

    @Test func allIsAReplacingLoad() {
        directory.makeDirectory("rules.d")
        directory.write("rules.d/one", line("/bin/sh"))
        var tool = tool
        tool.ruleDirectories = [directory.path.appending(Array("rules.d".utf8))]
        #expect(tool.run("load", "--all").status == 1)
        #expect(tool.run("load", "--all", "--dry-run").status == 1)
        directory.write("rules.d/two", own())
        #expect(tool.run("load", "--all").status == 0)
        #expect(device.commits.count == 1)
    }

    /// Without an active context no caller needs the privilege; a load that only
    /// adds takes none away.
    @Test func otherChangesAreNotExamined() {
        #expect(run("load", "--entry", line("/a")).status == 0)
        device.contexts[ContextID(0)]?.level = .enforceExec
        #expect(run("load", "--replace", "--entry", line("/a")).status == 0)
        #expect(run("unload", "--all").status == 0)
        #expect(run("unload", "--entry", own()).status == 0)
        #expect(device.queries.isEmpty)
    }

    /// The kernel refuses a verictl without the privilege, with its own status.
    @Test func withoutTheRightThereIsNoneToLose() {
        device.verdicts = [verdict([])]
        device.commitError = .notPermitted
        #expect(run("unload", "--all").status == 4)
        #expect(run("load", "--replace", "--entry", line("/a")).status == 4)
    }

    // MARK: unload

    @Test func unloadingItsOwnEntryIsRefused() {
        for words in [["--all"], ["--entry", own()], ["--entry", line("/a"), "--entry", own("0")]] {
            let run = tool.run(bytes: (["unload"] + words).map { Array($0.utf8) })
            #expect(run.status == 1)
            #expect(run.output.messages.contains(Self.consequence))
        }
        #expect(device.commits.isEmpty)
        #expect(run("unload", "--entry", own(), "--final").status == 0)
    }

    @Test func unloadingAnotherEntryIsNot() {
        #expect(run("unload", "--entry", line("/a")).status == 0)
        #expect(run("unload", "--entry", own("5")).status == 0)
        let wrong = String(repeating: "0", count: 64)
        #expect(run("unload", "--beside", "--entry", own(digest: wrong)).status == 0)
        #expect(run("unload", "--beside", "--entry", own()).status == 1)
        // An entry without the privilege is no loss.
        device.verdicts = [verdict([])]
        #expect(run("unload", "--entry", own()).status == 0)
    }

    // MARK: level

    @Test func aLevelThatVerictlCannotLeave() {
        #expect(run("level", "active").status == 0)
        device.verdicts = [verdict([])]
        for words in [["level", "active"], ["level", "--add", "wx_memory"], ["-e"], ["-L", "0-active"]] {
            let run = tool.run(bytes: words.map { Array($0.utf8) })
            #expect(run.status == 1)
            #expect(run.output.messages.contains("\(path) is not listed with the privilege V (VERICTL)"))
        }
        #expect(device.contexts[ContextID(0)]?.level == .active)
        #expect(run("level", "--add", "wx_memory", "--final").status == 0)
        #expect(run("level", "inactive").status == 0)
        // As boot scripts of verictl 2 do it.
        #expect(run("-e").status == 0)
    }

    // MARK: status

    private func statusText() -> String {
        directory.write("status", "abi_version 1\nentries 1\ncontext.0.entries 1\ncontext.0.level 0x401\n")
        return run("status").output.resultText
    }

    @Test func statusNamesWhoCanChangeRules() {
        #expect(statusText().contains("can be changed by \(path)\n"))
        #expect(
            run("status", "--json").output.resultText.contains(
                #""rules_can_change":true,"administrators":["\#(path)"]"#))
        device.verdicts = [verdict([])]
        #expect(statusText().contains("cannot be changed until reboot: no file is listed with the privilege V"))
        #expect(run("status", "--json").output.resultText.contains(#""rules_can_change":false,"administrators":[]"#))
        device.contexts[ContextID(0)]?.level = []
        #expect(statusText().contains("can be changed by root, because the context is not active\n"))
        device.contexts[ContextID(0)]?.level = [.active, .seal]
        #expect(statusText().contains("cannot be changed until reboot, because of seal\n"))
    }

    /// Another file with the privilege counts while it is the file of its name.
    @Test func statusFindsOtherFiles() throws {
        device.verdicts = [verdict([])]
        let other = directory.write("other", "x")
        let identity = try Files.status(other).identity
        let entry = { (inode: UInt64) in
            "context=0 dev=\(identity.deviceText) inode=\(inode) generation=1 flags=0x1 effective=0x0 permitted=0x0 "
                + "inheritable=0x0 privileges=0x\(String(Privileges.administer.rawValue, radix: 16)) algorithm=3 "
                + "digest=\(digest) path=\(other) source=- line=0\n"
        }
        directory.write("entries", entry(identity.inode))
        #expect(statusText().contains("can be changed by \(other)\n"))
        directory.write("entries", entry(identity.inode + 1))
        #expect(statusText().contains("no file is listed"))
    }

    /// An ordinary user may not ask.
    @Test func statusWithoutTheDevice() {
        directory.write("status", "abi_version 1\nentries 1\ncontext.0.entries 1\n")
        var tool = tool
        tool.device = nil
        #expect(!tool.run("status").output.resultText.contains("\nrules "))
    }
}
