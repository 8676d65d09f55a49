// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
package import DevicePolicy
import Policy
package import SystemIO
package import Tool

/// The sources of the mounts and the device table; tests use their own.
package struct MountSources {
    package var mountinfo: BytePath = "/proc/self/mountinfo"
    /// The directory of the sysctls `mount` and `devices_strict`.
    package var latches: BytePath = "/proc/sys/kernel/clip"
    /// `CLIP_SECURITYFS_PATH` of linux/clip.h, and the table in it.
    package var devices: BytePath = "/sys/kernel/security/clip/devices"
    package var listMounts: () throws(Errno) -> [KernelMount] = { () throws(Errno) in try KernelMount.all() }
    package var openDevice: () throws(Errno) -> any DevctlDevice = { () throws(Errno) in try KernelDevctl() }
    package var blockDevice: (BytePath) -> DeviceNumber? = { path in
        (try? Files.status(path))?.blockDevice.map { DeviceNumber(raw: $0) }
    }

    package init() {}

    // MARK: Mounts

    /// The mounts of this process: from /proc, or from the kernel if /proc is
    /// not mounted.
    package func mounts() throws(Failure) -> [Mount] {
        var text: [UInt8]?
        do throws(Errno) {
            text = try Files.read(mountinfo)
        } catch {
            guard error == .noEntry else { throw Self.failure(mountinfo, error) }
        }
        if let text { return try Self.parse(text, mountinfo) }
        do throws(Errno) {
            return try listMounts().map { Mount($0) }
        } catch {
            throw Self.failure("listmount(2)", error)
        }
    }

    /// The mounts in a file, to examine another system.
    package static func mounts(in file: BytePath) throws(Failure) -> [Mount] {
        try parse(try read(file), file)
    }

    private static func parse(_ text: [UInt8], _ file: BytePath) throws(Failure) -> [Mount] {
        do throws(MountinfoFault) {
            return try Mount.parse(text)
        } catch {
            throw Failure(status: .syntax, message: "\(file):\(error.line): \(error.message)")
        }
    }

    private static func read(_ file: BytePath) throws(Failure) -> [UInt8] {
        do throws(Errno) {
            return try Files.read(file)
        } catch {
            throw Self.failure(file, error)
        }
    }

    // MARK: The table

    /// The table in force, from the kernel's files, or from the device if /proc
    /// or securityfs is not mounted; nil without clip.
    package func liveTable() throws(Failure) -> (table: LiveDeviceTable, isLockKnown: Bool)? {
        let text = try? Files.read(devices)
        if let text, let isOpen = latch("mount"), let isStrict = latch("devices_strict") {
            return (try Self.table(text, devices, isLocked: !isOpen, isStrict: isStrict), true)
        }
        do throws(Errno) {
            return (try openDevice().table(), true)
        } catch {
            if [.noEntry, .noDevice, .noSuchDevice].contains(error) { return nil }
            // Every user may read the table, but not the sysctls.
            guard let text, error == .accessDenied else { throw Self.failure("/dev/devctl", error) }
            return (try Self.table(text, devices, isLocked: false, isStrict: false), false)
        }
    }

    private static func table(
        _ text: [UInt8], _ file: BytePath, isLocked: Bool, isStrict: Bool
    ) throws(Failure) -> LiveDeviceTable {
        var table = LiveDeviceTable()
        table.rules = try rules(text, file)
        table.isLocked = isLocked
        table.isStrict = isStrict
        return table
    }

    /// The table in a file with five columns.
    package static func rules(in file: BytePath) throws(Failure) -> [DeviceRule] {
        try rules(try read(file), file)
    }

    private static func rules(_ text: [UInt8], _ file: BytePath) throws(Failure) -> [DeviceRule] {
        var parser = DeviceParser(source: file.bytes)
        parser.parse(text)
        if let error = parser.diagnostics.first(where: { $0.severity == .error }) {
            throw Failure(status: .syntax, message: error.text)
        }
        var rules: [DeviceRule] = []
        for line in parser.lines {
            guard case .numbers(let first, let range) = line.selector else {
                throw Failure(status: .syntax, message: "\(file):\(line.line): only device numbers are accepted here")
            }
            rules.append(DeviceRule(first, range: range, priority: line.priority, permissions: line.permissions))
        }
        return rules
    }

    private func latch(_ name: String) -> Bool? {
        guard let first = (try? Files.read(latches.appending(Array(name.utf8))))?.first else { return nil }
        return first != ASCII.zero
    }

    private static func failure(_ source: BytePath, _ error: Errno) -> Failure {
        Failure(status: .io, message: "\(source): \(error)")
    }
}
