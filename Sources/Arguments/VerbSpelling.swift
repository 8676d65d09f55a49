// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Bytes
import Policy
import Tool

/// Looks at the words that choose a command. swift-argument-parser suggests a
/// near match for an option, but not for a command.
enum VerbSpelling {
    /// The failure of a command line that names a command which does not exist;
    /// nil if there is nothing to complain about.
    static func failure(_ root: any ParsableCommand.Type, _ arguments: [[UInt8]]) -> Failure? {
        var command = root
        var path = name(root)
        for argument in arguments {
            let subcommands = command.configuration.subcommands
            // An option, and whatever follows it, is the parser's to judge.
            guard !subcommands.isEmpty, argument.first != ASCII.minus else { return nil }
            let word = String(decoding: argument, as: UTF8.self)
            if command == root, word == help { return nil }
            if let next = subcommands.first(where: { names($0).contains(word) }) {
                command = next
                path += " \(name(next))"
                continue
            }
            guard command.configuration.defaultSubcommand == nil else { return nil }
            let known = subcommands.filter { $0.configuration.shouldDisplay }.flatMap(names)
            return Failure(
                status: .usage, message: "unknown command '\(DisplayText.of(argument, limit: 80))'",
                hint: Suggestion.nearest(to: argument, among: known) ?? "\(path) --help lists the commands")
        }
        return nil
    }

    /// The command that swift-argument-parser adds.
    private static let help = "help"

    private static func name(_ command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }

    private static func names(_ command: any ParsableCommand.Type) -> [String] {
        [name(command)] + command.configuration.aliases
    }
}
