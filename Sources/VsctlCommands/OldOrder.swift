// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Bytes

/// Command lines of the old vsctl: options, the jail, the command, and behind
/// `--` what is run.
enum OldOrder {
    private static let commands: Set<String> = ["start", "setup", "endsetup", "enter", "stop"]

    /// Letters that had a value, and the option that stands for each now.
    private static let valued: [UInt8: String] = [
        UInt8(ascii: "a"): "--address", UInt8(ascii: "c"): "--view", UInt8(ascii: "e"): "--env",
        UInt8(ascii: "u"): "--user", UInt8(ascii: "g"): "--group", UInt8(ascii: "o"): "--output",
        UInt8(ascii: "l"): "--loopback-address", UInt8(ascii: "b"): "", UInt8(ascii: "i"): "",
    ]

    /// Letters without a value; a terminal is always outside of the jail now, and
    /// a started jail is always detached.
    private static let plain: [UInt8: String] = [
        UInt8(ascii: "d"): "", UInt8(ascii: "t"): "--terminal", UInt8(ascii: "T"): "--terminal",
    ]

    /// Whether the word behind the options is a jail, and the next one a command.
    static func isMeant(by arguments: [[UInt8]]) -> Bool {
        guard let (_, rest) = split(arguments), rest.count >= 2 else { return false }
        let (first, second) = (text(rest[0]), text(rest[1]))
        return !VsctlCommand.configuration.subcommands.contains { $0.configuration.commandName == first }
            && first != "help" && commands.contains(second)
    }

    /// The same command line in the present order.
    static func translated(_ arguments: [[UInt8]]) -> [[UInt8]] {
        guard let (options, rest) = split(arguments), rest.count >= 2 else { return arguments }
        return [rest[1]] + options + [rest[0]] + rest.dropFirst(2)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The options as they are written now, and what follows them; nil for an
    /// option that was none.
    private static func split(_ arguments: [[UInt8]]) -> (options: [[UInt8]], rest: [[UInt8]])? {
        var options: [[UInt8]] = []
        var rest = arguments[...]
        while let word = rest.first, word.count >= 2, word[0] == ASCII.minus, word[1] != ASCII.minus {
            rest.removeFirst()
            if let now = valued[word[1]] {
                let value = word.count > 2 ? Array(word[2...]) : rest.popFirst()
                guard let value else { return nil }
                if now.isEmpty { continue }
                // Several variables were joined by percent signs.
                let values = now == "--env" ? value.split(separator: UInt8(ascii: "%")).map { Array($0) } : [value]
                for value in values { options += [Array(now.utf8), value] }
            } else if word.count == 2, let now = plain[word[1]] {
                if !now.isEmpty { options.append(Array(now.utf8)) }
            } else {
                return nil
            }
        }
        return (options, Array(rest))
    }
}
