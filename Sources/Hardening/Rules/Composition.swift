// SPDX-License-Identifier: LGPL-2.1-or-later

/// Why sets cannot be composed.
package enum Conflict: Hashable, Sendable {
    /// Two sets give one option different values.
    case options(OptionRule, OptionRule)
    /// A set asks for an option that no release, or no set at all, may have.
    case forbidden(OptionRule, ForbiddenRule)
    case parameters(ParameterRule, ParameterRule)
    case sysctls(SysctlRule, SysctlRule)

    package var text: String {
        switch self {
        case .options(let one, let other):
            "\(one.origin): \(one.line), but \(other.origin): \(other.line)"
        case .forbidden(let option, let rule):
            "\(option.origin): \(option.line) is forbidden by \(rule.origin): \(rule.reason)"
                + (rule.isLiftable ? " Only a set whose name begins with 'test-' may have it." : "")
        case .parameters(let one, let other):
            "\(one.origin): \(one.sign)\(one.word), but \(other.origin): \(other.sign)\(other.word)"
        case .sysctls(let one, let other):
            "\(one.origin): \(one.line), but \(other.origin): \(other.line)"
        }
    }
}

extension ParameterRule {
    fileprivate var sign: String { isWanted ? "" : "!" }

    /// Whether both rules can hold at once.
    fileprivate func agrees(with other: ParameterRule) -> Bool {
        guard name == other.name else { return true }
        switch (isWanted, other.isWanted) {
        case (true, true): return value == other.value
        case (false, false): return true
        case (true, false): return other.value != nil && other.value != value
        case (false, true): return value != nil && value != other.value
        }
    }
}

/// Several sets as one.
package struct Composition: Sendable {
    package private(set) var sets: [HardeningSet] = []
    /// In the order of the sets; each symbol once.
    package private(set) var options: [OptionRule] = []
    /// Without those that a set for tests lifts.
    package private(set) var forbidden: [ForbiddenRule]
    package private(set) var parameters: [ParameterRule]
    package private(set) var sysctls: [SysctlRule]
    package private(set) var conflicts: [Conflict] = []
    /// What sets for tests change; never silent.
    package private(set) var differences: [String] = []

    /// Sets for tests come last, so that they replace what the others ask for.
    package init(_ chosen: [HardeningSet], in library: RuleLibrary) {
        forbidden = library.forbidden
        parameters = library.parameters
        sysctls = library.sysctls
        var seen: Set<String> = []
        let once = chosen.filter { seen.insert($0.name).inserted }
        for set in once.filter({ !$0.isTest }) + once.filter(\.isTest) { add(set) }
    }

    /// The rules of a requested option.
    package func option(_ symbol: String) -> OptionRule? { options.first { $0.symbol == symbol } }

    private mutating func add(_ set: HardeningSet) {
        sets.append(set)
        for option in set.options { add(option, set.isTest) }
        for parameter in set.parameters { add(parameter, set.isTest) }
        for sysctl in set.sysctls { add(sysctl, set.isTest) }
    }

    private mutating func add(_ option: OptionRule, _ isTest: Bool) {
        if option.value != "n", let rule = forbidden.first(where: { $0.symbol == option.symbol }) {
            guard isTest, rule.isLiftable else {
                conflicts.append(.forbidden(option, rule))
                return
            }
            forbidden.removeAll { $0.symbol == option.symbol }
            differences.append("\(option.origin): \(option.line), which a release must not have: \(option.reason)")
        }
        guard let index = options.firstIndex(where: { $0.symbol == option.symbol }) else {
            options.append(option)
            return
        }
        guard options[index].value != option.value else { return }
        guard isTest else {
            conflicts.append(.options(options[index], option))
            return
        }
        differences.append(
            "\(option.origin): \(option.line) instead of \(options[index].value) of \(options[index].origin): "
                + option.reason)
        options[index] = option
    }

    private mutating func add(_ parameter: ParameterRule, _ isTest: Bool) {
        for other in parameters where !other.agrees(with: parameter) {
            guard isTest else {
                conflicts.append(.parameters(other, parameter))
                continue
            }
            differences.append(
                "\(parameter.origin): \(parameter.sign)\(parameter.word) instead of \(other.sign)\(other.word): "
                    + parameter.reason)
            parameters.removeAll { $0 == other }
        }
        parameters.append(parameter)
    }

    private mutating func add(_ sysctl: SysctlRule, _ isTest: Bool) {
        guard let index = sysctls.firstIndex(where: { $0.key == sysctl.key }) else {
            sysctls.append(sysctl)
            return
        }
        guard sysctls[index].value != sysctl.value else { return }
        guard isTest else {
            conflicts.append(.sysctls(sysctls[index], sysctl))
            return
        }
        differences.append("\(sysctl.origin): \(sysctl.line) instead of \(sysctls[index].value): \(sysctl.reason)")
        sysctls[index] = sysctl
    }

    // MARK: Text

    /// The lines that allnoconfig begins with.
    package var seed: [UInt8] {
        Array(options.map { "\($0.line)\n" }.joined().utf8)
    }

    /// The kernel's command line.
    package var commandLine: String {
        parameters.filter(\.isWanted).map(\.word).joined(separator: " ")
    }

    /// A file of sysctl.d(5).
    package var sysctlFile: String {
        sysctls.map { "# \($0.reason)\n\($0.line)\n" }.joined()
    }
}
