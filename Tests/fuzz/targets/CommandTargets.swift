// SPDX-License-Identifier: LGPL-2.1-or-later

// The command lines of the old tools, which scripts still have. Each input is one
// command line, a word on each line, and goes to all three tools.

import Bytes
import Device
import DevicePolicy
import SystemIO
import TestSupport
import Tool

@testable import DevctlCommands
@testable import VerictlCommands
@testable import VsctlCommands

@Sendable func oldCommands(_ text: [UInt8]) {
    let words = text.split(separator: ASCII.newline, omittingEmptySubsequences: false).map { Array($0) }
    oldVerictl(words)
    oldDevctl(words)
    oldVsctl(words)
}

/// A file that the words name is not read: it could be any of this machine.
private func oldVerictl(_ words: [[UInt8]]) {
    guard VerictlCommands.LegacyMode.isMeant(by: words) else { return }
    do throws(LegacyArguments.Failure) {
        if case .action(_, .file(let path)?, _) = try LegacyArguments.parse(words), path.bytes != [ASCII.minus] {
            return
        }
    } catch {
        check(!error.message.isEmpty, "an error without a message")
    }
    let (status, output) = ToolRun(device: RecordingDevice()).run(bytes: words)
    check(status == 0 || status == 1, "status \(status) of verictl")
    check(status == 0 || !output.messageBytes.isEmpty, "verictl fails without a message")
}

/// Stands for the kernel, and takes every rule.
private final class OpenTable: DevctlDevice {
    private(set) var commits = 0

    func commit(_ rules: [DeviceRule], mode: CommitMode, options: CommitOptions) throws(Errno) -> CommitOutcome {
        commits += 1
        var outcome = CommitOutcome()
        outcome.added = rules.count
        return outcome
    }

    func table() throws(Errno) -> LiveDeviceTable { LiveDeviceTable() }
}

private func oldDevctl(_ words: [[UInt8]]) {
    guard DevctlCommands.LegacyMode.isMeant(by: words) else { return }
    let files = OptionLetters.parse(words, letters: "c:f:uhv").contains {
        if case .value(UInt8(ascii: "f"), let path) = $0 { path != [ASCII.minus] } else { false }
    }
    if files { return }
    let (table, output) = (OpenTable(), Capture())
    let surroundings = DevctlSurroundings(
        Environment(program: "devctl", output: output, readStandardInput: { () throws(Errno) in [] }),
        openDevice: { () throws(Errno) in table }, lockMounts: { _ in nil }, ruleDirectory: "/nonexistent",
        finder: DeviceFinder(
            sysfs: "/nonexistent", blockDevice: { _ throws(Errno) in throw .noEntry },
            filesystem: { _ throws(Errno) in throw .noEntry }))
    let status = DevctlTool.run(words, in: surroundings)
    check(status == 0 || status == 1, "status \(status) of devctl")
    check(status == 0 || !output.messageBytes.isEmpty, "devctl fails without a message")
    check(table.commits <= 1, "one transaction of devctl")
}

private func oldVsctl(_ words: [[UInt8]]) {
    guard OldOrder.isMeant(by: words) else { return }
    let now = OldOrder.translated(words)
    check(now.count >= 2, "a command and a jail")
    check(words.contains(now[0]), "the command is a word of the command line")
}
