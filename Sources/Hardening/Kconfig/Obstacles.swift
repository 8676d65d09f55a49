// SPDX-License-Identifier: LGPL-2.1-or-later

import KernelConfiguration

/// Explains why options did not get the value that a set asks for.
struct Obstacles {
    let tree: KconfigTree
    let config: KernelConfig
    let composition: Composition

    /// What stands in the way of a requested value.
    func of(_ option: OptionRule) -> [String] {
        let entries = tree.entries(of: option.symbol)
        guard !entries.isEmpty else { return [unknown(option.symbol)] }
        if option.value == "n" { return causes(of: option.symbol) }
        let reasons = entries.map { of($0, option) }
        // One definition without an obstacle would be enough, so that the one
        // with the fewest explains most.
        return reasons.min { $0.count < $1.count } ?? []
    }

    private func unknown(_ symbol: String) -> String {
        "no Kconfig file of this tree defines it"
            + (tree.nearest(to: symbol).map { "; similar: \($0)" } ?? "")
    }

    private func of(_ entry: KconfigEntry, _ option: OptionRule) -> [String] {
        var obstacles = unmet(entry.depends).map { "depends on \($0)" }
        if let prompt = entry.prompt {
            obstacles += unmet([prompt]).map { "can be chosen only if \($0)" }
        } else {
            obstacles.append("it cannot be chosen" + selectors(of: entry.symbol))
        }
        if let choice = entry.choice,
            let other = tree.choices[choice].first(where: { $0 != entry.symbol && config.isSet($0) })
        {
            obstacles.append("\(other) is chosen instead" + requested(other))
        }
        if obstacles.isEmpty, let range = entry.range, config.isSet(entry.symbol) {
            obstacles.append("its range is \(range)")
        }
        if obstacles.isEmpty { obstacles.append("'\(option.value)' is no value of it") }
        return obstacles
    }

    /// The parts of conditions that do not hold, each with the values in it.
    private func unmet(_ conditions: [Expression]) -> [String] {
        conditions.flatMap(\.conjuncts).compactMap { part in
            switch part.answer(in: config) {
            case .yes, .module: return nil
            case .no:
                let values = part.symbols.map { "\($0) is \(config.value(of: $0))\(requested($0))" }
                return "\(part)" + (values.isEmpty ? "" : " (\(values.joined(separator: ", ")))")
            case nil: return "\(part) (only the compiler or the build knows)"
            }
        }
    }

    private func requested(_ symbol: String) -> String {
        guard let rule = composition.option(symbol) else {
            if composition.forbidden.contains(where: { $0.symbol == symbol }) { return " and forbidden" }
            return config.isSet(symbol) ? "" : " and in no set"
        }
        return config.value(of: symbol) == rule.value ? ", as \(rule.origin) asks for" : ", against \(rule.origin)"
    }

    private func selectors(of symbol: String) -> String {
        let names = selecting(symbol).map(\.symbol)
        return names.isEmpty ? "; only its defaults count" : "; it is selected by \(Self.list(names))"
    }

    private func selecting(_ symbol: String) -> [KconfigEntry] {
        tree.entries.filter { $0.selects.contains { $0.symbol == symbol } }
    }

    private static func list(_ names: [String]) -> String {
        var seen: Set<String> = []
        let once = names.filter { seen.insert($0).inserted }
        return once.prefix(4).joined(separator: ", ") + (once.count > 4 ? " and \(once.count - 4) more" : "")
    }

    /// What turns on an option that should be off.
    func causes(of symbol: String) -> [String] {
        let entries = tree.entries(of: symbol)
        guard !entries.isEmpty else { return [unknown(symbol)] }
        let selecting = selecting(symbol).filter { entry in
            config.isSet(entry.symbol)
                && entry.selects.contains { $0.symbol == symbol && $0.condition?.answer(in: config) != .no }
        }
        var causes = selecting.map { "\($0.symbol) selects it" + requested($0.symbol) }
        if causes.isEmpty, !entries.contains(where: { $0.prompt.map { $0.answer(in: config) != .no } ?? false }) {
            let conditions = entries.flatMap { $0.prompt.map { unmet([$0]) } ?? [] }
            causes.append(
                "it is on by default, and "
                    + (conditions.isEmpty
                        ? "cannot be chosen" : "can be chosen only if \(conditions.joined(separator: " or "))"))
        }
        if let choice = entries.compactMap(\.choice).first, causes.isEmpty {
            causes.append("a choice has one member at least: \(Self.list(tree.choices[choice]))")
        }
        return causes.isEmpty ? ["it is on by default"] : causes
    }
}
