// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Device
import Loading
import Policy
import Tool

struct ContextNarrowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "narrow", abstract: "Reduce the bounds of a context to the named capabilities and privileges.")

    @Argument(help: "The number of the context.")
    var number: ByteArgument

    @OptionGroup var bounds: BoundOptions

    @Flag(help: "Print the context as JSON.")
    var json = false

    func validate() throws { _ = try entry() }

    private func entry() throws -> ContextEntry {
        ContextEntry(
            context: try OptionValue.contextNumber(number), capabilities: try bounds.capabilities,
            privileges: try bounds.privileges)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let entry = try entry()
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        try access.request("narrow \(ContextAccess.name(entry.context))") { device throws(ContextRefusal) in
            try device.narrowContext(entry)
        }
        if json { return reporter.result(try access.answer(entry.context)) }
        reporter.line("context \(entry.context.number) narrowed")
        return .done
    }
}
