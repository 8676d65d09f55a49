// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Hardening
import KernelConfiguration
import Tool

struct DiffCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two configurations, or sets, or one with the other.",
        discussion: """
            A or B with a slash or a dot in it, and -, is a file; otherwise it is a set or a composition. A set is \
            compared in the options that it asks for; two sets also in command line and sysctls. A line with - is \
            that of A, a line with + that of B. Exit status: 0 if there is no difference, 1 if there is one.
            """)

    @Argument(help: "A configuration of a kernel, or a set.")
    var first: ByteArgument

    @Argument(help: "What to compare it with.")
    var second: ByteArgument

    @Flag(help: "Print the differences as JSON.")
    var json = false

    @OptionGroup var options: RuleOptions

    /// One side, as the values of its subjects.
    private struct Side {
        var config: [String: String] = [:]
        var others: [String: String] = [:]
        var isSet = false
    }

    private struct Difference {
        var subject: String
        var values: (String?, String?)
    }

    func execute(in surroundings: HardenctlSurroundings) throws -> ExitStatus {
        let sides = (try side(first, surroundings), try side(second, surroundings))
        let differences = Self.differences(sides.0, sides.1)
        let status: ExitStatus = differences.isEmpty ? .done : .no
        if json {
            let values = differences.map { one -> JSONValue in
                .object([
                    ("subject", .string(one.subject)), ("first", one.values.0.map { .string($0) } ?? .null),
                    ("second", one.values.1.map { .string($0) } ?? .null),
                ])
            }
            return surroundings.reporter.result(JSONDocument([("differences", .array(values))]), then: status)
        }
        let lines = differences.flatMap { one in
            [one.values.0.map { "- \(one.subject)=\($0)\n" }, one.values.1.map { "+ \(one.subject)=\($0)\n" }]
                .compactMap(\.self)
        }
        return surroundings.reporter.result(Array(lines.joined().utf8), then: status)
    }

    private func side(_ argument: ByteArgument, _ surroundings: HardenctlSurroundings) throws -> Side {
        let bytes = argument.bytes
        if bytes.contains(ASCII.slash) || bytes.contains(UInt8(ascii: ".")) || bytes == [ASCII.minus] {
            return Side(config: try kernelConfiguration(argument.path, surroundings.environment).values)
        }
        let name = String(decoding: bytes, as: UTF8.self)
        let composition = try options.library(surroundings).composition(of: [name]).checked(surroundings.reporter)
        var side = Side(isSet: true)
        for option in composition.options { side.config[option.symbol] = option.value }
        for rule in composition.forbidden where side.config[rule.symbol] == nil { side.config[rule.symbol] = "n" }
        for rule in composition.parameters where rule.isWanted { side.others[rule.name] = rule.value ?? "" }
        for rule in composition.sysctls { side.others[rule.key] = rule.value }
        return side
    }

    private static func differences(_ first: Side, _ second: Side) -> [Difference] {
        // What one set leaves open is no difference to a configuration.
        let symbols =
            first.isSet == second.isSet
            ? Set(first.config.keys).union(second.config.keys)
            : Set(first.isSet ? first.config.keys : second.config.keys)
        var differences = symbols.sorted().compactMap { symbol -> Difference? in
            let open = first.isSet && second.isSet ? nil : "n"
            let values = (first.config[symbol] ?? open, second.config[symbol] ?? open)
            return values.0 == values.1 ? nil : Difference(subject: "CONFIG_\(symbol)", values: values)
        }
        guard first.isSet, second.isSet else { return differences }
        for name in Set(first.others.keys).union(second.others.keys).sorted() {
            let values = (first.others[name], second.others[name])
            if values.0 != values.1 { differences.append(Difference(subject: name, values: values)) }
        }
        return differences
    }
}
