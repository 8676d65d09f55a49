// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// What a device may be used for: CLIP_DEVICE_* of linux/clip.h. DevctlTests
/// compares every value with the header's.
package struct DevicePermissions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let read = DevicePermissions(rawValue: 0x01)
    package static let write = DevicePermissions(rawValue: 0x02)
    package static let dev = DevicePermissions(rawValue: 0x10)
    package static let exec = DevicePermissions(rawValue: 0x20)
    package static let suid = DevicePermissions(rawValue: 0x40)

    static let letters: [(UInt8, DevicePermissions)] = [
        (UInt8(ascii: "r"), .read), (UInt8(ascii: "w"), .write), (UInt8(ascii: "d"), .dev),
        (UInt8(ascii: "x"), .exec), (UInt8(ascii: "s"), .suid),
    ]

    /// The permission that a letter stands for; nil if there is none.
    package static func of(letter: UInt8) -> DevicePermissions? {
        letters.first { $0.0 == letter }?.1
    }

    /// The letters of the permissions in the order `rwdxs`, or `-` for none.
    package var text: String {
        let letters = Self.letters.filter { contains($0.1) }.map(\.0)
        return letters.isEmpty ? "-" : String(decoding: letters, as: UTF8.self)
    }
}

/// The major and the minor number of a device.
package struct DeviceNumber: Hashable, Sendable, CustomStringConvertible {
    package var major: UInt32
    package var minor: UInt32

    package init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// Takes apart a number in the form of st_dev or st_rdev; see makedev(3).
    package init(raw: UInt64) {
        major = UInt32(truncatingIfNeeded: raw >> 32 & 0xffff_f000 | raw >> 8 & 0xfff)
        minor = UInt32(truncatingIfNeeded: raw >> 12 & 0xffff_ff00 | raw & 0xff)
    }

    /// Reads `8:1`, which is the form in sysfs; a newline may follow.
    package init?(text: [UInt8]) {
        let parts = text.prefix { $0 != ASCII.newline }.split(separator: ASCII.colon, omittingEmptySubsequences: false)
        guard parts.count == 2, let major = UInt32(String(decoding: parts[0], as: UTF8.self)),
            let minor = UInt32(String(decoding: parts[1], as: UTF8.self))
        else { return nil }
        self.init(major: major, minor: minor)
    }

    package var description: String { "\(major):\(minor)" }

    /// The disk of a partition, if the driver of the disk is sd, which has 16
    /// minor numbers for each disk: Documentation/admin-guide/devices.txt of
    /// Linux. It is for disks that this system does not have, while the rules of
    /// another system are checked.
    package var conventionalDisk: DeviceNumber? {
        guard [8...8, 65...71, 128...135].contains(where: { $0.contains(major) }), minor % 16 > 0 else { return nil }
        return DeviceNumber(major: major, minor: minor - minor % 16)
    }
}

/// One rule in the form that the kernel reads: struct clip_device_rule.
package struct DeviceRule: Hashable, Sendable {
    package var first: DeviceNumber
    /// The number of minor numbers that follow the first.
    package var range: UInt32
    package var priority: UInt32
    package var permissions: DevicePermissions

    package init(_ first: DeviceNumber, range: UInt32 = 0, priority: UInt32, permissions: DevicePermissions) {
        self.first = first
        self.range = range
        self.priority = priority
        self.permissions = permissions
    }

    /// CLIP_DEVICE_MAJOR_MAX, CLIP_DEVICE_MINOR_MAX and CLIP_DEVICE_RULES_MAX of
    /// linux/clip.h.
    package static let largestMajor: UInt32 = 4095
    package static let largestMinor: UInt32 = 1_048_575
    package static let mostRules = 1024

    /// The rule in five columns.
    package var text: String { "\(first.major) \(first.minor) \(range) \(priority) \(permissions.text)" }

    /// Whether the rule is for this device, whatever its priority.
    package func covers(_ device: DeviceNumber) -> Bool {
        device.major == first.major && device.minor >= first.minor && device.minor - first.minor <= range
    }

    /// Whether both are for the same numbers, of which the kernel takes one.
    func hasPlace(of other: DeviceRule) -> Bool { first == other.first && range == other.range }

    /// Whether both count for a device with equal priority, which the kernel
    /// refuses.
    func ties(with other: DeviceRule) -> Bool {
        priority > 0 && priority == other.priority && (covers(other.first) || other.covers(first))
    }
}

/// A table of rules, which is searched in the way of the kernel.
package struct DeviceTable: Sendable {
    package var rules: [DeviceRule]

    package init(_ rules: [DeviceRule]) {
        self.rules = rules
    }

    /// The rule that counts for a device: the one with the highest priority. nil
    /// if the device is not listed.
    package func rule(for device: DeviceNumber) -> DeviceRule? {
        rules.filter { $0.priority > 0 && $0.covers(device) }.max { $0.priority < $1.priority }
    }

    /// What a device may be used for. With `strict`, a device that is not listed
    /// has no permission.
    package func permissions(of device: DeviceNumber, strict: Bool) -> DevicePermissions {
        rule(for: device)?.permissions ?? (strict ? [] : [.read, .write])
    }
}
