// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import KernelConfiguration

extension Composition {
    // MARK: Configuration

    package func check(_ config: KernelConfig) -> [Finding] {
        let requested = options.map { option in
            Finding(
                .config, "CONFIG_\(option.symbol)", found: config.value(of: option.symbol), wanted: option.value,
                holds: config.value(of: option.symbol) == option.value, reason: option.reason,
                change: "compose the kernel with the set \(option.set)", origin: option.origin)
        }
        return requested
            + forbidden.map { rule in
                Finding(
                    .config, "CONFIG_\(rule.symbol)", found: config.value(of: rule.symbol), wanted: "n",
                    holds: !config.isSet(rule.symbol), reason: rule.reason,
                    change: "compose a kernel without it", origin: rule.origin)
            }
    }

    // MARK: Command line

    /// Of a parameter that is there several times, the last one counts.
    package func check(_ commandLine: CommandLineText) -> [Finding] {
        parameters.map { rule in
            let last = commandLine.last(rule.name)
            let found = last.map { $0.value ?? "there" } ?? "absent"
            guard rule.isWanted else {
                let isThere = commandLine.parameters.contains {
                    CommandLineText.isSame($0.name, rule.name) && (rule.value == nil || $0.value == rule.value)
                }
                return Finding(
                    .cmdline, rule.word, found: isThere ? found : "absent", wanted: "absent", holds: !isThere,
                    reason: rule.reason, change: "remove '\(rule.word)' from the kernel's command line",
                    origin: rule.origin)
            }
            return Finding(
                .cmdline, rule.name, found: found, wanted: rule.value ?? "there",
                holds: last != nil && last?.value == rule.value, reason: rule.reason,
                change: "put '\(rule.word)' on the kernel's command line", origin: rule.origin)
        }
    }

    // MARK: Sysctls

    /// `value` returns the text of a sysctl, nil if there is no such file.
    package func check(sysctls value: (String) -> String?) -> [Finding] {
        sysctls.map { rule in
            let found = value(rule.key).map { $0.words.joined(separator: " ") }
            return Finding(
                .sysctl, rule.key, found: found ?? "absent", wanted: rule.value,
                holds: found.map { $0 == rule.value.words.joined(separator: " ") } ?? rule.mayBeAbsent,
                reason: rule.reason,
                change: "'\(rule.key) = \(rule.value)' in /etc/sysctl.d/, and sysctl -w for now", origin: rule.origin)
        }
    }

    // MARK: Security modules

    private static let modules: [(symbol: String, name: String)] = [
        ("SECURITY_LOCKDOWN_LSM", "lockdown"), ("SECURITY_LANDLOCK", "landlock"), ("SECURITY_YAMA", "yama"),
        ("SECURITY_SAFESETID", "safesetid"), ("SECURITY_IPE", "ipe"), ("SECURITY_CLIP", "clip"),
    ]

    /// `list` is the text of /sys/kernel/security/lsm.
    package func check(modules list: String) -> [Finding] {
        let active = list.trimmed.split(separator: ",").map(String.init)
        return Self.modules.compactMap { symbol, name in
            guard let rule = option(symbol), rule.value == "y" else { return nil }
            let isActive = active.contains(name)
            return Finding(
                .lsm, name, found: isActive ? "active" : "not active", wanted: "active", holds: isActive,
                reason: rule.reason, change: "name it in 'lsm=' of the kernel's command line, and build it",
                origin: rule.origin)
        }
    }

    /// `levels` is the text of /sys/kernel/security/lockdown, where brackets
    /// are around the level in force; nil if there is no such file.
    package func check(lockdown levels: String?) -> [Finding] {
        guard let rule = parameters.last(where: { $0.name == "lockdown" && $0.isWanted }), let wanted = rule.value
        else { return [] }
        let found = levels?.words.first { $0.hasPrefix("[") && $0.hasSuffix("]") }.map { $0.dropFirst().dropLast() }
        return [
            Finding(
                .lockdown, "lockdown", found: found.map(String.init) ?? "absent", wanted: wanted,
                holds: found.map { $0 == wanted } ?? false, reason: rule.reason,
                change: "put '\(rule.word)' on the kernel's command line", origin: rule.origin)
        ]
    }

    // MARK: Files

    /// Programs that run with the rights of their owner, each with whether it
    /// is set-user-id, set-group-id, or both.
    package func check(setuid files: [SetuidFile]) -> [Finding] {
        let reason = "A program that anyone can start with rights of another user is a way to these rights."
        guard !files.isEmpty else {
            return [
                Finding(
                    .setuid, "/", found: "without such files", wanted: "none", holds: true, reason: reason, change: "")
            ]
        }
        return files.map { file in
            Finding(
                .setuid, file.path.description, found: file.bits, wanted: "without that bit", holds: false,
                reason: reason,
                change: "chmod ug-s it, and grant what it needs by a rule of verictl")
        }
    }
}

/// A file with a bit that gives its owner's or group's rights.
package struct SetuidFile: Hashable, Sendable {
    package var path: BytePath
    /// `set-user-id`, `set-group-id`, or both.
    package var bits: String

    package init(path: BytePath, bits: String) {
        self.path = path
        self.bits = bits
    }
}
