// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import DevicePolicy
import SystemIO
import Tool

struct LockCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Enforce the table, which then stays as it is until the next boot.",
        discussion: """
            Writes 0 to the sysctl kernel.clip.mount. A table that is locked already is no failure. The kernel locks \
            an empty table only with --allow-empty, which writes "0 empty", because no rule can be loaded \
            afterwards. Exit status: 0 if the table is locked, 1 if it is empty.
            """)

    @Flag(help: "Lock the table even if no rule counts in it.")
    var allowEmpty = false

    @Flag(name: [.customShort("n"), .long], help: "Look at the table, and change nothing.")
    var dryRun = false

    @Flag(help: "Print the outcome as JSON on standard output.")
    var json = false

    /// Reads the table, writes the sysctl, and reads the table again.
    ///
    /// Between the first reading and the write, another process can take rules
    /// out of the table or add some. The kernel compares and locks in one step,
    /// and its answer to the write is the one that counts.
    func execute(in surroundings: DevctlSurroundings) throws -> ExitStatus {
        let device = try DeviceAccess(surroundings).open()
        let before = try DeviceAccess.table(of: device)
        if before.isLocked { return deliver(before, isChanged: false, surroundings.reporter) }
        if let fault = emptiness(before) {
            throw Failure(
                status: .no, message: "\(fault), and no rule could be loaded once it is locked; nothing was changed",
                hint: "load rules first, or use --allow-empty if every device is to be treated as unlisted")
        }
        if dryRun { return deliver(before, isChanged: false, surroundings.reporter) }
        try lock(surroundings)
        let after = try DeviceAccess.table(of: device)
        guard after.isLocked else {
            throw Failure(status: .refused, message: "the kernel did not lock the device table")
        }
        return deliver(after, isChanged: true, surroundings.reporter)
    }

    /// Why the table is refused; nil if a rule counts in it, or the caller does
    /// not ask for one.
    private func emptiness(_ table: LiveDeviceTable) -> String? {
        guard !allowEmpty, !table.rules.contains(where: { $0.priority > 0 }) else { return nil }
        return table.rules.isEmpty
            ? "the device table is empty" : "no rule of the device table counts: each has priority 0"
    }

    private func lock(_ surroundings: DevctlSurroundings) throws(Failure) {
        guard let error = surroundings.lockMounts(allowEmpty) else { return }
        let message = "the sysctl kernel.clip.mount: \(error)"
        switch error {
        case .noData:
            throw Failure(
                status: .no,
                message: "the device table is empty: another process changed it; it was not locked")
        case .noEntry, .notDirectory:
            throw Failure(
                status: .unavailable, message: message, hint: "this kernel runs without clip, or /proc is not mounted")
        case .accessDenied, .notPermitted:
            throw Failure(status: .refused, message: message, hint: "writing it takes root and CAP_SYS_MODULE")
        default:
            throw Failure(status: .refused, message: message)
        }
    }

    private func deliver(_ table: LiveDeviceTable, isChanged: Bool, _ reporter: Reporter) -> ExitStatus {
        if json {
            return reporter.result(
                JSONDocument([
                    ("locked", .bool(table.isLocked)), ("changed", .bool(isChanged)), ("dry_run", .bool(dryRun)),
                    ("strict", .bool(table.isStrict)), ("rules", .number(Int64(table.rules.count))),
                    ("generation", .unsigned(table.generation)),
                ]))
        }
        let rules = "\(counted(table.rules.count, "rule")); generation \(table.generation)"
        switch (table.isLocked, isChanged) {
        case (true, true): reporter.line("the device table is locked: \(rules)")
        case (true, false): reporter.line("the device table was locked already: \(rules)")
        default: reporter.line("the device table can be locked: \(rules); dry run, nothing was changed")
        }
        return .done
    }
}
