// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// Rules about a jail, and about several jails, that its file alone decides.
package enum JailCheck {
    /// What is wrong or doubtful with one jail.
    package static func findings(_ jail: Jail, source: [UInt8]) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        func add(_ severity: Diagnostic.Severity, _ code: DiagnosticCode, _ message: String, hint: String? = nil) {
            findings.append(Diagnostic(severity, code, source: source, message: message, hint: hint))
        }
        findings += mounts(jail, source: source)
        if jail.root == nil, !jail.mounts.isEmpty {
            add(.error, .conflict, "mounts without a root directory", hint: "Path= in [Root]")
        }
        if jail.root != nil, !jail.namespaces.contains(.mount) {
            add(.error, .conflict, "a root directory takes a mount namespace", hint: "Own= in [Namespaces]")
        }
        if jail.hostName != nil, !jail.namespaces.contains(.uts) {
            add(.error, .conflict, "a host name takes a UTS namespace", hint: "Own= in [Namespaces]")
        }
        let network = jail.network
        if network.pair != nil, !jail.namespaces.contains(.net) {
            add(.error, .conflict, "Veth= takes a network namespace", hint: "Own= in [Namespaces]")
        }
        if network.pair == nil, !(network.hostAddresses + network.deviceAddresses + network.gateways).isEmpty {
            add(.error, .conflict, "HostAddress=, DeviceAddress= and Gateway= take Veth=")
        }
        if network.pair != nil, network.addresses.isEmpty {
            add(
                .warning, .inert, "the context has no address, so that its programs do not use the device",
                hint: "Address=")
        }
        if jail.clocks != ClockOffsets(), !jail.namespaces.contains(.time) {
            add(.error, .conflict, "offsets of clocks take a time namespace", hint: "Own= in [Namespaces]")
        }
        if jail.namespaces.contains(.user) != !jail.users.isEmpty || jail.users.isEmpty != jail.groupRanges.isEmpty {
            add(.error, .conflict, "a user namespace takes Users= and Groups=, and they take one")
        }
        if jail.namespaces.contains(.user), hasAccessTimes(jail) {
            add(
                .error, .conflict, "in a user namespace, noatime cannot be set for what is on the host",
                hint: "remove the word from [Root] and from binds")
        }
        if !jail.context.namespaceCapabilities.isEmpty, !jail.context.flags.contains(.userNamespaces) {
            add(.error, .conflict, "NamespaceCapabilities= takes UserNamespaces=yes")
        }
        if jail.context.flags.contains(.userNamespaces), !jail.namespaces.contains(.user) {
            add(.error, .conflict, "UserNamespaces=yes takes a user namespace of the jail's own")
        }
        for (capability, reason) in risky where jail.context.capabilities.contains(capability) {
            add(.warning, .conflict, "the capability \(capability.text): \(reason)")
        }
        if !jail.context.exists, !jail.context.level.isDisjoint(with: [.enforceExec, .enforceLib, .enforceScript]) {
            add(
                .warning, .noEntries, "a new context has no rules, so that nothing runs in it at this level",
                hint: "make it with verictl context create, load its rules, and set Exists=yes")
        }
        if jail.context.exists, jail.context.needsSetup || jail.context.level != [] {
            add(.warning, .inert, "Exists=yes: level, flags and confidentiality are those of the context that is there")
        }
        return findings
    }

    /// Whether the treatment of access times is to be changed for a mount of the
    /// host, which the kernel keeps to those who made the mount.
    private static func hasAccessTimes(_ jail: Jail) -> Bool {
        let times: MountAttributes = [.noAccessTime, .noDirectoryAccessTime]
        return !jail.rootAttributes.isDisjoint(with: times)
            || jail.mounts.contains { mount in
                [.bind, .inside].contains(mount.kind) && !mount.attributes.isDisjoint(with: times)
            }
    }

    private static func mounts(_ jail: Jail, source: [UInt8]) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        let allowed = Set(jail.writableExecutable)
        for mount in jail.mounts where mount.isWritableAndExecutable && !allowed.contains(mount.target) {
            findings.append(
                Diagnostic(
                    .error, .writableExecutable, source: mount.file.isEmpty ? source : mount.file, line: mount.line,
                    column: mount.line > 0 ? 1 : 0, message: "writable and executable:", token: mount.target.bytes,
                    hint: "ro or noexec; WritableExecutable= if it must be so"))
        }
        let covered = jail.mounts.contains { $0.target == "/" }
        let root: MountAttributes = [.readOnly, .noExecute]
        if jail.root != nil, !covered, jail.rootAttributes.isDisjoint(with: root), !allowed.contains("/") {
            findings.append(
                Diagnostic(
                    .error, .writableExecutable, source: source,
                    message: "the root directory is writable and executable",
                    hint: "Options=ro in [Root]; WritableExecutable=/ if it must be so"))
        }
        for mount in jail.mounts where mount.kind == .bind && mount.attributes.contains(.readOnly) {
            let missing = [("noatime", MountAttributes.noAccessTime), ("nolock", .noLocks)]
                .filter { !mount.attributes.contains($0.1) }.map(\.0)
            guard !missing.isEmpty else { continue }
            findings.append(
                Diagnostic(
                    .note, .inert, source: mount.file.isEmpty ? source : mount.file, line: mount.line,
                    column: mount.line > 0 ? 1 : 0,
                    message: "shared with the host and without \(missing.joined(separator: ", ")):",
                    token: mount.target.bytes))
        }
        return findings
    }

    /// Capabilities that lead out of a context, or make it see all others.
    private static let risky: [(CapabilitySet, String)] = [
        ("SYS_ADMIN", "mounts, and namespaces of others"), ("SYS_MODULE", "code of the kernel"),
        ("SYS_RAWIO", "disks and memory"), ("MKNOD", "device nodes"), ("SYS_BOOT", "ends the machine"),
        ("SYSLOG", "the kernel's log"), ("PERFMON", "looks at every process"), ("BPF", "looks at every process"),
        ("DAC_READ_SEARCH", "opens files by their handles, outside of the tree"),
        ("MAC_ADMIN", "changes contexts"), ("CONTEXT", "changes contexts"),
    ].compactMap { word, reason in CapabilitySet(oneWord: word.utf8).map { ($0, reason) } }

    /// What is wrong between jails: numbers and addresses that two of them have.
    package static func findings(among jails: [(jail: Jail, source: [UInt8])]) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        for (index, one) in jails.enumerated() {
            for other in jails[..<index] {
                if let number = one.jail.context.number, number == other.jail.context.number {
                    findings.append(
                        Diagnostic(
                            .note, .duplicate, source: one.source,
                            message: "context \(number), as \(other.jail.name): one of them can run at a time"))
                    continue
                }
                for address in one.jail.network.addresses where address.prefix > 0 {
                    let shared = other.jail.network.addresses.contains { $0.prefix > 0 && $0.overlaps(address) }
                    guard shared else { continue }
                    findings.append(
                        Diagnostic(
                            .warning, .duplicate, source: one.source,
                            message: "the address \(address.text) is also one of \(other.jail.name)"))
                }
            }
        }
        return findings
    }
}
