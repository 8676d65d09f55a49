// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Loading
import SystemIO
import Tool

/// Hands over to `verictl-events`, which reads netlink with libmnl: of that
/// library there is no static form, and this program is static.
struct EventsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Print what the kernel refuses and grants, as it happens.",
        discussion: """
            Without an option, the first event. Exit status: 0 if events came, with --count if that many \
            came; 1 if the time was over before.
            """)

    @Flag(help: "Print events until interrupted.")
    var follow = false

    @Flag(help: "Also print what went well: verified files and grants.")
    var grants = false

    @Flag(help: "Also print which files are made.")
    var creations = false

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Option(help: ArgumentHelp("End after so many events.", valueName: "n"))
    var count: Int?

    @Option(help: ArgumentHelp("End after so many seconds.", valueName: "s"))
    var timeout: Int?

    private static let program = Array("verictl-events".utf8)
    private static let largest = 1_000_000_000

    func validate() throws {
        if follow && (count != nil || timeout != nil) {
            throw ValidationError("--follow has no end: --count and --timeout make no sense with it")
        }
        for (name, value) in [("--count", count), ("--timeout", timeout)] {
            if let value, !(1...Self.largest).contains(value) {
                throw ValidationError("\(name): a number from 1 to \(Self.largest), please")
            }
        }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        for directory in surroundings.environment.helperDirectories {
            let path = directory.appending(Self.program)
            let error = surroundings.environment.become([path.bytes] + arguments)
            guard error == .noEntry || error == .notDirectory else {
                throw Failure(status: .unavailable, message: "\(path): \(error)")
            }
        }
        let places = surroundings.environment.helperDirectories.map(\.description).joined(separator: ", ")
        throw Failure(
            status: .unavailable, message: "the program verictl-events is not installed",
            hint: "it was looked for in \(places)")
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
