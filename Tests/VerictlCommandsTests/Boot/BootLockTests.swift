// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct BootLockTests {
    private let machine = BootFixture()
    private var device: RecordingDevice { machine.device }

    @Test func mountsBeforeTheLevel() {
        machine.conf("mode = enforcing\nlock = lvl_immutable mounts devices\n")
        device.contexts[ContextID(0)]?.level = .active
        let (status, output) = machine.run("boot", "lock")
        #expect(status == 0)
        #expect(machine.value("mount") == "0")
        #expect(machine.level == [.active, .levelImmutable])
        #expect(output.messageLines == ["mounts and devices: locked", "level: active:lvl_immutable"])
        let again = machine.run("boot", "lock")
        #expect(again.status == 0)
        #expect(
            again.output.messageLines == ["mounts and devices: were locked", "level: lvl_immutable, as before"])
    }

    /// What fails is said, and the rest is locked all the same.
    @Test func withoutTheLatch() throws {
        machine.conf("mode = enforcing\nlock = mounts lvl_immutable\n")
        try Files.remove(machine.tool.latchDirectory.appending(Array("mount".utf8)))
        let (status, output) = machine.run("boot", "lock")
        #expect(status == 5)
        #expect(output.messages.contains("mounts and devices: this kernel has no such latch"))
        #expect(machine.level == .levelImmutable)
    }

    @Test func bootStatus() {
        machine.conf("mode = enforcing\nlevel = enforce_exec\nlatches = tpe\nlock = mounts lvl_immutable\n")
        let before = machine.run("boot", "status")
        #expect(before.status == 1)
        #expect(before.output.resultText.contains("differs     the level lacks enforce_exec\n"))
        #expect(before.output.resultText.contains("the latch tpe is not 1"))
        #expect(before.output.resultText.contains("mounts and devices are not locked"))
        #expect(machine.run("boot", "load").status == 0)
        #expect(machine.run("boot", "lock").status == 0)
        let (status, output) = machine.run("boot", "status", "--json")
        #expect(status == 0)
        #expect(
            output.resultText
                == #"{"schema":1,"mode":"enforcing","level":["enforce_exec"],"latches":["tpe"],"#
                + #""lock":["mounts","lvl_immutable"],"contexts":[],"on_failure":"continue","differences":[]}"# + "\n")
        machine.conf("mode = off\n")
        #expect(machine.run("boot", "status").status == 0)
    }

    // MARK: lock

    @Test func lockByWords() {
        device.contexts[ContextID(0)]?.level = .active
        #expect(machine.run("lock", "mounts", "lvl_immutable").status == 0)
        #expect(machine.value("mount") == "0")
        #expect(machine.level == [.active, .levelImmutable])
        #expect(machine.run("lock", "lvl_immutable").status == 0)
        #expect(machine.run("lock", "active").status == 2)
        #expect(machine.run("lock").status == 2)
    }

    @Test(arguments: ["seal", "self_immutable"])
    func whatEndsAdministration(_ word: String) {
        device.contexts[ContextID(0)]?.level = .active
        let (status, output) = machine.run("lock", word)
        #expect(status == 1)
        #expect(output.messages.contains("\(word) forbids it; nothing was changed; hint: use --final"))
        #expect(machine.level == .active)
        #expect(machine.run("lock", word, "--final").status == 0)
        #expect(machine.level.text == "active:\(word)")
    }

    @Test func aVerictlThatIsNotListed() {
        device.contexts[ContextID(0)]?.level = .active
        device.verdicts = [FileVerdict()]
        #expect(machine.run("lock", "lvl_immutable").status == 1)
        #expect(machine.level == .active)
        #expect(machine.run("lock", "mounts").status == 0)
    }

    // MARK: enable and disable

    @Test func enableWritesTheFile() {
        let (status, output) = machine.run("enable", "--exec", "--boot")
        #expect(status == 0)
        #expect(output.messages.hasSuffix("boot.conf: mode = enforcing\n"))
        #expect(machine.text("etc/boot.conf").hasSuffix("\nmode = enforcing\nlevel = enforce_exec\n"))
        #expect(!BootParser(machine.bytes("etc/boot.conf") ?? [], source: []).hasErrors)
        let again = machine.run("enable", "--exec", "--boot")
        #expect(again.output.messages.hasSuffix("boot.conf: mode = enforcing, as before\n"))
    }

    @Test func enableKeepsComments() {
        machine.conf("# mine\nmode = off # for now\nlatches = tpe\n")
        #expect(machine.run("enable", "--permissive", "--boot").status == 0)
        #expect(
            machine.text("etc/boot.conf")
                == "# mine\nmode = permissive # for now\nlatches = tpe\nlevel = inactive\n")
        let (status, output) = machine.run("disable", "--boot")
        #expect(status == 0)
        #expect(output.messages.contains("the next boot loads nothing"))
        #expect(
            machine.text("etc/boot.conf") == "# mine\nmode = off # for now\nlatches = tpe\nlevel = inactive\n")
        #expect(machine.run("disable", "--boot").output.messages.contains("mode = off, as before"))
    }

    /// A file is written only if the system is safe, and only on request.
    @Test func enableWritesNothingThatIsNotSafe() {
        var unlisted = FileVerdict()
        unlisted.state = .unlisted
        device.verdicts = [unlisted]
        #expect(machine.run("enable", "--exec", "--boot").status == 1)
        device.verdicts = [BootFixture.verdict()]
        #expect(machine.run("enable", "--exec", "--boot", "--check").status == 0)
        #expect(machine.run("enable", "--exec").status == 0)
        #expect(machine.text("etc/boot.conf") == "(none)")
    }
}
