// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy

/// A container: a context, namespaces, a tree of files, and a program.
package struct Jail: Equatable, Sendable {
    package var name: String
    package var context = JailContext()
    package var namespaces: Namespaces = .usual
    /// Ids of a user namespace of its own.
    package var users: [IDRange] = []
    package var groupRanges: [IDRange] = []
    /// Seconds that are added to the clocks of a time namespace of its own.
    package var clocks = ClockOffsets()
    /// A program of the host that prepares the namespaces.
    package var setupCommand: BytePath?
    /// The directory of the host that becomes the root directory.
    package var root: BytePath?
    package var rootAttributes: MountAttributes = []
    package var mounts: [MountLine] = []
    /// Mount points that may be both writable and executable.
    package var writableExecutable: [BytePath] = []
    package var network = JailNetwork()
    /// The program and its arguments; empty for none.
    package var command: [[UInt8]] = []
    /// A name or a number of the host; nil for root.
    package var user: [UInt8]?
    package var group: [UInt8]?
    package var groups: [[UInt8]] = []
    package var view: BytePath?
    package var directory: BytePath?
    package var environment: [[UInt8]] = []
    package var hostName: [UInt8]?
    package var output: JailOutput = .kept
    package var noNewPrivileges = false
    package var limits = JailLimits()
    /// Seconds between the request to end and the end.
    package var stopTimeout: UInt32 = 5

    package init(name: String) {
        self.name = name
    }

    /// Whether a text can be the name of a jail, which is part of file names.
    package static func isName(_ text: [UInt8]) -> Bool {
        guard let first = text.first, ASCII.isLetter(first) || ASCII.isDigit(first), text.count <= 64 else {
            return false
        }
        return text.allSatisfy { byte in
            ASCII.isLetter(byte) || ASCII.isDigit(byte) || [UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
        }
    }
}

/// The part of a jail that the kernel keeps as a context.
package struct JailContext: Equatable, Sendable {
    /// nil if the file does not say.
    package var number: UInt32?
    /// The context exists already, with its rules, and is not deleted at the end.
    package var exists = false
    package var level: ContextLevel = []
    package var capabilities: CapabilitySet = []
    /// For what belongs to user namespaces that are made inside.
    package var namespaceCapabilities: CapabilitySet = []
    package var privileges: Privileges = []
    package var confidentiality: UInt32 = 0
    package var flags: ContextFlags = []

    package init() {}

    /// Whether something is to be set that the request to make a context has no
    /// place for.
    package var needsSetup: Bool {
        confidentiality != 0 || !flags.isEmpty || !namespaceCapabilities.isEmpty
    }
}

/// `CLIP_CONTEXT_*` of linux/clip.h.
package struct ContextFlags: WordSet {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let userNamespaces = ContextFlags(rawValue: 0x1)
    package static let liveAddresses = ContextFlags(rawValue: 0x2)
    package static let loopback = ContextFlags(rawValue: 0x4)
    package static let protectedTraffic = ContextFlags(rawValue: 0x8)
    package static let kernelLog = ContextFlags(rawValue: 0x10)
    package static let hidden = ContextFlags(rawValue: 0x20)
    package static let hideInterfaces = ContextFlags(rawValue: 0x80)

    package static let words: [(word: String, bit: ContextFlags)] = [
        ("user-namespaces", .userNamespaces), ("live-addresses", .liveAddresses), ("loopback", .loopback),
        ("protected-traffic", .protectedTraffic), ("kernel-log", .kernelLog), ("hidden", .hidden),
        ("hide-interfaces", .hideInterfaces),
    ]
}

/// Namespaces of its own; the values are those of clone(2).
package struct Namespaces: WordSet {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static let time = Namespaces(rawValue: 0x80)
    package static let mount = Namespaces(rawValue: 0x0002_0000)
    package static let cgroup = Namespaces(rawValue: 0x0200_0000)
    package static let uts = Namespaces(rawValue: 0x0400_0000)
    package static let ipc = Namespaces(rawValue: 0x0800_0000)
    package static let user = Namespaces(rawValue: 0x1000_0000)
    package static let pid = Namespaces(rawValue: 0x2000_0000)
    package static let net = Namespaces(rawValue: 0x4000_0000)

    package static let all = words.reduce(into: Namespaces()) { $0.formUnion($1.bit) }
    package static let usual: Namespaces = [.mount, .uts, .ipc, .pid]

    /// In the order in which they are joined.
    package static let words: [(word: String, bit: Namespaces)] = [
        ("user", .user), ("cgroup", .cgroup), ("ipc", .ipc), ("uts", .uts), ("net", .net), ("time", .time),
        ("pid", .pid), ("mount", .mount),
    ]

    /// The names of their files in /proc/PID/ns.
    package var files: [String] { names.map { $0 == "mount" ? "mnt" : $0 } }
}

/// Seconds that are added to clocks; see time_namespaces(7).
package struct ClockOffsets: Equatable, Sendable {
    /// To CLOCK_MONOTONIC.
    package var monotonic: Int64 = 0
    /// To CLOCK_BOOTTIME, which uptime(1) shows.
    package var bootTime: Int64 = 0

    package init() {}
}

/// A range of ids: as inside, as on the host, how many.
package struct IDRange: Equatable, Sendable {
    package var inside: UInt32
    package var outside: UInt32
    package var count: UInt32

    package init(inside: UInt32, outside: UInt32, count: UInt32) {
        self.inside = inside
        self.outside = outside
        self.count = count
    }

    package var text: String { "\(inside) \(outside) \(count)" }
}

/// The network identity.
package struct JailNetwork: Equatable, Sendable {
    package var addresses: [NetworkAddress] = []
    /// The address that stands for the loopback address.
    package var loopback: NetworkAddress?
    /// Two devices that connect a network namespace of its own with the host.
    package var pair: DevicePair?
    /// With their prefixes, which say what is reached directly.
    package var hostAddresses: [NetworkAddress] = []
    package var deviceAddresses: [NetworkAddress] = []
    package var gateways: [NetworkAddress] = []

    package init() {}
}

/// The names of two network devices that are the ends of one cable.
package struct DevicePair: Equatable, Sendable {
    package var host: [UInt8]
    package var inside: [UInt8]

    package init(host: [UInt8], inside: [UInt8]) {
        self.host = host
        self.inside = inside
    }
}

/// Where the output of the program goes.
package enum JailOutput: Equatable, Sendable {
    /// To a file that `vsctl logs` prints.
    case kept
    case dropped
    case file(BytePath)
}

/// Limits of the cgroup.
package struct JailLimits: Equatable, Sendable {
    /// Bytes.
    package var memory: UInt64?
    package var tasks: UInt64?
    /// Percent of one processor.
    package var processor: UInt32?

    package init() {}

    package var isEmpty: Bool { memory == nil && tasks == nil && processor == nil }

    /// The files of the cgroup, and what is written to them.
    package var settings: [(file: String, value: String)] {
        var settings: [(String, String)] = []
        if let memory { settings.append(("memory.max", String(memory))) }
        if let tasks { settings.append(("pids.max", String(tasks))) }
        if let processor { settings.append(("cpu.max", "\(processor * 1000) 100000")) }
        return settings
    }
}
