// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import DevicePolicy
package import SystemIO

/// One mount: where a filesystem is attached, and with which flags.
package struct Mount: Equatable, Sendable {
    /// The device of the filesystem, as in stat(2); the major number is 0 if it
    /// has none.
    package var device: DeviceNumber
    /// The visible part of the filesystem: `/`, or the directory of a bind
    /// mount.
    package var root: BytePath
    package var point: BytePath
    package var type: [UInt8]
    /// The source that was given to mount(2); empty if it is unknown.
    package var source: [UInt8] = []
    package var attributes: MountAttributes = []
    /// Whether the filesystem itself is read-only, for all its mounts.
    package var isReadOnlyFilesystem = false
    /// The upper directory of an overlay, which holds the changes; nil for
    /// other filesystems.
    package var upper: BytePath?

    package init(_ device: DeviceNumber, point: BytePath, type: [UInt8], root: BytePath = "/") {
        self.device = device
        self.root = root
        self.point = point
        self.type = type
    }

    package init(_ mount: KernelMount) {
        self.init(
            DeviceNumber(major: mount.major, minor: mount.minor), point: BytePath(mount.point), type: mount.type,
            root: BytePath(mount.root))
        attributes = mount.attributes
        isReadOnlyFilesystem = mount.superblockFlags.contains(.readOnly)
        takeOptions(mount.options[...])
    }

    /// Options of the filesystem. The path in `upperdir` has the escapes of
    /// /proc, which include the comma.
    private mutating func takeOptions(_ text: ArraySlice<UInt8>) {
        for word in text.split(separator: ASCII.comma) {
            if word.elementsEqual("ro".utf8) { isReadOnlyFilesystem = true }
            if type.elementsEqual("overlay".utf8), word.starts(with: Self.upperOption),
                let path = try? OctalEscape.decode(word.dropFirst(Self.upperOption.count))
            {
                upper = BytePath(path)
            }
        }
    }

    private static let upperOption = Array("upperdir=".utf8)
}

/// A malformed line of /proc/PID/mountinfo.
package struct MountinfoFault: Error, Equatable {
    /// From 1.
    package var line: Int
    package var message: String
}

extension Mount {
    /// The lines of /proc/PID/mountinfo, see proc_pid_mountinfo(5). No line is
    /// skipped, because every mount may matter.
    package static func parse(_ text: [UInt8]) throws(MountinfoFault) -> [Mount] {
        var mounts: [Mount] = []
        for (index, line) in text.split(separator: ASCII.newline, omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            mounts.append(try Mount(line: line, number: index + 1))
        }
        return mounts
    }

    /// `36 35 98:0 /root /point rw,noatime shared:1 - ext4 /dev/sda1 rw`. There
    /// may be any number of optional fields before the dash, and the source may
    /// be empty, which gives two consecutive blanks.
    private init(line: ArraySlice<UInt8>, number: Int) throws(MountinfoFault) {
        let fields = line.split(separator: ASCII.space, omittingEmptySubsequences: false)
        guard fields.count >= 10, let dash = fields[6...].firstIndex(where: { $0.elementsEqual([ASCII.minus]) }),
            fields.count == dash + 4
        else { throw MountinfoFault(line: number, message: "the line does not describe a mount") }
        guard let device = DeviceNumber(text: Array(fields[2])) else {
            throw MountinfoFault(line: number, message: "invalid device number '\(DisplayText.of(fields[2]))'")
        }
        self.init(
            device, point: try Self.path(fields[4], number), type: try Self.path(fields[dash + 1], number).bytes,
            root: try Self.path(fields[3], number))
        source = try Self.path(fields[dash + 2], number).bytes
        for word in fields[5].split(separator: ASCII.comma) {
            switch String(decoding: word, as: UTF8.self) {
            case "ro": attributes.insert(.readOnly)
            case "nosuid": attributes.insert(.noSuid)
            case "nodev": attributes.insert(.noDev)
            case "noexec": attributes.insert(.noExec)
            default: break
            }
        }
        takeOptions(fields[dash + 3])
    }

    private static func path(_ text: ArraySlice<UInt8>, _ line: Int) throws(MountinfoFault) -> BytePath {
        do throws(OctalEscape.Failure) {
            return BytePath(try OctalEscape.decode(text))
        } catch {
            throw MountinfoFault(line: line, message: "bad escape in '\(DisplayText.of(text))'")
        }
    }
}
