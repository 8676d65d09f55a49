// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import SystemIO
import Tool

struct ContextDeleteCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete contexts with all their entries; a missing context is not an error.")

    @Argument(help: "The numbers of the contexts.")
    var numbers: [ByteArgument]

    @Flag(help: "Print the deleted contexts as JSON.")
    var json = false

    func validate() throws { _ = try numbers.map(OptionValue.contextNumber) }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let contexts = try numbers.map(OptionValue.contextNumber)
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        var deleted: [ContextID] = []
        for context in contexts where try Self.delete(context, access) { deleted.append(context) }
        if json { return reporter.result(JSONDocument([("deleted", .array(deleted.map { .context($0) }))])) }
        for context in contexts {
            reporter.line("context \(context.number) \(deleted.contains(context) ? "deleted" : "did not exist")")
        }
        return .done
    }

    private static func delete(_ context: ContextID, _ access: ContextAccess) throws(Failure) -> Bool {
        try access.request("delete \(ContextAccess.name(context))") { device throws(ContextRefusal) in
            do throws(ContextRefusal) {
                try device.deleteContext(context)
                return true
            } catch {
                guard error.error == .noEntry else { throw error }
                return false
            }
        }
    }
}
