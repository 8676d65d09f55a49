// SPDX-License-Identifier: LGPL-2.1-or-later

import Device
import Loading
import Policy
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct PermissiveTests {
    private let device = RecordingDevice()
    private let run: ToolRun

    init() {
        device.knowledge.context = ContextID(0)
        var state = ContextState(context: ContextID(0))
        state.level = [.active, .enforceExec]
        device.contexts = [ContextID(0): state]
        run = ToolRun(device: device)
    }

    @Test func forSomeTime() {
        let (status, output) = run.run("permissive", "--for", "2h")
        #expect(status == 0)
        #expect(device.permissivePeriods == [7200])
        #expect(output.messages.contains("active:enforce_exec:permissive for 2h"))
        #expect(run.run("permissive", "--end").status == 0)
        #expect(device.permissivePeriods == [7200, 0])
        #expect(device.contexts[ContextID(0)]?.level == [.active, .enforceExec])
        #expect(
            run.run("permissive", "--for", "90s", "--json").output.resultText
                == "{\"schema\":1,\"context\":0,\"level\":[\"active\",\"enforce_exec\",\"permissive\"],\"seconds\":90}\n"
        )
    }

    @Test func refusals() {
        device.contexts[ContextID(0)]?.level = [.active, .levelImmutable]
        #expect(run.run("permissive", "--for", "2h").status == 4)
        device.contexts[ContextID(0)]?.level = []
        #expect(run.run("permissive", "--for", "2h").status == 1)
        #expect(device.permissivePeriods.isEmpty)
    }

    @Test(arguments: [[], ["--for", "25h"], ["--for", "1h", "--end"], ["--for", "soon"]])
    func nonsense(_ options: [String]) {
        #expect(run.run(bytes: (["permissive"] + options).map { Array($0.utf8) }).status == 2)
    }
}
