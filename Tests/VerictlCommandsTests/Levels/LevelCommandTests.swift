// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct LevelCommandTests {
    private let device = RecordingDevice()
    private let directory = TemporaryDirectory()

    init() {
        device.knowledge.context = ContextID(0)
        var jail = ContextState(context: ContextID(501))
        jail.level = [.active, .enforceExec, .enforceLib]
        device.contexts = [ContextID(0): ContextState(context: ContextID(0)), ContextID(501): jail]
    }

    private func run(_ words: String...) -> (status: Int32, output: Capture) {
        ToolRun(device: device).run(bytes: (["level", "--context", "501"] + words).map { Array($0.utf8) })
    }

    private var level: ContextLevel? { device.contexts[ContextID(501)]?.level }

    @Test func addedWordsKeepTheOthers() {
        let (status, output) = run("--add", "wx_memory")
        #expect(status == 0)
        #expect(level == [.active, .enforceExec, .enforceLib, .wxMemory])
        #expect(output.messages == "context 501: active:enforce_exec:enforce_lib:wx_memory\n")
    }

    @Test func removedWordsKeepTheOthers() {
        let (status, output) = run("--remove", "enforce_lib:wx_memory", "--add", "permissive", "--json")
        #expect(status == 0)
        #expect(level == [.active, .enforceExec, .permissive])
        #expect(output.messages.isEmpty)
        #expect(output.resultText.contains(#""level":["active","enforce_exec","permissive"]}"#))
    }

    @Test func everyDroppedWordIsReported() {
        let (status, output) = run("active:wx_memory")
        #expect(status == 0)
        #expect(level == [.active, .wxMemory])
        #expect(
            output.messageLines == [
                "verictl: warning: enforce_exec was set and is removed from the level; "
                    + "hint: verictl level --add keeps other words",
                "verictl: warning: enforce_lib was set and is removed from the level; "
                    + "hint: verictl level --add keeps other words",
                "context 501: active:wx_memory",
            ])
        #expect(run("active:wx_memory:permissive").output.messages == "context 501: active:permissive:wx_memory\n")
    }

    /// The letters of verictl 2 replace the level without a word.
    @Test func theLettersStaySilent() {
        let (status, output) = ToolRun(device: device).run("-L", "501-active")
        #expect(status == 0)
        #expect(output.messages.isEmpty)
        #expect(level == .active)
    }

    @Test func aWordThatTheKernelKeepsIsAnError() {
        device.contexts[ContextID(501)]?.level.insert(.levelImmutable)
        let (status, output) = run("--remove", "enforce_exec")
        #expect(status == 1)
        #expect(output.messages.contains("verictl: error: the kernel keeps enforce_exec\n"))
    }

    @Test(
        arguments: [
            ["--add", "bogus"], ["--add", "inactive"], ["--remove", "-"], ["--add", "active", "--remove", "active"],
            ["--add", "active", "wx_memory"], ["--remove", ""],
        ])
    func usage(_ words: [String]) {
        let run = ToolRun(device: device).run(bytes: (["level"] + words).map { Array($0.utf8) })
        #expect(run.status == 2)
        #expect(device.contextRequests.isEmpty)
    }
}
