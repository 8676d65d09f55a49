// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct ContextShowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the level, bounds and counts of contexts.")

    @Argument(help: ArgumentHelp("The contexts; by default that of this process.", valueName: "number"))
    var contexts: [ByteArgument] = []

    @Flag(help: "Print the contexts as JSON.")
    var json = false

    func validate() throws { _ = try numbers() }

    private func numbers() throws -> [ContextID] {
        contexts.isEmpty ? [.own] : try contexts.map(OptionValue.contextNumber)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let access = try ContextAccess(surroundings)
        let states = try numbers().map { try access.state($0) }
        let reporter = surroundings.reporter
        if json { return reporter.result(JSONDocument([("contexts", .array(states.map(\.json)))])) }
        return reporter.result(Array(states.map(Self.text).joined(separator: [ASCII.newline])))
    }

    private static func text(_ state: ContextState) -> [UInt8] {
        var table = TextTable()
        table.add("context", state.context.text)
        table.add("  level", state.level.text)
        table.add("  capabilities", BoundText.of(state.capabilities))
        table.add("  privileges", BoundText.of(state.privileges))
        table.add("  serial", "\(state.serial)")
        table.add("  entries", "\(state.entries)")
        table.add("  digests", "\(state.digests)")
        return table.text
    }
}
