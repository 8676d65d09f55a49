// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Device
import DevicePolicy
package import Tool

/// The command "mounts" of both tools.
package struct MountsRequest {
    package var question = MountReport.Question()
    /// A file to read instead of the mounts of this process.
    package var mountinfo: BytePath?
    /// A file to read instead of the table in force.
    package var devices: BytePath?
    /// Judge the mounts as if all had been mounted after the lock.
    package var isLocked = false
    /// Judge the mounts as if devices_strict were set.
    package var isStrict = false

    package init() {}

    package func report(_ sources: MountSources) throws(Failure) -> MountReport {
        var judge = MountJudge()
        let mounts: [Mount]
        if let mountinfo {
            // These mounts belong to another system, so nothing of this one
            // applies to them.
            mounts = try MountSources.mounts(in: mountinfo)
        } else {
            mounts = try sources.mounts()
            judge.blockDevice = sources.blockDevice
            if let live = try sources.liveTable() {
                judge.table = DeviceTable(live.table.rules)
                judge.isStrict = live.table.isStrict
                judge.lock = live.table.isLocked ? .locked : live.isLockKnown ? .open : .unknown
            }
        }
        if let devices { judge.table = DeviceTable(try MountSources.rules(in: devices)) }
        if isStrict { judge.isStrict = true }
        if isLocked { judge.lock = .assumed }
        return MountReport(mounts, judge, question)
    }

    /// Reports the mounts to the user, for the commands of both tools.
    ///
    /// - Returns: `.no` if a mount breaks a rule, `.done` otherwise.
    package func answer(_ sources: MountSources, _ reporter: Reporter, asJSON: Bool) throws(Failure) -> ExitStatus {
        let report = try report(sources)
        let status: ExitStatus = report.isClean ? .done : .no
        if let note = report.note { reporter.note(note) }
        return asJSON ? reporter.result(report.json, then: status) : reporter.result(report.text, then: status)
    }
}
