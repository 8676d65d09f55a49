// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import Tool

/// Sets latches of `kernel.clip`.
struct LatchWriter {
    private let directory: Result<SysctlDirectory, Errno>

    init(_ directory: Result<SysctlDirectory, Errno>) {
        self.directory = directory
    }

    /// Whether the latch has this effect now.
    func isSet(_ latch: BootLatch) throws(Failure) -> Bool {
        latch.isSet(in: try read(latch.name))
    }

    /// Returns false if the latch was set before.
    func set(_ latch: BootLatch) throws(Failure) -> Bool {
        if try isSet(latch) { return false }
        if let error = try write(latch.value, to: latch.name) { throw Self.failure(error) }
        guard try isSet(latch) else {
            throw Failure(status: .refused, message: "the kernel did not take the value \(latch.value)")
        }
        return true
    }

    /// Whether mounts and the device table are locked: this latch reads 0 then.
    func areMountsLocked() throws(Failure) -> Bool { try read("mount").hasPrefix("0") }

    /// Locks mounts and the device table. Only with `allowEmpty`, also a table
    /// without a rule.
    func lockMounts(allowEmpty: Bool) throws(Failure) {
        var error = try write("0", to: "mount")
        if allowEmpty, error == .noData { error = try write("0 empty", to: "mount") }
        switch error {
        case nil: return
        case .noData?:
            throw Failure(
                status: .refused, message: "no rule of the device table counts; nothing was locked",
                hint: "devctl load --all, or lock = mounts without devices")
        case let error?: throw Self.failure(error)
        }
    }

    private func read(_ name: String) throws(Failure) -> String {
        do throws(Errno) {
            return try directory.get().read(name)
        } catch {
            throw Self.failure(error)
        }
    }

    private func write(_ value: String, to name: String) throws(Failure) -> Errno? {
        do throws(Errno) {
            try directory.get().write(value, to: name)
            return nil
        } catch {
            return error
        }
    }

    private static func failure(_ error: Errno) -> Failure {
        switch error {
        case .noEntry, .notDirectory:
            Failure(status: .unavailable, message: "this kernel has no such latch")
        case .accessDenied, .notPermitted:
            Failure(status: .refused, message: "\(error)", hint: "writing a latch takes root and CAP_SYS_MODULE")
        default: Failure(status: .refused, message: "\(error)")
        }
    }
}
