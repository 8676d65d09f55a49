// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import KernelConfiguration

/// The subjects of a check.
package enum CheckKind: String, CaseIterable, Sendable {
    case config, cmdline, sysctl, lsm, lockdown, mounts, setuid
}

/// How one rule is kept.
package struct Finding: Sendable {
    package var kind: CheckKind
    /// The option, parameter, sysctl, module, mount or file.
    package var subject: String
    package var found: String
    package var wanted: String
    package var holds: Bool
    package var reason: String
    /// How to change it.
    package var change: String
    /// The rule's place; nil for a rule of the tool itself.
    package var origin: Origin?

    package init(
        _ kind: CheckKind, _ subject: String, found: String, wanted: String, holds: Bool, reason: String,
        change: String, origin: Origin? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.found = found
        self.wanted = wanted
        self.holds = holds
        self.reason = reason
        self.change = change
        self.origin = origin
    }

    /// `sysctl kernel.sysrq: is 1, wanted 0; why: ...; change: ...`
    package var text: String {
        let reason = reason.withoutFullStop
        let about = "\(kind.rawValue) \(DisplayText.of(subject.utf8)): is \(DisplayText.of(found.utf8, limit: 200))"
        return about + (holds ? "; why: \(reason)" : ", wanted \(wanted); why: \(reason); change: \(change)")
    }

    package var json: JSONValue {
        .object([
            ("kind", .string(kind.rawValue)), ("subject", .string(subject)), ("found", .string(found)),
            ("wanted", .string(wanted)), ("holds", .bool(holds)), ("reason", .string(reason)),
            ("change", .string(change)), ("file", origin.map { .string($0.file) } ?? .null),
            ("line", origin.map { .number(Int64($0.line)) } ?? .null),
        ])
    }
}
