// SPDX-License-Identifier: LGPL-2.1-or-later

import Glibc

/// Identity of a file while it exists.
package struct FileIdentity: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// The number of a device, as in struct stat.
    package static func device(major: UInt64, minor: UInt64) -> UInt64 {
        (major & 0xffff_f000) << 32 | (major & 0xfff) << 8 | (minor & 0xffff_ff00) << 12 | minor & 0xff
    }

    /// `major:minor` of the device, as the kernel writes it; see makedev(3) for
    /// where the bits are.
    package var deviceText: String {
        let major = device >> 32 & 0xffff_f000 | device >> 8 & 0xfff
        let minor = device >> 12 & 0xffff_ff00 | device & 0xff
        return "\(major):\(minor)"
    }
}

/// The twelve low bits of a file's mode; see chmod(2).
package struct FilePermissions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    init(mode: mode_t) {
        rawValue = mode & 0o7777
    }

    /// Execution by the owner, the group or others.
    package static let anyExecute = FilePermissions(rawValue: S_IXUSR | S_IXGRP | S_IXOTH)

    /// The permissions of a new file that is not a program: `rw-r--r--`.
    package static let data = FilePermissions(rawValue: S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH)
}

/// A time of a file since 1970.
package struct FileTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let seconds: Int
    package let nanoseconds: Int

    /// The beginning of 1970.
    package static let zero = FileTime(timespec())

    /// The time of the clock by which files are dated.
    package static var now: FileTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return FileTime(time)
    }

    package func milliseconds(since other: FileTime) -> Int {
        (seconds - other.seconds) * 1000 + (nanoseconds - other.nanoseconds) / 1_000_000
    }

    package static func < (left: FileTime, right: FileTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    package var description: String { "\(seconds).\(nanoseconds)" }

    init(_ raw: timespec) {
        seconds = Int(raw.tv_sec)
        nanoseconds = Int(raw.tv_nsec)
    }
}

/// The part of struct stat that the tools use.
package struct FileStatus: Sendable {
    package enum Kind: Sendable {
        case regular, directory, symbolicLink, other
    }

    package let identity: FileIdentity
    package let kind: Kind
    package let permissions: FilePermissions
    package let owner: UInt32
    package let group: UInt32
    /// Bytes.
    package let size: UInt64
    package let links: UInt64
    /// When the content changed, and when anything of the inode changed.
    package let modified: FileTime
    package let changed: FileTime
    /// The number of a block device, as in struct stat; nil for other files.
    package let blockDevice: UInt64?

    init(_ raw: stat) {
        identity = FileIdentity(device: UInt64(raw.st_dev), inode: UInt64(raw.st_ino))
        kind = Kind(mode: raw.st_mode)
        permissions = FilePermissions(mode: raw.st_mode)
        owner = raw.st_uid
        group = raw.st_gid
        size = UInt64(max(raw.st_size, 0))
        links = UInt64(raw.st_nlink)
        modified = FileTime(raw.st_mtim)
        changed = FileTime(raw.st_ctim)
        blockDevice = raw.st_mode & S_IFMT == S_IFBLK ? UInt64(raw.st_rdev) : nil
    }

    /// Whether users other than root and the one of this process can change the
    /// file: by its owner, its group or its mode.
    package var isWritableByOthers: Bool {
        let isForeign = owner != 0 && owner != geteuid()
        let groupWrites = permissions.rawValue & S_IWGRP != 0 && group != 0 && group != getegid()
        return isForeign || groupWrites || permissions.rawValue & S_IWOTH != 0
    }

    package var isExecutable: Bool { !permissions.isDisjoint(with: .anyExecute) }
}

extension FileStatus.Kind {
    init(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symbolicLink
        default: self = .other
        }
    }

    /// From d_type of readdir(3); nil if the file system does not report it.
    init?(directoryType: UInt8) {
        switch Int(directoryType) {
        case Int(DT_REG): self = .regular
        case Int(DT_DIR): self = .directory
        case Int(DT_LNK): self = .symbolicLink
        case Int(DT_UNKNOWN): return nil
        default: self = .other
        }
    }
}

extension FilePermissions {
    /// The bits that let a program run with the rights of its owner or group,
    /// in words; nil if there is none. Without the group's right to execute,
    /// the second one means something else.
    package var rightsOfOwner: String? {
        let hasGroup = rawValue & S_ISGID != 0 && rawValue & S_IXGRP != 0
        switch (rawValue & S_ISUID != 0, hasGroup) {
        case (true, true): return "set-user-id and set-group-id"
        case (true, false): return "set-user-id"
        case (false, true): return "set-group-id"
        case (false, false): return nil
        }
    }
}
