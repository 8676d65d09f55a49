// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// One key of a jail file: its section, and what its value sets.
struct SettingKey: Sendable {
    typealias Warn = (ValueFault) -> Void
    typealias Setter = @Sendable (inout Jail, ArraySlice<UInt8>, Warn) throws(ValueFault) -> Void

    var section: String
    var name: String
    /// Whether the key can be there more than once.
    var isRepeatable: Bool
    var set: Setter

    private init(_ section: String, _ name: String, repeatable: Bool = false, set: @escaping Setter) {
        self.section = section
        self.name = name
        isRepeatable = repeatable
        self.set = set
    }

    /// A key that takes one value. Its place is a closure: key paths are made when the
    /// program runs, which takes longer than the rest of a small file.
    private static func one<Value>(
        _ section: String, _ name: String, _ read: @escaping @Sendable (ArraySlice<UInt8>) throws(ValueFault) -> Value,
        _ store: @escaping @Sendable (inout Jail, Value) -> Void
    ) -> SettingKey {
        SettingKey(section, name) { (jail, text, _) throws(ValueFault) in store(&jail, try read(text)) }
    }

    /// A key that can be there more than once.
    private static func many<Value>(
        _ section: String, _ name: String, _ read: @escaping @Sendable (ArraySlice<UInt8>) throws(ValueFault) -> Value,
        _ store: @escaping @Sendable (inout Jail, Value) -> Void
    ) -> SettingKey {
        SettingKey(section, name, repeatable: true) { (jail, text, _) throws(ValueFault) in
            store(&jail, try read(text))
        }
    }

    /// A key that adds a flag of the context.
    private static func flag(_ section: String, _ name: String, _ flag: ContextFlags) -> SettingKey {
        SettingKey(section, name) { (jail, text, _) throws(ValueFault) in
            if try ValueSyntax.flag(text) { jail.context.flags.formUnion(flag) }
        }
    }

    private static func mount(_ name: String) -> SettingKey {
        SettingKey("Mounts", name, repeatable: true) { (jail, text, warn) throws(ValueFault) in
            jail.mounts.append(try MountSyntax.settingLine(text, name, warn: warn))
        }
    }

    @Sendable private static func bytes(_ text: ArraySlice<UInt8>) throws(ValueFault) -> [UInt8] { Array(text) }

    /// A number in a range.
    private static func number(
        _ range: ClosedRange<UInt32>
    ) -> @Sendable (ArraySlice<UInt8>) throws(ValueFault) -> UInt32 {
        { (text) throws(ValueFault) in try ValueSyntax.number(text, in: range) }
    }

    /// The sections in the order in which they are printed.
    static let sections = ["Context", "Namespaces", "Root", "Mounts", "Network", "Program", "Limits"]

    static let all: [SettingKey] = context + namespaces + tree + network + program + limits

    private static var context: [SettingKey] {
        [
            one("Context", "Number", number(2...UInt32.max - 1)) { $0.context.number = $1 },
            one("Context", "Exists", ValueSyntax.flag) { $0.context.exists = $1 },
            one("Context", "Level", ValueSyntax.level) { $0.context.level = $1 },
            one("Context", "Capabilities", ValueSyntax.capabilities) { $0.context.capabilities = $1 },
            one("Context", "NamespaceCapabilities", ValueSyntax.capabilities) { $0.context.namespaceCapabilities = $1 },
            one("Context", "Privileges", ValueSyntax.privileges) { $0.context.privileges = $1 },
            one("Context", "Confidentiality", number(0...15)) { $0.context.confidentiality = $1 },
            flag("Context", "UserNamespaces", .userNamespaces),
            flag("Context", "KernelLog", .kernelLog),
            flag("Context", "Hidden", .hidden),
        ]
    }

    private static var namespaces: [SettingKey] {
        [
            one("Namespaces", "Own", ValueSyntax.namespaces) { $0.namespaces = $1 },
            many("Namespaces", "Users", ValueSyntax.range) { $0.users.append($1) },
            many("Namespaces", "Groups", ValueSyntax.range) { $0.groupRanges.append($1) },
            one("Namespaces", "MonotonicOffset", ValueSyntax.seconds) { $0.clocks.monotonic = $1 },
            one("Namespaces", "BootTimeOffset", ValueSyntax.seconds) { $0.clocks.bootTime = $1 },
            one("Namespaces", "HostName", ValueSyntax.hostName) { $0.hostName = $1 },
            one("Namespaces", "SetupCommand", ValueSyntax.path) { $0.setupCommand = $1 },
        ]
    }

    private static var tree: [SettingKey] {
        [
            one("Root", "Path", ValueSyntax.path) { $0.root = $1 },
            SettingKey("Root", "Options") { (jail, text, warn) throws(ValueFault) in
                jail.rootAttributes = try MountSyntax.options(text, allowsData: false, warn: warn).attributes
            },
            mount("Bind"), mount("BindInside"), mount("Mount"),
            SettingKey("Mounts", "Change", repeatable: true) { (jail, text, warn) throws(ValueFault) in
                let words = ValueSyntax.words(text)
                guard words.count == 2 else {
                    throw ValueFault(message: "not a change:", token: Array(text), hint: "Change=TARGET OPTIONS")
                }
                var line = MountLine(.change, nil, at: try ValueSyntax.path(words[0]))
                let options = try MountSyntax.options(words[1], allowsData: false, warn: warn)
                line.attributes = options.attributes
                line.cleared = options.cleared
                line.isOptional = options.isOptional
                jail.mounts.append(line)
            },
            SettingKey("Mounts", "Devices", repeatable: true) { (jail, text, _) throws(ValueFault) in
                jail.mounts += MountLine.deviceLines(at: try ValueSyntax.path(text))
            },
            many("Mounts", "WritableExecutable", ValueSyntax.path) { $0.writableExecutable.append($1) },
        ]
    }

    private static var network: [SettingKey] {
        [
            many("Network", "Address", ValueSyntax.address) { $0.network.addresses.append($1) },
            one("Network", "LoopbackAddress", ValueSyntax.address) { $0.network.loopback = $1 },
            one("Network", "Veth", ValueSyntax.pair) { $0.network.pair = $1 },
            many("Network", "HostAddress", ValueSyntax.anyAddress) { $0.network.hostAddresses.append($1) },
            many("Network", "DeviceAddress", ValueSyntax.anyAddress) { $0.network.deviceAddresses.append($1) },
            many("Network", "Gateway", ValueSyntax.address) { $0.network.gateways.append($1) },
            flag("Network", "Loopback", .loopback),
            flag("Network", "LiveAddresses", .liveAddresses),
            flag("Network", "ProtectedTraffic", .protectedTraffic),
            flag("Network", "HideInterfaces", .hideInterfaces),
        ]
    }

    private static var program: [SettingKey] {
        [
            one("Program", "Command", ValueSyntax.command) { $0.command = $1 },
            one("Program", "User", bytes) { $0.user = $1 },
            one("Program", "Group", bytes) { $0.group = $1 },
            one("Program", "SupplementaryGroups", bytes) { jail, text in
                jail.groups = ValueSyntax.words(text[...]).map { Array($0) }
            },
            one("Program", "View", ValueSyntax.path) { $0.view = $1 },
            one("Program", "Directory", ValueSyntax.path) { $0.directory = $1 },
            many("Program", "Environment", ValueSyntax.variable) { $0.environment.append($1) },
            one("Program", "Output", ValueSyntax.output) { $0.output = $1 },
            one("Program", "NoNewPrivileges", ValueSyntax.flag) { $0.noNewPrivileges = $1 },
            one("Program", "StopTimeout", number(0...3600)) { $0.stopTimeout = $1 },
        ]
    }

    private static var limits: [SettingKey] {
        [
            one("Limits", "Memory", ValueSyntax.size) { $0.limits.memory = $1 },
            one("Limits", "Tasks", number(1...UInt32.max)) { $0.limits.tasks = UInt64($1) },
            one("Limits", "Processor", ValueSyntax.percent) { $0.limits.processor = $1 },
        ]
    }
}

extension MountLine {
    /// A /dev, with terminals and shared memory of its own.
    static func deviceLines(at target: BytePath) -> [MountLine] {
        var terminals = MountLine(
            .filesystem(type: Array("devpts".utf8)), "devpts", at: target.appending(Array("pts".utf8)))
        terminals.attributes = [.noSetuid, .noExecute, .noAccessTime]
        terminals.data = Array("gid=5,mode=620,ptmxmode=666".utf8)
        var shared = MountLine(
            .filesystem(type: Array("tmpfs".utf8)), "tmpfs", at: target.appending(Array("shm".utf8)))
        shared.attributes = [.noSetuid, .noDevices, .noExecute, .noAccessTime]
        shared.data = Array("mode=1777".utf8)
        return [MountLine(.devices, nil, at: target), terminals, shared]
    }
}
