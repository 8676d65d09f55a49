// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CContainer
import Jails
import SystemIO

extension BytePath {
    /// The bytes with a NUL behind them.
    var cString: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }
}

/// Memory for the arrays and texts of a plan, as long as the plan is used.
final class Arena {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// An array that C reads; nil for an empty one.
    func array<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element>? {
        guard !elements.isEmpty else { return nil }
        let start = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
        start.initialize(from: elements, count: elements.count)
        blocks.append(UnsafeMutableRawPointer(start))
        return start
    }

    /// A text that ends with a NUL.
    func text(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar>? {
        array(bytes.map { CChar(bitPattern: $0) } + [0])
    }

    func text(_ bytes: [UInt8]?) -> UnsafePointer<CChar>? {
        bytes.flatMap { text($0) }.map { UnsafePointer($0) }
    }

    /// A list of texts that ends with a null pointer.
    func list(_ texts: [[UInt8]]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
        array(texts.map { text($0) } + [nil])
    }
}

/// A program that is started in a jail.
struct JailedProgram {
    var arguments: [[UInt8]]
    var environment: [[UInt8]]
    var identity: Accounts.Identity
    var view: BytePath?
    var directory: BytePath?
    var noNewPrivileges = false
}

/// The plan that libclip carries out. No code of Swift runs in the new process.
final class FlatPlan {
    var raw = clip_jail()
    private let arena = Arena()

    /// The tree and the namespaces of a jail.
    init(_ jail: Jail) {
        clip_jail_init(&raw)
        raw.namespaces = jail.namespaces.rawValue
        raw.root = arena.text(jail.root?.bytes)
        raw.root_attributes = jail.rootAttributes.rawValue
        let mounts = jail.mounts.map(mount)
        raw.mounts = UnsafePointer(arena.array(mounts))
        raw.mount_count = mounts.count
        raw.host_name = arena.text(jail.hostName)
        raw.users = UnsafePointer(arena.array(jail.users.map(\.raw)))
        raw.user_count = jail.users.count
        raw.group_ranges = UnsafePointer(arena.array(jail.groupRanges.map(\.raw)))
        raw.group_range_count = jail.groupRanges.count
        raw.monotonic_offset = jail.clocks.monotonic
        raw.boottime_offset = jail.clocks.bootTime
        raw.flags = jail.namespaces.contains(.net) ? UInt32(CLIP_JAIL_LOOPBACK) : 0
    }

    /// A way into a jail that is there, by its namespaces.
    init(joining namespaces: [Int32]) {
        clip_jail_init(&raw)
        raw.joined = UnsafePointer(arena.array(namespaces))
        raw.joined_count = namespaces.count
    }

    func set(_ program: JailedProgram) {
        raw.arguments = UnsafePointer(arena.list(program.arguments))
        raw.environment = UnsafePointer(arena.list(program.environment))
        raw.user = program.identity.user
        raw.group = program.identity.group
        raw.groups = UnsafePointer(arena.array(program.identity.groups))
        raw.group_count = program.identity.groups.count
        raw.view = arena.text(program.view?.bytes)
        raw.directory = arena.text(program.directory?.bytes)
        if program.noNewPrivileges { raw.flags |= UInt32(CLIP_JAIL_NO_NEW_PRIVS) }
    }

    private func mount(_ line: MountLine) -> clip_mount {
        var mount = clip_mount()
        mount.source = arena.text(line.source?.bytes)
        mount.target = arena.text(line.target.bytes)
        mount.data = line.data.isEmpty ? nil : arena.text(line.data)
        mount.attributes = line.attributes.rawValue
        mount.cleared = line.cleared.rawValue
        switch line.kind {
        case .bind: mount.kind = CLIP_MOUNT_BIND
        case .inside: mount.kind = CLIP_MOUNT_INSIDE
        case .change: mount.kind = CLIP_MOUNT_CHANGE
        case .devices: mount.kind = CLIP_MOUNT_DEVICES
        case .filesystem(let type):
            mount.kind = CLIP_MOUNT_NEW
            mount.type = arena.text(type)
        }
        if line.isRecursive { mount.flags |= UInt32(CLIP_MOUNT_RECURSIVE) }
        if line.isOptional { mount.flags |= UInt32(CLIP_MOUNT_OPTIONAL) }
        return mount
    }
}

extension IDRange {
    fileprivate var raw: clip_id_range { clip_id_range(inside: inside, outside: outside, count: count) }
}
