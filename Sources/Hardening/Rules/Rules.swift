// SPDX-License-Identifier: LGPL-2.1-or-later

/// An option of the kernel's configuration that a set asks for.
package struct OptionRule: Hashable, Sendable {
    /// Without `CONFIG_`.
    package var symbol: String
    /// As in .config: `y`, `m`, `n`, a number, or a string in quotes.
    package var value: String
    package var reason: String
    package var origin: Origin
    package var set: String

    /// The line of .config.
    package var line: String { "CONFIG_\(symbol)=\(value)" }
}

/// An option that a release must not have.
package struct ForbiddenRule: Hashable, Sendable {
    package var symbol: String
    /// Whether a set for tests may have it.
    package var isLiftable: Bool
    package var reason: String
    package var origin: Origin
}

/// A parameter of the kernel's command line that must, or must not, be there.
package struct ParameterRule: Hashable, Sendable {
    package var name: String
    /// nil for a parameter without a value, and, if it is unwanted, for any
    /// value.
    package var value: String?
    package var isWanted: Bool
    package var reason: String
    package var origin: Origin

    /// The word of the command line.
    package var word: String { value.map { "\(name)=\($0)" } ?? name }
}

/// The value of a file below /proc/sys.
package struct SysctlRule: Hashable, Sendable {
    package var key: String
    package var value: String
    /// Whether a kernel without this sysctl is as good.
    package var mayBeAbsent: Bool
    package var reason: String
    package var origin: Origin

    /// The line of sysctl.d(5).
    package var line: String { "\(mayBeAbsent ? "-" : "")\(key) = \(value)" }
}

/// A set of rules with a name.
package struct HardeningSet: Sendable {
    package var name: String
    package var summary = ""
    package var options: [OptionRule] = []
    package var parameters: [ParameterRule] = []
    package var sysctls: [SysctlRule] = []

    package init(name: String) {
        self.name = name
    }

    /// Sets for tests may replace what other sets ask for.
    package var isTest: Bool { name.hasPrefix("test-") }
}

/// A name for several sets.
package struct NamedComposition: Sendable {
    package var name: String
    package var members: [String]
    package var reason: String
    package var origin: Origin
}
