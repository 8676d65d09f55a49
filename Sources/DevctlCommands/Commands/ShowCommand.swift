// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Tool

struct ShowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the table in force, in the form in which it can be loaded.")

    @Flag(help: "Print the rules as JSON.")
    var json = false

    func execute(in surroundings: DevctlSurroundings) throws -> ExitStatus {
        let table = try DeviceAccess(surroundings).table()
        guard json else { return surroundings.reporter.result(table.rules.lines()) }
        return surroundings.reporter.result(
            JSONDocument([("rules", table.rules.json), ("generation", .unsigned(table.generation))]))
    }
}
