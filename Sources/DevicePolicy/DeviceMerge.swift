// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// A rule, and the line that it was made from.
package struct ResolvedRule: Hashable, Sendable {
    package var rule: DeviceRule
    package var line: DeviceLine

    package init(_ rule: DeviceRule, from line: DeviceLine) {
        self.rule = rule
        self.line = line
    }
}

/// Finds rules that the kernel would refuse, and reports them by file and line.
package enum DeviceMerge {
    /// Returns the rules without duplicates and conflicts, and a diagnostic for
    /// each rule that was left out.
    package static func merge(_ rules: [ResolvedRule]) -> (rules: [ResolvedRule], diagnostics: [Diagnostic]) {
        var merged: [ResolvedRule] = []
        var diagnostics: [Diagnostic] = []
        for next in rules {
            guard let other = merged.first(where: { conflict(next, with: $0) != nil }),
                let found = conflict(next, with: other)
            else {
                merged.append(next)
                continue
            }
            diagnostics.append(diagnostic(found, next, other))
        }
        return (merged, diagnostics)
    }

    private enum Conflict { case same, place, tie }

    private static func conflict(_ left: ResolvedRule, with right: ResolvedRule) -> Conflict? {
        if left.rule == right.rule { return .same }
        if left.rule.hasPlace(of: right.rule) { return .place }
        return left.rule.ties(with: right.rule) ? .tie : nil
    }

    private static func diagnostic(_ conflict: Conflict, _ next: ResolvedRule, _ other: ResolvedRule) -> Diagnostic {
        let place = "\(DisplayText.of(other.line.source)):\(other.line.line)"
        let (severity, code, message): (Diagnostic.Severity, DiagnosticCode, String) =
            switch conflict {
            case .same: (.warning, .duplicate, "repeats the rule of \(place)")
            case .place: (.error, .conflict, "'\(next.rule.text)' is for the same devices as \(place)")
            case .tie:
                (
                    .error, .deviceTie,
                    "'\(next.rule.text)' and '\(other.rule.text)' of \(place) overlap with equal priority"
                )
            }
        return Diagnostic(severity, code, source: next.line.source, line: next.line.line, message: message)
    }

    /// Warns of devices that must not be written, but can be written through a
    /// device that they lie on: a partition through its disk, a mapped device
    /// through the devices that it maps.
    ///
    /// - Parameters:
    ///   - devices: the devices to look at.
    ///   - below: returns the devices that a device directly lies on.
    package static func writableBelow(
        _ rules: [ResolvedRule], devices: [DeviceNumber], below: (DeviceNumber) -> [DeviceNumber]
    ) -> [Diagnostic] {
        let table = DeviceTable(rules.map(\.rule))
        var reported: Set<Pair> = []
        var diagnostics: [Diagnostic] = []
        for device in devices {
            guard let rule = table.rule(for: device), !rule.permissions.contains(.write),
                let line = rules.first(where: { $0.rule == rule })?.line
            else { continue }
            for lower in allBelow(device, below)
            where table.permissions(of: lower, strict: false).contains(.write)
                && reported.insert(Pair(rule: rule, lower: lower)).inserted
            {
                let reason =
                    table.rule(for: lower).map { "is writable by '\($0.text)'" } ?? "is not listed and so writable"
                diagnostics.append(
                    Diagnostic(
                        .warning, .writableBelow, source: line.source, line: line.line,
                        message: "\(device) is not to be written, but lies on \(lower), which \(reason)",
                        hint: "a rule for \(lower) without w"))
            }
        }
        return diagnostics
    }

    private struct Pair: Hashable {
        var rule: DeviceRule
        var lower: DeviceNumber
    }

    private static func allBelow(
        _ device: DeviceNumber, _ below: (DeviceNumber) -> [DeviceNumber]
    ) -> [DeviceNumber] {
        var found: [DeviceNumber] = []
        var next = below(device)
        while let lower = next.popLast() {
            guard lower != device, !found.contains(lower) else { continue }
            found.append(lower)
            next += below(lower)
        }
        return found
    }

    /// Warns if the root filesystem could not be mounted again on a locked system.
    package static func rootWarning(_ rules: [ResolvedRule], root: DeviceNumber) -> Diagnostic? {
        let permissions = DeviceTable(rules.map(\.rule)).permissions(of: root, strict: false)
        guard !permissions.isSuperset(of: [.read, .exec]) else { return nil }
        return Diagnostic(
            .warning, .rootDevice, source: Array("devctl".utf8),
            message: "the root filesystem is on \(root), for which the rules give '\(permissions.text)'",
            hint: "it needs r and x to be mounted again")
    }
}
