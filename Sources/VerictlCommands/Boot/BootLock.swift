// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import SystemIO
import Tool

/// The late part of a protected boot: what is final until the next one.
struct BootLock {
    private let surroundings: Surroundings
    private let access: ContextAccess
    private let writer: LatchWriter

    init(_ surroundings: Surroundings, _ access: ContextAccess) {
        self.surroundings = surroundings
        self.access = access
        writer = LatchWriter(
            Result { () throws(Errno) in try SysctlDirectory(surroundings.latchDirectory) })
    }

    /// Why rules or level could not be changed afterwards, by the words of the
    /// lock; nil if they could.
    func lossOfAdministration(_ lock: BootSettings.Lock) throws(Failure) -> String? {
        if let word = lock.level.intersection([.seal, .selfImmutable]).names.first { return "\(word) forbids it" }
        let level = try access.state(.own).level
        guard !lock.level.isEmpty else { return nil }
        return try AdministrationGuard(surroundings, access.device, access.info).lossAtLevel(level.union(lock.level))
    }

    /// Mounts and devices first: a level that is final does not hinder them, but
    /// what fails before can still be repaired.
    func run(_ lock: BootSettings.Lock, _ steps: inout BootSteps) {
        if lock.mounts || lock.devices { lockMounts(lock, &steps) }
        guard !lock.level.isEmpty else { return }
        do throws(Failure) {
            let before = try access.state(.own).level
            if before.isSuperset(of: lock.level) {
                steps.add("level", .already, "\(lock.level.text), as before")
                return
            }
            try access.setLevel(before.union(lock.level), of: .own)
            let after = try access.state(.own).level
            guard after.isSuperset(of: lock.level) else {
                throw Failure(status: .refused, message: "the kernel set \(after.text) only")
            }
            steps.add("level", .done, after.text)
        } catch {
            steps.fail("level", error)
        }
    }

    private func lockMounts(_ lock: BootSettings.Lock, _ steps: inout BootSteps) {
        let name = "mounts and devices"
        do throws(Failure) {
            if try writer.areMountsLocked() {
                steps.add(name, .already, "were locked")
                return
            }
            // Without the word "devices", no table is needed.
            try writer.lockMounts(allowEmpty: !lock.devices)
            guard try writer.areMountsLocked() else {
                throw Failure(status: .refused, message: "the kernel did not lock them")
            }
            steps.add(name, .done, "locked")
        } catch {
            steps.fail(name, error)
        }
    }
}
