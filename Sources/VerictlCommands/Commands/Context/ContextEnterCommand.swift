// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import SystemIO
import Tool

struct ContextEnterCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "enter", abstract: "Run a command in a context, which it cannot leave.",
        usage: "verictl context enter <number> -- <command> ...",
        discussion: """
            The exit status is that of the command; 127 if it was not found, 126 if it could not be run, and as \
            usual if the context could not be entered.
            """)

    @Argument(help: "The number of the context.")
    var number: ByteArgument

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [ByteArgument] = []

    func validate() throws {
        _ = try OptionValue.contextNumber(number)
        guard !command.isEmpty else { throw ValidationError("Specify a command after --.") }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        // The device is closed first, because the command must not inherit it.
        let context = try OptionValue.contextNumber(number)
        let handle = try Self.open(context, surroundings)
        do throws(ContextRefusal) {
            try handle.enter()
        } catch {
            var failure = ContextAccess.failure(error, "enter context \(context.number)")
            // The kernel cannot return a reason for this request.
            if error.error == .busy {
                failure.hint = "this process is traced, or has inherited an open file that leads out of the context"
            }
            throw failure
        }
        let error = surroundings.environment.become(command.map(\.bytes))
        surroundings.reporter.error("\(DisplayText.of(command[0].bytes)): \(error)")
        return error == .noEntry ? .notFound : .cannotRun
    }

    private static func open(
        _ context: ContextID, _ surroundings: Surroundings
    ) throws(Failure) -> (any ContextHandle) {
        try ContextAccess(surroundings).request("enter context \(context.number)") { device throws(ContextRefusal) in
            try device.openContext(context)
        }
    }
}
