// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import SystemIO
import Tool

struct RunAllowedCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "run-allowed", abstract: "Run a command that may run files that no rule allows, for some time.",
        usage: "verictl run-allowed [--for <period>] -- <command> ...",
        discussion: """
            The command and what it starts may run such files, and map and interpret them. They are granted nothing, \
            and the kernel reports each as permitted. A file that has an entry and does not match it is refused as \
            ever. A program that gains rights loses this, and so does one that enters a context; it ends with the \
            time. The exit status is that of the command; 127 if it was not found, 126 if it could not be run, 4 if \
            the kernel refused the request.
            """)

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("For how long: 90s, 30m or 2h, at most 24h; by default 1h.", valueName: "period"))
    var period: ByteArgument?

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [ByteArgument] = []

    private static let usualSeconds: UInt64 = 3600

    private func seconds() throws -> UInt64 {
        try period.map { try TimeText.seconds("--for", $0) } ?? Self.usualSeconds
    }

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("Specify a command after --.") }
        let seconds = try seconds()
        guard seconds > 0, seconds <= AllowFileCommand.longest else {
            throw ValidationError("--for is more than 0 and at most 24h")
        }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        try Self.request(UInt32(try seconds()), surroundings)
        let error = surroundings.environment.become(command.map(\.bytes))
        surroundings.reporter.error("\(DisplayText.of(command[0].bytes)): \(error)")
        return error == .noEntry ? .notFound : .cannotRun
    }

    /// The device is closed afterwards, because the command must not inherit it.
    private static func request(_ seconds: UInt32, _ surroundings: Surroundings) throws(Failure) {
        let (device, _) = try DeviceAccess(surroundings).open()
        do throws(ContextRefusal) {
            try device.runAllowed(seconds: seconds)
        } catch {
            if error.error == .notTerminal {
                throw Failure(status: .unavailable, message: "this kernel does not support run-allowed")
            }
            var failure = ContextAccess.failure(error, "run what no rule allows")
            if error.error == .busy { failure.hint = "this process is traced" }
            throw failure
        }
    }
}
