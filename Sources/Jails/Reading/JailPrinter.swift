// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// A jail as the file that `JailParser` reads.
package enum JailPrinter {
    package static func text(_ jail: Jail) -> [UInt8] {
        var text: [UInt8] = []
        for section in SettingKey.sections {
            let lines = lines(jail, section)
            guard !lines.isEmpty else { continue }
            if !text.isEmpty { text.append(ASCII.newline) }
            text += "[\(section)]\n".utf8
            for (key, value) in lines { text += Array("\(key)=".utf8) + value + [ASCII.newline] }
        }
        return text
    }

    /// The settings one by one.
    package static func settings(_ jail: Jail) -> [(section: String, key: String, value: [UInt8])] {
        SettingKey.sections.flatMap { section in lines(jail, section).map { (section, $0.0, $0.1) } }
    }

    private typealias Line = (String, [UInt8])

    private static func lines(_ jail: Jail, _ section: String) -> [Line] {
        switch section {
        case "Context": context(jail.context)
        case "Namespaces": namespaces(jail)
        case "Root":
            optional("Path", jail.root.map(escaped))
                + (jail.rootAttributes.isEmpty ? [] : [line("Options", jail.rootAttributes.text())])
        case "Mounts": mounts(jail)
        case "Network": network(jail)
        case "Program": program(jail)
        default: limits(jail.limits)
        }
    }

    private static func line(_ key: String, _ value: String) -> Line { (key, Array(value.utf8)) }

    private static func optional(_ key: String, _ value: [UInt8]?) -> [Line] { value.map { [(key, $0)] } ?? [] }

    private static func escaped(_ path: BytePath) -> [UInt8] { OctalEscape.encode(path.bytes) }

    private static func flags(_ set: ContextFlags, _ flags: [(String, ContextFlags)]) -> [Line] {
        flags.filter { set.contains($0.1) }.map { line($0.0, "yes") }
    }

    private static func context(_ context: JailContext) -> [Line] {
        var lines: [Line] = []
        if let number = context.number { lines.append(line("Number", String(number))) }
        if context.exists { lines.append(line("Exists", "yes")) }
        if !context.level.isEmpty { lines.append(line("Level", context.level.text)) }
        if !context.capabilities.isEmpty {
            lines.append(line("Capabilities", context.capabilities.names.joined(separator: " ")))
        }
        if !context.namespaceCapabilities.isEmpty {
            lines.append(line("NamespaceCapabilities", context.namespaceCapabilities.names.joined(separator: " ")))
        }
        if !context.privileges.isEmpty {
            lines.append(line("Privileges", context.privileges.names.joined(separator: "|")))
        }
        if context.confidentiality != 0 { lines.append(line("Confidentiality", String(context.confidentiality))) }
        return lines
            + flags(
                context.flags,
                [("UserNamespaces", .userNamespaces), ("KernelLog", .kernelLog), ("Hidden", .hidden)])
    }

    private static func namespaces(_ jail: Jail) -> [Line] {
        var lines = jail.namespaces == .usual ? [] : [line("Own", jail.namespaces.names.joined(separator: " "))]
        lines += jail.users.map { line("Users", $0.text) } + jail.groupRanges.map { line("Groups", $0.text) }
        if jail.clocks.monotonic != 0 { lines.append(line("MonotonicOffset", String(jail.clocks.monotonic))) }
        if jail.clocks.bootTime != 0 { lines.append(line("BootTimeOffset", String(jail.clocks.bootTime))) }
        return lines + optional("HostName", jail.hostName) + optional("SetupCommand", jail.setupCommand.map(escaped))
    }

    private static func mounts(_ jail: Jail) -> [Line] {
        var lines: [Line] = []
        var skipped = 0
        for (index, mount) in jail.mounts.enumerated() where skipped <= index {
            if mount.kind == .devices {
                lines.append(("Devices", escaped(mount.target)))
                let rest = MountLine.deviceLines(at: mount.target).dropFirst()
                let following = jail.mounts[(index + 1)...].prefix(rest.count)
                let isWhole = zip(rest, following).allSatisfy { $0.target == $1.target && $0.kind == $1.kind }
                skipped = isWhole ? index + 1 + following.count : index + 1
                continue
            }
            lines.append(one(mount))
        }
        return lines + jail.writableExecutable.map { ("WritableExecutable", escaped($0)) }
    }

    private static func one(_ mount: MountLine) -> Line {
        var options = Array(mount.attributes.text(without: mount.cleared).utf8)
        if mount.isRecursive { options += ",rbind".utf8 }
        if mount.isOptional { options += ",nofail".utf8 }
        if !mount.data.isEmpty { options += [ASCII.comma] + mount.data }
        let end = [ASCII.space] + escaped(mount.target) + [ASCII.space] + options
        switch mount.kind {
        case .bind: return ("Bind", escaped(mount.source ?? "/") + end)
        case .inside: return ("BindInside", escaped(mount.source ?? "/") + end)
        case .change: return ("Change", escaped(mount.target) + [ASCII.space] + options)
        case .devices: return ("Devices", escaped(mount.target))
        case .filesystem(let type):
            let source = mount.source.map(\.bytes) ?? type
            return ("Mount", (source == type ? type : source + [ASCII.colon] + type) + end)
        }
    }

    private static func network(_ jail: Jail) -> [Line] {
        var lines = jail.network.addresses.map { line("Address", $0.text) }
        if let loopback = jail.network.loopback { lines.append(line("LoopbackAddress", loopback.text)) }
        if let pair = jail.network.pair { lines.append(("Veth", pair.host + [ASCII.space] + pair.inside)) }
        lines += jail.network.hostAddresses.map { line("HostAddress", $0.text) }
        lines += jail.network.deviceAddresses.map { line("DeviceAddress", $0.text) }
        lines += jail.network.gateways.map { line("Gateway", $0.text) }
        return lines
            + flags(
                jail.context.flags,
                [
                    ("Loopback", .loopback), ("LiveAddresses", .liveAddresses), ("ProtectedTraffic", .protectedTraffic),
                    ("HideInterfaces", .hideInterfaces),
                ])
    }

    private static func program(_ jail: Jail) -> [Line] {
        var lines: [Line] = []
        if !jail.command.isEmpty {
            lines.append(("Command", Array(jail.command.map(quoted).joined(separator: [ASCII.space]))))
        }
        lines += optional("User", jail.user) + optional("Group", jail.group)
        if !jail.groups.isEmpty {
            lines.append(("SupplementaryGroups", Array(jail.groups.joined(separator: [ASCII.space]))))
        }
        lines += optional("View", jail.view.map(escaped)) + optional("Directory", jail.directory.map(escaped))
        lines += jail.environment.map { ("Environment", $0) }
        switch jail.output {
        case .kept: break
        case .dropped: lines.append(line("Output", "none"))
        case .file(let path): lines.append(("Output", escaped(path)))
        }
        if jail.noNewPrivileges { lines.append(line("NoNewPrivileges", "yes")) }
        if jail.stopTimeout != Jail(name: "").stopTimeout { lines.append(line("StopTimeout", "\(jail.stopTimeout)")) }
        return lines
    }

    private static func quoted(_ word: [UInt8]) -> [UInt8] {
        let isPlain = !word.isEmpty && !word.contains { ASCII.isBlank($0) || $0 == UInt8(ascii: "'") || $0 == 0x22 }
        if isPlain { return word }
        let quote: UInt8 = word.contains(UInt8(ascii: "'")) ? 0x22 : UInt8(ascii: "'")
        return [quote] + word + [quote]
    }

    private static func limits(_ limits: JailLimits) -> [Line] {
        var lines: [Line] = []
        if let memory = limits.memory { lines.append(line("Memory", String(memory))) }
        if let tasks = limits.tasks { lines.append(line("Tasks", String(tasks))) }
        if let processor = limits.processor { lines.append(line("Processor", "\(processor)%")) }
        return lines
    }
}
