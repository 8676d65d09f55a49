// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct UpdateContextCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "update-context",
        abstract: "Declare which context may change the entries of others; possible once until reboot.")

    @Argument(help: "The number of the context, which need not exist yet.")
    var number: ByteArgument

    @Flag(help: "Print the context as JSON.")
    var json = false

    func validate() throws { _ = try OptionValue.contextNumber(number) }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let context = try OptionValue.contextNumber(number)
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        if access.info.updateContext != context {
            try access.request("set the update context to \(context.number)") { device throws(ContextRefusal) in
                try device.setUpdateContext(context)
            }
        }
        if json { return reporter.result(JSONDocument([("update_context", .context(context))])) }
        reporter.line("context \(context.number) is the update context")
        return .done
    }
}
