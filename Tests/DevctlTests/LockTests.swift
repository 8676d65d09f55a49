// SPDX-License-Identifier: LGPL-2.1-or-later

import Device
import DevicePolicy
import SystemIO
import TestSupport
import Testing

/// Locking the table is final, so an empty one is only locked on request.
@Suite struct LockTests {
    private let rule = DeviceRule(number(8, 0), range: 15, priority: 1, permissions: [.read])
    private let neverCounts = DeviceRule(number(8, 0), range: 15, priority: 0, permissions: [])

    private func devctl(_ rules: DeviceRule...) -> (devctl: DevctlRun, twin: Twin) {
        let twin = Twin()
        twin.live.rules = rules
        twin.live.generation = 3
        return (DevctlRun(twin: twin), twin)
    }

    @Test func anEmptyTableIsRefused() {
        let (devctl, twin) = devctl()
        for arguments in [["lock"], ["lock", "-n"], ["lock", "--dry-run"]] {
            let (status, output) = devctl.run(bytes: arguments.map { Array($0.utf8) })
            #expect(status == 1)
            #expect(output.messages.hasPrefix("devctl: error: the device table is empty, and no rule could be loaded"))
            #expect(output.messages.contains("; nothing was changed; hint: load rules first, or use --allow-empty"))
            #expect(output.result.isEmpty)
        }
        #expect(twin.locks == 0)
    }

    @Test func rulesThatNeverCountAreNone() {
        let (devctl, twin) = devctl(neverCounts)
        let (status, output) = devctl.run("lock")
        #expect(status == 1)
        #expect(output.messages.contains("no rule of the device table counts: each has priority 0"))
        #expect(twin.locks == 0)
    }

    @Test func anEmptyTableIsLockedByName() {
        let (devctl, twin) = devctl()
        let (status, output) = devctl.run("lock", "--allow-empty")
        #expect(status == 0)
        #expect(output.messages == "the device table is locked: 0 rules; generation 3\n")
        #expect(twin.locks == 1)
        #expect(twin.live.isLocked)
    }

    @Test func aTableWithRulesIsLocked() {
        let (devctl, twin) = devctl(rule)
        let (status, output) = devctl.run("lock", "--json")
        #expect(status == 0)
        #expect(
            output.resultText
                == #"{"schema":1,"locked":true,"changed":true,"dry_run":false,"strict":false,"rules":1,"generation":3}"#
                + "\n")
        #expect(output.messages.isEmpty)
        #expect(twin.locks == 1)
    }

    @Test func aDryRunChangesNothing() {
        let (devctl, twin) = devctl(rule)
        let (status, output) = devctl.run("lock", "-n")
        #expect(status == 0)
        #expect(
            output.messages == "the device table can be locked: 1 rule; generation 3; dry run, nothing was changed\n")
        #expect(twin.locks == 0)
    }

    @Test func lockingTwiceIsNoFailure() {
        let (devctl, twin) = devctl()
        twin.live.isLocked = true
        let (status, output) = devctl.run("lock")
        #expect(status == 0)
        #expect(output.messages == "the device table was locked already: 0 rules; generation 3\n")
        #expect(twin.locks == 0)
    }

    /// The answer of the kernel is the one that counts.
    @Test(
        arguments: [
            (.notPermitted, 4, "CAP_SYS_MODULE"), (.accessDenied, 4, "CAP_SYS_MODULE"), (.invalid, 4, "Invalid"),
            (.noEntry, 5, "runs without clip, or /proc is not mounted"),
        ] as [(Errno, Int32, String)])
    func theKernelRefuses(_ error: Errno, _ wanted: Int32, _ text: String) {
        let (devctl, twin) = devctl(rule)
        twin.lockError = error
        let (status, output) = devctl.run("lock")
        #expect(status == wanted)
        #expect(output.messages.hasPrefix("devctl: error: the sysctl kernel.clip.mount: \(error)"))
        #expect(output.messages.contains(text))
        #expect(!twin.live.isLocked)
    }

    /// Another process takes the rules out between the reading and the write.
    @Test func aTableThatIsEmptiedMeanwhileIsReported() {
        let (devctl, twin) = devctl(rule)
        twin.beforeLock = { $0.live.rules = [] }
        let (status, output) = devctl.run("lock", "--json")
        #expect(status == 1)
        #expect(output.messages.contains("the device table is empty: another process changed it"))
        #expect(output.resultText.hasPrefix(#"{"schema":1,"failure":{"status":1,"#))
        #expect(twin.locks == 1)
        #expect(!twin.live.isLocked)
    }

    @Test func withoutADevice() {
        var devctl = DevctlRun(twin: nil)
        #expect(devctl.run("lock").status == 5)
        devctl.openError = .accessDenied
        #expect(devctl.run("lock").status == 4)
    }
}
