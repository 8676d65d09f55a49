// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct PermissiveCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "permissive", abstract: "Report refusals without enforcing them, for some time.",
        discussion: """
            The kernel removes the level word permissive by itself when the time is over, also if verictl is gone. \
            Every file runs until then, in the whole context: verictl allow is for single files. Exit status: 0 done, \
            1 the context is not active, 4 the kernel refused.
            """)

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("For how long: 90s, 30m or 2h, at most 24h.", valueName: "period"))
    var period: ByteArgument?

    @Flag(help: "Enforce again now.")
    var end = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The context; by default that of this process.", valueName: "number"))
    var context: ByteArgument?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard (period != nil) != end else { throw ValidationError("either --for or --end is needed") }
        if let period, try TimeText.seconds("--for", period) > AllowFileCommand.longest {
            throw ValidationError("--for is at most 24h; hint: verictl enable --permissive has no end")
        }
        _ = try context.map(OptionValue.context)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let seconds = try period.map { UInt32(try TimeText.seconds("--for", $0)) } ?? 0
        let wanted = try context.map(OptionValue.context) ?? .own
        let access = try ContextAccess(surroundings)
        let before = try access.state(wanted)
        guard before.level.contains(.active) else {
            throw Failure(
                status: .no, message: "\(ContextAccess.name(before.context)) is not active, and refuses nothing",
                hint: "verictl learn start makes it active and permissive")
        }
        try access.request("make \(ContextAccess.name(before.context)) permissive") { device throws(ContextRefusal) in
            try device.setPermissive(wanted, seconds: seconds)
        }
        let state = try access.state(wanted)
        let reporter = surroundings.reporter
        if json {
            return reporter.result(
                JSONDocument([
                    ("context", .context(state.context)), ("level", .words(state.level.names)),
                    ("seconds", .unsigned(UInt64(seconds))),
                ]))
        }
        let period = period.map { " for \(DisplayText.of($0.bytes))" } ?? ""
        reporter.line("context \(state.context.text): \(state.level.text)\(period)")
        return .done
    }
}
