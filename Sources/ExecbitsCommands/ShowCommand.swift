// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import SystemIO
import Tool

struct ShowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the bits of this process, and what the kernel answers.",
        discussion: "Exit status: 0 if both bits are set and locked, 1 if not.")

    @Flag(help: "Print the bits as JSON.")
    var json = false

    func execute(in surroundings: ExecbitsSurroundings) throws -> ExitStatus {
        let bits = try surroundings.bits()
        let wanted: Securebits = [.restrictFile, .denyInteractive]
        let status: ExitStatus = bits.isSuperset(of: wanted.union(wanted.locks)) ? .done : .no
        let (check, open) = (surroundings.checkIsAnswered(), surroundings.openIsAnswered())
        if json {
            return surroundings.reporter.result(
                JSONDocument([
                    ("file", Self.json(bits, .restrictFile)), ("interactive", Self.json(bits, .denyInteractive)),
                    ("execve_check", .bool(check)), ("mayexec", .bool(open)),
                    ("securebits", .unsigned(UInt64(bits.rawValue))),
                ]), then: status)
        }
        var table = TextTable()
        table.add("file", Self.text(bits, .restrictFile))
        table.add("interactive", Self.text(bits, .denyInteractive))
        table.add("AT_EXECVE_CHECK", check ? "answered" : "not known to this kernel")
        table.add("O_MAYEXEC", open ? "answered" : "not known to this kernel")
        return surroundings.reporter.result(table.text, then: status)
    }

    private static func json(_ bits: Securebits, _ bit: Securebits) -> JSONValue {
        .object([("set", .bool(bits.contains(bit))), ("locked", .bool(bits.isSuperset(of: bit.locks)))])
    }

    private static func text(_ bits: Securebits, _ bit: Securebits) -> String {
        (bits.contains(bit) ? "set" : "not set") + (bits.isSuperset(of: bit.locks) ? ", locked" : "")
    }
}
