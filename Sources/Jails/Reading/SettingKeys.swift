// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// One key of a jail file: its section, and what its value sets.
struct SettingKey {
    typealias Warn = (ValueFault) -> Void
    typealias Setter = (inout Jail, ArraySlice<UInt8>, Warn) throws(ValueFault) -> Void

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

    /// A key that takes a value of one type into one place.
    private static func one<Value>(
        _ section: String, _ name: String, _ place: WritableKeyPath<Jail, Value>,
        _ read: @escaping (ArraySlice<UInt8>) throws(ValueFault) -> Value
    ) -> SettingKey {
        SettingKey(section, name) { (jail, text, _) throws(ValueFault) in jail[keyPath: place] = try read(text) }
    }

    /// A key that adds a value to a list.
    private static func many<Value>(
        _ section: String, _ name: String, _ place: WritableKeyPath<Jail, [Value]>,
        _ read: @escaping (ArraySlice<UInt8>) throws(ValueFault) -> Value
    ) -> SettingKey {
        SettingKey(section, name, repeatable: true) { (jail, text, _) throws(ValueFault) in
            jail[keyPath: place].append(try read(text))
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

    private static func bytes(_ text: ArraySlice<UInt8>) throws(ValueFault) -> [UInt8] { Array(text) }

    private static func optional<Value>(
        _ read: @escaping (ArraySlice<UInt8>) throws(ValueFault) -> Value
    ) -> (ArraySlice<UInt8>) throws(ValueFault) -> Value? {
        { (text) throws(ValueFault) in try read(text) }
    }

    /// The sections in the order in which they are printed.
    static let sections = ["Context", "Namespaces", "Root", "Mounts", "Network", "Program", "Limits"]

    static var all: [SettingKey] { context + namespaces + tree + network + program + limits }

    private static var context: [SettingKey] {
        [
            one("Context", "Number", \.context.number) { (text) throws(ValueFault) in
                try ValueSyntax.number(text, in: 2...UInt32.max - 1)
            },
            one("Context", "Exists", \.context.exists, ValueSyntax.flag),
            one("Context", "Level", \.context.level, ValueSyntax.level),
            one("Context", "Capabilities", \.context.capabilities, ValueSyntax.capabilities),
            one("Context", "NamespaceCapabilities", \.context.namespaceCapabilities, ValueSyntax.capabilities),
            one("Context", "Privileges", \.context.privileges, ValueSyntax.privileges),
            one("Context", "Confidentiality", \.context.confidentiality) { (text) throws(ValueFault) in
                try ValueSyntax.number(text, in: 0...15)
            },
            flag("Context", "UserNamespaces", .userNamespaces),
            flag("Context", "KernelLog", .kernelLog),
            flag("Context", "Hidden", .hidden),
        ]
    }

    private static var namespaces: [SettingKey] {
        [
            one("Namespaces", "Own", \.namespaces) { (text) throws(ValueFault) in
                var own: Namespaces = []
                for word in ValueSyntax.words(text) {
                    let known = Namespaces.words.map { ($0.word, $0.bit) }
                    own.formUnion(try ValueSyntax.word(word, among: known, "namespace"))
                }
                return own
            },
            many("Namespaces", "Users", \.users, ValueSyntax.range),
            many("Namespaces", "Groups", \.groupRanges, ValueSyntax.range),
            one("Namespaces", "HostName", \.hostName, optional(ValueSyntax.hostName)),
            one("Namespaces", "SetupCommand", \.setupCommand, optional(ValueSyntax.path)),
        ]
    }

    private static var tree: [SettingKey] {
        [
            one("Root", "Path", \.root, optional(ValueSyntax.path)),
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
            many("Mounts", "WritableExecutable", \.writableExecutable, ValueSyntax.path),
        ]
    }

    private static var network: [SettingKey] {
        [
            many("Network", "Address", \.network.addresses, ValueSyntax.address),
            one("Network", "LoopbackAddress", \.network.loopback, optional(ValueSyntax.address)),
            flag("Network", "Loopback", .loopback),
            flag("Network", "LiveAddresses", .liveAddresses),
            flag("Network", "ProtectedTraffic", .protectedTraffic),
        ]
    }

    private static var program: [SettingKey] {
        [
            one("Program", "Command", \.command, ValueSyntax.command),
            one("Program", "User", \.user, optional(bytes)),
            one("Program", "Group", \.group, optional(bytes)),
            SettingKey("Program", "SupplementaryGroups") { (jail, text, _) throws(ValueFault) in
                jail.groups = ValueSyntax.words(text).map { Array($0) }
            },
            one("Program", "View", \.view, optional(ValueSyntax.path)),
            one("Program", "Directory", \.directory, optional(ValueSyntax.path)),
            many("Program", "Environment", \.environment, ValueSyntax.variable),
            one("Program", "Output", \.output) { (text) throws(ValueFault) in
                if text.first == ASCII.slash { return .file(try ValueSyntax.path(text)) }
                return try ValueSyntax.word(text, among: [("kept", .kept), ("none", .dropped)], "output")
            },
            one("Program", "NoNewPrivileges", \.noNewPrivileges, ValueSyntax.flag),
            one("Program", "StopTimeout", \.stopTimeout) { (text) throws(ValueFault) in
                try ValueSyntax.number(text, in: 0...3600)
            },
        ]
    }

    private static var limits: [SettingKey] {
        [
            one("Limits", "Memory", \.limits.memory, optional(ValueSyntax.size)),
            one("Limits", "Tasks", \.limits.tasks) { (text) throws(ValueFault) in
                UInt64(try ValueSyntax.number(text, in: 1...UInt32.max))
            },
            one("Limits", "Processor", \.limits.processor, optional(ValueSyntax.percent)),
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
