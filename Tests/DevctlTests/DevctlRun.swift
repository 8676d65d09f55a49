// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import DevicePolicy
import SystemIO
import TestSupport
import Tool

@testable import DevctlCommands

func number(_ major: UInt32, _ minor: UInt32) -> DeviceNumber {
    DeviceNumber(major: major, minor: minor)
}

/// Stands for the kernel, and takes every rule unless `refusal` is set.
final class Twin: DevctlDevice {
    var live = LiveDeviceTable()
    var commits: [(rules: [DeviceRule], mode: CommitMode, options: CommitOptions)] = []
    var refusal: CommitOutcome?
    /// How often the sysctl kernel.clip.mount was written.
    var locks = 0
    /// The error of writing that sysctl.
    var lockError: Errno?
    /// What another process does right before the sysctl takes effect.
    var beforeLock: (Twin) -> Void = { _ in }

    func commit(_ rules: [DeviceRule], mode: CommitMode, options: CommitOptions) throws(Errno) -> CommitOutcome {
        commits.append((rules, mode, options))
        if let refusal { return refusal }
        var outcome = CommitOutcome()
        outcome.added = rules.count
        return outcome
    }

    func table() throws(Errno) -> LiveDeviceTable { live }

    func lock(allowsEmpty: Bool) -> Errno? {
        locks += 1
        if let lockError { return lockError }
        beforeLock(self)
        guard allowsEmpty || live.rules.contains(where: { $0.priority > 0 }) else { return .noData }
        live.isLocked = true
        return nil
    }
}

/// One run of devctl with everything around it replaced.
struct DevctlRun {
    var twin: Twin? = Twin()
    var openError = Errno.noEntry
    var directory: BytePath = "/nonexistent"
    var sysfs: BytePath = "/nonexistent"
    var nodes: [BytePath: DeviceNumber] = [:]
    var filesystems: [BytePath: DeviceNumber] = [:]
    var input = ""

    func run(_ arguments: String...) -> (status: Int32, output: Capture) {
        run(bytes: arguments.map { Array($0.utf8) })
    }

    func run(bytes arguments: [[UInt8]]) -> (status: Int32, output: Capture) {
        let output = Capture()
        let (twin, openError, nodes, filesystems, input) = (twin, openError, nodes, filesystems, input)
        let finder = DeviceFinder(
            sysfs: sysfs,
            blockDevice: { path throws(Errno) in
                guard let node = nodes[path] else { throw .noEntry }
                return node
            },
            filesystem: { path throws(Errno) in
                guard let device = filesystems[path] else { throw .noEntry }
                return device
            })
        let surroundings = DevctlSurroundings(
            Environment(
                program: "devctl", output: output,
                readStandardInput: { () throws(Errno) in Array(input.utf8) }),
            openDevice: { () throws(Errno) in
                guard let twin else { throw openError }
                return twin
            },
            lockMounts: { twin?.lock(allowsEmpty: $0) }, ruleDirectory: directory, finder: finder)
        return (DevctlTool.run(arguments, in: surroundings), output)
    }
}
