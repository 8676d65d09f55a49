// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// One step of a start, for people and for programs.
package struct PlanStep: Equatable, Sendable {
    /// One of a fixed set of words.
    package var word: String
    package var text: String

    package init(_ word: String, _ text: String) {
        self.word = word
        self.text = text
    }
}

/// What the start of a jail does, in its order, without doing it.
package enum JailPlan {
    /// With `onlySetup` no program is started.
    package static func steps(_ jail: Jail, onlySetup: Bool = false) -> [PlanStep] {
        context(jail) + namespaces(jail) + tree(jail) + program(jail, onlySetup: onlySetup)
    }

    private static func context(_ jail: Jail) -> [PlanStep] {
        var steps = [
            PlanStep("lock", "take the lock of \(jail.name); fail if it runs or its context exists")
        ]
        steps.append(PlanStep("cgroup", "make the cgroup vsctl/\(jail.name)"))
        for (file, value) in jail.limits.settings { steps.append(PlanStep("cgroup", "write \(value) to \(file)")) }
        let number = jail.context.number.map(String.init) ?? "?"
        guard !jail.context.exists else {
            return steps + [PlanStep("context", "open context \(number), which nothing may be in")]
        }
        let privileges = String(decoding: jail.context.privileges.letters, as: UTF8.self)
        steps.append(
            PlanStep(
                "context",
                "make context \(number): level \(jail.context.level.text), capabilities "
                    + "\(jail.context.capabilities.text), privileges \(privileges)"))
        if jail.context.needsSetup {
            steps.append(
                PlanStep(
                    "context",
                    "set up: \(jail.context.flags.names.joined(separator: ", ")); confidentiality "
                        + "\(jail.context.confidentiality); capabilities in its user namespaces "
                        + jail.context.namespaceCapabilities.text))
        }
        for address in jail.network.addresses {
            steps.append(PlanStep("address", "add the address \(address.network.text)"))
        }
        if let loopback = jail.network.loopback {
            steps.append(PlanStep("address", "\(loopback.text) stands for the loopback address"))
        }
        return steps
    }

    private static func namespaces(_ jail: Jail) -> [PlanStep] {
        var steps = [
            PlanStep(
                "namespaces",
                "make a process in the cgroup, with new namespaces: \(jail.namespaces.names.joined(separator: " "))")
        ]
        steps += jail.users.map { PlanStep("namespaces", "map users \($0.text)") }
        steps += jail.groupRanges.map { PlanStep("namespaces", "map groups \($0.text)") }
        steps += pair(jail.network)
        if let command = jail.setupCommand { steps.append(PlanStep("setup", "run \(command) on the host")) }
        if let name = jail.hostName {
            steps.append(PlanStep("host-name", "set the host name \(DisplayText.of(name))"))
        }
        if jail.namespaces.contains(.net) { steps.append(PlanStep("network", "bring up the loopback device")) }
        if jail.namespaces.contains(.time) {
            steps.append(
                PlanStep(
                    "clocks",
                    "add \(jail.clocks.monotonic) seconds to the monotonic clock and \(jail.clocks.bootTime) to that "
                        + "of the boot"))
        }
        return steps
    }

    private static func pair(_ network: JailNetwork) -> [PlanStep] {
        guard let pair = network.pair else { return [] }
        func text(_ addresses: [NetworkAddress]) -> String {
            addresses.isEmpty ? "no address" : addresses.map(\.text).joined(separator: " ")
        }
        let host = DisplayText.of(pair.host)
        let inside = DisplayText.of(pair.inside)
        return [
            PlanStep("network", "connect the device \(host) of the host, with \(text(network.hostAddresses)),"),
            PlanStep("network", "and the device \(inside) of the jail, with \(text(network.deviceAddresses))"),
        ] + network.gateways.map { PlanStep("network", "reach all others by \($0.text)") }
    }

    private static func tree(_ jail: Jail) -> [PlanStep] {
        guard let root = jail.root else { return [] }
        var steps = [
            PlanStep("root", "separate the mounts from those of the host"),
            PlanStep("root", "mount \(root) as the tree: \(jail.rootAttributes.text())"),
        ]
        steps += jail.mounts.map { PlanStep("mount", text($0)) }
        return steps + [PlanStep("root", "make the tree the root directory, and unmount all of the host")]
    }

    private static func text(_ mount: MountLine) -> String {
        var options = mount.attributes.text(without: mount.cleared)
        if !mount.data.isEmpty { options += ",\(DisplayText.of(mount.data))" }
        let how = mount.isRecursive ? "with what is mounted in it " : ""
        let source = mount.source.map(\.description) ?? ""
        let end = mount.isOptional ? ", if it is there" : ""
        return switch mount.kind {
        case .bind: "\(source) of the host \(how)at \(mount.target): \(options)\(end)"
        case .inside: "\(source) of the tree \(how)at \(mount.target): \(options)\(end)"
        case .filesystem(let type): "new \(DisplayText.of(type)) at \(mount.target): \(options)\(end)"
        case .change: "change \(mount.target): \(options)\(end)"
        case .devices: "devices at \(mount.target): null zero full random urandom tty, read-only"
        }
    }

    private static func program(_ jail: Jail, onlySetup: Bool) -> [PlanStep] {
        var steps = [
            PlanStep("state", "keep the namespaces under /run/vsctl/\(jail.name)"),
            PlanStep("descriptors", "close all descriptors but those of the context and of the standard streams"),
        ]
        if jail.namespaces.contains(.pid) {
            steps.append(PlanStep("init", "process 1 enters the context without capabilities, and takes orphans"))
        }
        guard !onlySetup, !jail.command.isEmpty else { return steps }
        if let view = jail.view { steps.append(PlanStep("view", "make \(view) the root directory")) }
        if let directory = jail.directory { steps.append(PlanStep("directory", "go to \(directory)")) }
        let user = jail.user.map { DisplayText.of($0) } ?? "0"
        let group = jail.group.map { ", group \(DisplayText.of($0))" } ?? ""
        steps.append(PlanStep("user", "become user \(user)\(group), as the host knows it"))
        steps.append(PlanStep("context", "enter the context, for good"))
        let words = jail.command.map { DisplayText.of($0) }.joined(separator: " ")
        return steps + [PlanStep("program", "execute \(words)")]
    }
}
