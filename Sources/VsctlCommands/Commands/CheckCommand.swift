// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Containers
import Jails
import Policy
import Tool

struct CheckCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read jail files and report all that is wrong or doubtful; needs no kernel.",
        discussion: """
            Without names all jails are read, and compared with each other. A mount, or a root directory, that is \
            writable and executable is an error. Exit status: 0 without errors, 3 with errors, 1 for warnings with \
            --strict.
            """)

    @Argument(help: "The names of jails.")
    var names: [ByteArgument] = []

    @Flag(help: "Warnings change the exit status too.")
    var strict = false

    @Flag(help: "Print the findings as JSON on standard output.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let wanted = names.isEmpty ? try surroundings.files.names() : names.map(\.name)
        let jails = try wanted.map { try surroundings.files.read($0) }
        let readable = jails.filter { !$0.hasErrors }
        let diagnostics =
            jails.flatMap(\.diagnostics) + JailCheck.findings(among: readable.map { ($0.jail, $0.source.bytes) })
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count { $0.severity == .warning }
        let status: ExitStatus = errors > 0 ? .syntax : strict && warnings > 0 ? .no : .done
        let reporter = surroundings.reporter
        if json {
            return reporter.result(
                JSONDocument([
                    ("jails", .array(jails.map(\.json))), ("errors", .number(Int64(errors))),
                    ("warnings", .number(Int64(warnings))), ("diagnostics", .array(diagnostics.map(\.json))),
                ]), then: status)
        }
        reporter.diagnostics(diagnostics)
        reporter.line("\(counted(jails.count, "jail")): \(counted(errors, "error")), \(counted(warnings, "warning"))")
        return status
    }
}

extension ReadJail {
    /// Which file or directory it is from.
    var json: JSONValue {
        .object(
            [("name", .string(jail.name))] + JSONValue.members("source", bytes: source.bytes) + [
                ("old", .bool(isOld)), ("context", jail.context.number.map { .number(Int64($0)) } ?? .null),
            ])
    }
}

extension ByteArgument {
    /// The name of a jail; a text that cannot be one is refused when the jail is read.
    var name: String { String(decoding: bytes, as: UTF8.self) }
}
