// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Hardening
import Tool

struct ListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the sets and compositions, or the rules of some.")

    @Argument(help: ArgumentHelp("Print the rules of these sets and compositions.", valueName: "set"))
    var names: [String] = []

    @Flag(help: "Print as JSON.")
    var json = false

    @OptionGroup var options: RuleOptions

    func execute(in surroundings: HardenctlSurroundings) throws -> ExitStatus {
        let library = try options.library(surroundings)
        guard names.isEmpty else { return try rules(library, surroundings.reporter) }
        if json { return surroundings.reporter.result(Self.document(library)) }
        var table = TextTable()
        for set in library.sets {
            table.add(set.name, "\(counted(set.options.count, "option")). \(set.summary)")
        }
        for composition in library.compositions {
            table.add(composition.name, "= \(composition.members.joined(separator: " ")). \(composition.reason)")
        }
        return surroundings.reporter.result(table.text)
    }

    private func rules(_ library: RuleLibrary, _ reporter: Reporter) throws -> ExitStatus {
        let composition = try library.composition(of: names).checked(reporter)
        if json {
            return reporter.result(
                JSONDocument([
                    ("sets", .words(composition.sets.map(\.name))),
                    ("options", .words(composition.options.map(\.line))),
                    ("forbidden", .words(composition.forbidden.map(\.symbol))),
                    ("parameters", .words(composition.parameters.map { ($0.isWanted ? "" : "!") + $0.word })),
                    ("sysctls", .words(composition.sysctls.map(\.line))),
                ]))
        }
        let lines =
            composition.options.map(\.line) + composition.forbidden.map { "# CONFIG_\($0.symbol) is not set" }
            + composition.parameters.map { ($0.isWanted ? "" : "!") + $0.word } + composition.sysctls.map(\.line)
        return reporter.result(Array(lines.map { "\($0)\n" }.joined().utf8))
    }

    private static func document(_ library: RuleLibrary) -> JSONDocument {
        JSONDocument([
            (
                "sets",
                .array(
                    library.sets.map { set in
                        .object([
                            ("name", .string(set.name)), ("summary", .string(set.summary)),
                            ("options", .number(Int64(set.options.count))), ("test", .bool(set.isTest)),
                        ])
                    })
            ),
            (
                "compositions",
                .array(
                    library.compositions.map { composition in
                        .object([
                            ("name", .string(composition.name)), ("members", .words(composition.members)),
                            ("reason", .string(composition.reason)),
                        ])
                    })
            ),
        ])
    }
}
