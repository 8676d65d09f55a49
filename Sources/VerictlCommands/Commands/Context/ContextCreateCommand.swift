// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Device
import Loading
import Policy
import SystemIO
import Tool

struct ContextCreateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a context; if an identical one exists, nothing is changed.")

    @Argument(help: "The number of the context.")
    var number: ByteArgument

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The level: words joined by colons; inactive by default.", valueName: "words"))
    var level: ByteArgument?

    @OptionGroup var bounds: BoundOptions

    @Option(
        name: .customLong("address"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A network address of the context, or a range; none by default. It can be repeated.",
            valueName: "address/prefix"))
    var addresses: [ByteArgument] = []

    @Flag(help: "Print the context as JSON.")
    var json = false

    func validate() throws { _ = (try entry(), try networkAddresses()) }

    private func networkAddresses() throws -> [NetworkAddress] {
        try addresses.map { try OptionValue.address("--address", $0) }
    }

    private func entry() throws -> ContextEntry {
        ContextEntry(
            context: try OptionValue.contextNumber(number),
            level: try level.map { try OptionValue.level("--level", $0) } ?? [],
            capabilities: try bounds.capabilities, privileges: try bounds.privileges)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let entry = try entry()
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        let isNew = try access.create(entry, addresses: try networkAddresses())
        if json { return reporter.result(try access.answer(entry.context)) }
        reporter.line("context \(entry.context.number) \(isNew ? "created" : "already exists")")
        return .done
    }
}
