// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Device
import SystemIO
package import Tool

/// Access to the kernel; its errors become failures with a message.
package struct DeviceAccess {
    let surroundings: Surroundings

    package init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// Opens the device and reads the capabilities of the kernel. Fails if the
    /// kernel has another version of the interface than this tool.
    package func open() throws(Failure) -> (device: any VeriexecDevice, info: KernelInfo) {
        let device: any VeriexecDevice
        do throws(Errno) {
            device = try surroundings.openDevice()
        } catch {
            throw Self.cannotOpen(error)
        }
        let info: KernelInfo
        do throws(Errno) {
            info = try device.info()
        } catch {
            throw error == .accessDenied || error == .notPermitted
                ? Failure(status: .refused, message: "/dev/veriexec: \(error)")
                : Failure(
                    status: .unavailable, message: "/dev/veriexec does not answer: \(error)",
                    hint: "the kernel has an interface that this tool does not support")
        }
        guard info.abiVersion == KernelInfo.supportedABI else {
            throw Failure(
                status: .unavailable,
                message: "this kernel has version \(info.abiVersion) of the interface, "
                    + "this tool knows version \(KernelInfo.supportedABI)")
        }
        return (device, info)
    }

    private static func cannotOpen(_ error: Errno) -> Failure {
        let message = "/dev/veriexec: \(error)"
        switch error {
        case .accessDenied, .notPermitted:
            return Failure(status: .refused, message: message, hint: "this requires root in context 0")
        case .noEntry, .noDevice, .noSuchDevice:
            return Failure(status: .unavailable, message: message, hint: unavailableHint)
        default:
            return Failure(status: .io, message: message)
        }
    }

    private static let unavailableHint =
        "clip is not active in this kernel; /sys/kernel/security/lsm lists the active modules"

    /// The kernel's status file in securityfs, which every user may read.
    package func status() throws(Failure) -> KernelStatus {
        guard let status = KernelStatus(try read("status")) else {
            throw Failure(status: .unavailable, message: "\(path("status")) has an unknown format")
        }
        return status
    }

    package func entries() throws(Failure) -> [LiveEntry] {
        let text = try entriesText()
        do throws(EntriesError) {
            return try EntriesFile.parse(text)
        } catch {
            throw Failure(status: .unavailable, message: "\(path("entries")): \(error)")
        }
    }

    /// All entries in little memory.
    package func entryRows() throws(Failure) -> EntryRows {
        // A text that is kept here would be copied.
        var text = try entriesText()
        do throws(EntriesError) {
            return try EntryRows(exchange(&text, with: []))
        } catch {
            throw Failure(status: .unavailable, message: "\(path("entries")): \(error)")
        }
    }

    /// The unparsed list of entries; only root may read it.
    package func entriesText() throws(Failure) -> [UInt8] {
        try read("entries")
    }

    /// The allow digests in force; none if the kernel does not support them.
    package func digests() throws(Failure) -> [LiveDigest] {
        let file = path("digests")
        do throws(Errno) {
            _ = try Files.status(file)
        } catch {
            if error == .noEntry { return [] }
            throw Failure(status: .io, message: "\(file): \(error)")
        }
        let text = try read("digests")
        do throws(EntriesError) {
            return try DigestsFile.parse(text)
        } catch {
            throw Failure(status: .unavailable, message: "\(file): \(error)")
        }
    }

    /// The exceptions in force.
    package func exceptions() throws(Failure) -> [LiveException] {
        guard let list = ExceptionsFile.parse(try read("exceptions")) else {
            throw Failure(status: .unavailable, message: "\(path("exceptions")) has an unknown format")
        }
        return list
    }

    private func path(_ name: String) -> BytePath {
        surroundings.securityfs.appending(Array(name.utf8))
    }

    private func read(_ name: String) throws(Failure) -> [UInt8] {
        do throws(Errno) {
            return try Files.read(path(name))
        } catch {
            let message = "\(path(name)): \(error)"
            switch error {
            case .noEntry, .notDirectory:
                throw Failure(
                    status: .unavailable, message: message,
                    hint: "clip is not active in this kernel, or securityfs is not mounted")
            case .accessDenied, .notPermitted:
                throw Failure(status: .refused, message: message)
            default:
                throw Failure(status: .io, message: message)
            }
        }
    }
}
