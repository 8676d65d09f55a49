// SPDX-License-Identifier: LGPL-2.1-or-later

import Device
import DevicePolicy
import Policy
import SystemIO
import Tool

/// Requests to /dev/devctl, with their errors put into words.
struct DeviceAccess {
    private let surroundings: DevctlSurroundings

    init(_ surroundings: DevctlSurroundings) {
        self.surroundings = surroundings
    }

    func open() throws(Failure) -> any DevctlDevice {
        do throws(Errno) {
            return try surroundings.openDevice()
        } catch {
            let message = "/dev/devctl: \(error)"
            switch error {
            case .accessDenied, .notPermitted:
                throw Failure(status: .refused, message: message, hint: "this takes root in context 0")
            case .noEntry, .noDevice, .noSuchDevice:
                throw Failure(
                    status: .unavailable, message: message,
                    hint: "this kernel runs without clip; /sys/kernel/security/lsm lists what it runs with")
            default:
                throw Failure(status: .io, message: message)
            }
        }
    }

    /// The table in force.
    func table() throws(Failure) -> LiveDeviceTable {
        try Self.table(of: open())
    }

    static func table(of device: any DevctlDevice) throws(Failure) -> LiveDeviceTable {
        do throws(Errno) {
            return try device.table()
        } catch {
            throw error == .accessDenied || error == .notPermitted
                ? Failure(status: .refused, message: "/dev/devctl: \(error)")
                : Failure(
                    status: .unavailable, message: "/dev/devctl does not answer: \(error)",
                    hint: "this is another kernel's interface")
        }
    }

    /// Sends rules, of which the kernel takes all or none. A refusal is part of
    /// the report.
    func commit(
        _ rules: [ResolvedRule], _ mode: CommitMode, _ options: CommitOptions
    ) throws(Failure) -> CommitReport {
        let device = try open()
        do throws(Errno) {
            let outcome = try device.commit(rules.map(\.rule), mode: mode, options: options)
            return CommitReport(rules: rules, outcome: outcome, isDryRun: options.contains(.dryRun))
        } catch {
            throw Failure(
                status: error == .notPermitted ? .refused : .unavailable, message: "/dev/devctl: \(error)")
        }
    }
}
