// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// A file of the directory of rules.
package struct RuleFile: Sendable {
    /// The path below that directory.
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// All sets, and the rules that count for each composition: forbidden options,
/// command line and sysctls.
package struct RuleLibrary: Sendable {
    package private(set) var sets: [HardeningSet] = []
    package private(set) var compositions: [NamedComposition] = []
    package private(set) var forbidden: [ForbiddenRule] = []
    package private(set) var parameters: [ParameterRule] = []
    package private(set) var sysctls: [SysctlRule] = []

    /// Reads the files of a directory of rules. Each file must be one of those
    /// that the library knows: a file with a wrong name would have no effect.
    package init(_ files: [RuleFile]) throws(RuleFaults) {
        var parser = RuleParser()
        var faults: [RuleFault] = []
        var found: [String: HardeningSet] = [:]
        for file in files {
            switch file.name {
            case "forbidden": forbidden = parser.forbidden(file.bytes, file: file.name)
            case "cmdline": parameters = parser.parameters(file.bytes, file: file.name)
            case "sysctl": sysctls = parser.sysctls(file.bytes, file: file.name)
            case "compositions": compositions = parser.compositions(file.bytes, file: file.name)
            default:
                guard let (name, kind) = Self.partOfSet(file.name) else {
                    faults.append(
                        RuleFault(
                            origin: Origin(file: file.name, line: 0),
                            message: "not the name of a file of rules"))
                    continue
                }
                var set = found[name] ?? HardeningSet(name: name)
                switch kind {
                case "config": (set.summary, set.options) = parser.options(file.bytes, file: file.name, set: name)
                case "cmdline": set.parameters = parser.parameters(file.bytes, file: file.name)
                default: set.sysctls = parser.sysctls(file.bytes, file: file.name)
                }
                found[name] = set
            }
        }
        sets = found.values.sorted { $0.name < $1.name }
        faults += parser.faults + faultsOfNames()
        if sets.isEmpty {
            faults.append(RuleFault(origin: Origin(file: "sets", line: 0), message: "there is no set"))
        }
        guard faults.isEmpty else { throw RuleFaults(faults: faults) }
    }

    private static func partOfSet(_ file: String) -> (name: String, kind: String)? {
        guard let slash = file.firstIndex(of: "/"), let dot = file.lastIndex(of: "."), slash < dot else { return nil }
        let name = String(file[file.index(after: slash)..<dot])
        // Sets for tests may have a directory of their own; others have no place there.
        guard file.hasPrefix("sets/") || file.hasPrefix("test-sets/") && name.hasPrefix("test-") else { return nil }
        let kind = String(file[file.index(after: dot)...])
        let isName =
            !name.isEmpty && name.utf8.allSatisfy { ASCII.isLower($0) || ASCII.isDigit($0) || $0 == ASCII.minus }
        return isName && ["config", "cmdline", "sysctl"].contains(kind) ? (name, kind) : nil
    }

    private func faultsOfNames() -> [RuleFault] {
        var faults: [RuleFault] = []
        for (index, composition) in compositions.enumerated() {
            if sets.contains(where: { $0.name == composition.name })
                || compositions[..<index].contains(where: { $0.name == composition.name })
            {
                faults.append(RuleFault(origin: composition.origin, message: "there are two of '\(composition.name)'"))
            }
            // Only names above: a composition never contains itself.
            let known = sets.map(\.name) + compositions[..<index].map(\.name)
            for member in composition.members where !known.contains(member) {
                faults.append(
                    RuleFault(origin: composition.origin, message: "no set or composition above is '\(member)'"))
            }
        }
        return faults
    }

    // MARK: Names

    package var names: [String] { sets.map(\.name) + compositions.map(\.name) }

    /// The sets that names stand for, each once, in the order of the names; nil
    /// for an unknown name.
    package func sets(named name: String) -> [HardeningSet]? {
        if let set = sets.first(where: { $0.name == name }) { return [set] }
        guard let composition = compositions.first(where: { $0.name == name }) else { return nil }
        return composition.members.flatMap { sets(named: $0) ?? [] }
    }

    package func nearest(to name: String) -> String? {
        Suggestion.nearest(to: name.utf8, among: names)
    }
}
