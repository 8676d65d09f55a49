// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Policy

/// The options of commands that give bounds.
struct BoundOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Capabilities that entries may grant; none by default.", valueName: "words"))
    var caps: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Privileges that entries may grant; none by default.", valueName: "letters"))
    var privs: ByteArgument?

    func validate() throws { _ = (try capabilities, try privileges) }

    var capabilities: CapabilitySet {
        get throws { try caps.map { try OptionValue.capabilities("--caps", $0) } ?? [] }
    }

    var privileges: Privileges {
        get throws { try privs.map { try OptionValue.letters("--privs", $0) } ?? [] }
    }
}

/// Bounds for people: a bound that contains everything this tool knows is
/// written as `all`, not as a list of forty words.
enum BoundText {
    static func of(_ capabilities: CapabilitySet) -> String {
        capabilities.isSuperset(of: .all) ? "all" : capabilities.text
    }

    static func of(_ privileges: Privileges) -> String {
        privileges.isSuperset(of: .all) ? "all" : String(decoding: privileges.letters, as: UTF8.self)
    }
}
