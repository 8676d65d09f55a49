// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Loading
import Tool

struct EventsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Print refusals and grants of the kernel as they happen.",
        discussion: """
            Without an option, only the first event is printed. Exit status: 0 if events were received, with \
            --count if that many were received; 1 if the time ran out before.
            """)

    @Flag(help: "Print events until interrupted.")
    var follow = false

    @Flag(help: "Also print verified files and grants.")
    var grants = false

    @Flag(help: "Also print the creation of files.")
    var creations = false

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Option(help: ArgumentHelp("Stop after this many events.", valueName: "n"))
    var count: Int?

    @Option(help: ArgumentHelp("Stop after this many seconds.", valueName: "s"))
    var timeout: Int?

    private static let largest = 1_000_000_000

    func validate() throws {
        if follow && (count != nil || timeout != nil) {
            throw ValidationError("--follow cannot be combined with --count or --timeout")
        }
        for (name, value) in [("--count", count), ("--timeout", timeout)] {
            if let value, !(1...Self.largest).contains(value) {
                throw ValidationError("\(name) takes a number from 1 to \(Self.largest)")
            }
        }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        throw EventsProgram.run(arguments, in: surroundings.environment)
    }

    private var arguments: [[UInt8]] {
        var words: [String] = []
        if follow { words.append("--follow") }
        if grants { words.append("--grants") }
        if creations { words.append("--creations") }
        if json { words.append("--json") }
        if let count { words += ["--count", String(count)] }
        if let timeout { words += ["--timeout", String(timeout)] }
        return words.map { Array($0.utf8) }
    }
}
