// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import DevicePolicy
package import SystemIO

/// The reason why a selector stands for no device.
package struct NotFound: Error, Equatable {
    package var message: String
}

/// Finds the devices that selectors stand for, by means of sysfs. Tests put
/// their own files and devices in its place.
package struct DeviceFinder {
    /// The directory where sysfs is mounted.
    package var sysfs: BytePath
    /// The number of the block device that a node, or a link to one, stands for;
    /// nil if it is another kind of file. Errors are those of stat(2).
    package var blockDevice: (BytePath) throws(Errno) -> DeviceNumber?
    /// The device of the filesystem that a file is on. Errors are those of stat(2).
    package var filesystem: (BytePath) throws(Errno) -> DeviceNumber

    package init(
        sysfs: BytePath, blockDevice: @escaping (BytePath) throws(Errno) -> DeviceNumber?,
        filesystem: @escaping (BytePath) throws(Errno) -> DeviceNumber
    ) {
        self.sysfs = sysfs
        self.blockDevice = blockDevice
        self.filesystem = filesystem
    }

    /// Looks at this system.
    package static func system() -> DeviceFinder {
        DeviceFinder(
            sysfs: "/sys",
            blockDevice: { path throws(Errno) in
                try Files.status(path).blockDevice.map { DeviceNumber(raw: $0) }
            },
            filesystem: { path throws(Errno) in
                DeviceNumber(raw: try Files.status(path).identity.device)
            })
    }

    /// The number of a block device by its node; nil if the file is not a block
    /// device. Errors are those of stat(2).
    package func number(of node: BytePath) throws(Errno) -> DeviceNumber? { try blockDevice(node) }

    /// The devices of a selector, each once, with how many minor numbers follow
    /// the first.
    package func find(_ selector: DeviceSelector) throws(NotFound) -> [(first: DeviceNumber, range: UInt32)] {
        switch selector {
        case .numbers(let first, let range): return [(first, range)]
        case .path(let path): return [(try node(path), 0)]
        case .disk(let path): return try wholeDisk(disk(of: node(path)))
        case .boot: return [(try boot(), 0)]
        case .rootDisk: return try rootDisk()
        case .mapped(let name): return try mapped(name)
        }
    }

    /// The device of the root filesystem; nil if it is not on a device.
    package var root: DeviceNumber? {
        guard let device = try? filesystem("/"), device.major != 0 else { return nil }
        return device
    }

    /// All block devices of the system, in no particular order.
    package var devices: [DeviceNumber] {
        let numbers = sysfs.appending(Array("dev/block".utf8))
        return names(in: numbers).compactMap { DeviceNumber(text: $0) }
    }

    /// The devices that a device directly lies on: the disk of a partition, the
    /// parts of a mapped device.
    package func below(_ device: DeviceNumber) -> [DeviceNumber] {
        guard let directory = directory(device) else { return device.conventionalDisk.map { [$0] } ?? [] }
        if read(directory, "partition") != nil { return number(directory.parent).map { [$0] } ?? [] }
        let slaves = directory.appending(Array("slaves".utf8))
        return names(in: slaves).compactMap { number(slaves.appending($0)) }
    }

    private func node(_ path: BytePath) throws(NotFound) -> DeviceNumber {
        do throws(Errno) {
            if let device = try blockDevice(path) { return device }
        } catch {
            throw NotFound(message: "\(path): \(error)")
        }
        throw NotFound(message: "\(path) is not a block device")
    }

    private func boot() throws(NotFound) -> DeviceNumber {
        guard let device = try? filesystem("/boot"), device.major != 0, device != root else {
            throw NotFound(message: "/boot is not a filesystem on its own device")
        }
        return device
    }

    private func rootDisk() throws(NotFound) -> [(first: DeviceNumber, range: UInt32)] {
        guard let root else { throw NotFound(message: "the root filesystem is not on a device") }
        var found: [(first: DeviceNumber, range: UInt32)] = []
        for disk in physicalDisks(of: directory(root), depth: 0) {
            for part in try wholeDisk(disk) where !found.contains(where: { $0.first == part.first }) {
                found.append(part)
            }
        }
        guard !found.isEmpty else { throw NotFound(message: "sysfs does not list \(root)") }
        return found
    }

    private func mapped(_ name: [UInt8]) throws(NotFound) -> [(first: DeviceNumber, range: UInt32)] {
        let block = sysfs.appending(Array("block".utf8))
        let isPattern = name.last == UInt8(ascii: "*")
        let found = names(in: block).compactMap { entry -> DeviceNumber? in
            let device = block.appending(entry)
            guard let text = read(device, "dm/name") else { return nil }
            let mapped = Array(text.prefix { $0 != ASCII.newline })
            guard isPattern ? mapped.starts(with: name.dropLast()) : mapped == name else { return nil }
            return number(device)
        }
        guard !found.isEmpty else { throw NotFound(message: "no mapped device is named '\(DisplayText.of(name))'") }
        return found.sorted { ($0.major, $0.minor) < ($1.major, $1.minor) }.map { ($0, 0) }
    }

    // MARK: sysfs

    private func directory(_ device: DeviceNumber) -> BytePath? {
        try? Files.realPath(sysfs.appending(Array("dev/block/\(device)".utf8)))
    }

    private func read(_ directory: BytePath, _ name: String) -> [UInt8]? {
        try? Files.read(directory.appending(Array(name.utf8)), limit: 1 << 16)
    }

    private func number(_ directory: BytePath) -> DeviceNumber? {
        read(directory, "dev").flatMap { DeviceNumber(text: $0) }
    }

    private func names(in directory: BytePath) -> [[UInt8]] {
        ((try? Files.list(directory)) ?? []).map(\.name)
    }

    /// The directory of a disk, or of the disk that a partition is part of.
    private func disk(of device: DeviceNumber) throws(NotFound) -> BytePath {
        guard let directory = directory(device) else { throw NotFound(message: "sysfs does not list \(device)") }
        return read(directory, "partition") == nil ? directory : directory.parent
    }

    /// The disks that a device lies on, through any number of mapped devices up
    /// to 16. The bound ends the search if links of sysfs lead in a circle.
    private func physicalDisks(of directory: BytePath?, depth: Int) -> [BytePath] {
        guard let directory, depth < 16 else { return [] }
        let disk = read(directory, "partition") == nil ? directory : directory.parent
        let slaves = disk.appending(Array("slaves".utf8))
        let below = names(in: slaves)
        guard !below.isEmpty else { return [disk] }
        return below.flatMap { name in
            physicalDisks(of: try? Files.realPath(slaves.appending(name)), depth: depth + 1)
        }
    }

    /// A disk has a block of minor numbers for itself and its first partitions.
    /// Partitions beyond the block have numbers of the "blkext" driver.
    private func wholeDisk(_ disk: BytePath) throws(NotFound) -> [(first: DeviceNumber, range: UInt32)] {
        guard let first = number(disk) else { throw NotFound(message: "\(disk) has no device number") }
        let text = (read(disk, "range") ?? []).prefix { ASCII.isDigit($0) }
        let minors = UInt32(String(decoding: text, as: UTF8.self)) ?? 1
        var found = [(first: first, range: max(minors, 1) - 1)]
        for name in names(in: disk) {
            let partition = disk.appending(name)
            guard read(partition, "partition") != nil, let device = number(partition) else { continue }
            let rule = DeviceRule(first, range: found[0].range, priority: 1, permissions: [])
            if !rule.covers(device) { found.append((device, 0)) }
        }
        return found
    }
}
