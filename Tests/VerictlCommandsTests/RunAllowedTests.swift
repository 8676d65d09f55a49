// SPDX-License-Identifier: LGPL-2.1-or-later

import Device
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct RunAllowedTests {
    private let device = RecordingDevice()
    private var tool: ToolRun

    init() {
        device.knowledge.context = ContextID(0)
        tool = ToolRun(device: device)
    }

    @Test mutating func commandThatCannotRun() {
        tool.becomeError = .accessDenied
        #expect(tool.run("run-allowed", "--for", "2h", "--", "/bin/x", "-v").status == 126)
        tool.becomeError = .noEntry
        #expect(tool.run("run-allowed", "--", "/bin/x").status == 127)
        #expect(device.runPeriods == [7200, 3600])
    }

    @Test func refusals() {
        device.runRefusal = ContextRefusal(error: .notPermitted, reason: .permission)
        #expect(tool.run("run-allowed", "--", "/bin/x").status == 4)
        device.runRefusal = ContextRefusal(error: .notTerminal, reason: .none)
        #expect(tool.run("run-allowed", "--", "/bin/x").status == 5)
        #expect(device.runPeriods.isEmpty)
    }

    @Test(arguments: [[], ["--for", "25h", "--", "x"], ["--for", "0s", "--", "x"], ["x"]])
    func nonsense(_ options: [String]) {
        #expect(tool.run(bytes: (["run-allowed"] + options).map { Array($0.utf8) }).status == 2)
        #expect(device.runPeriods.isEmpty)
    }
}
