// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Containers
import Jails
import Tool

struct PlanCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Print what start would do, step by step, and do nothing.")

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @Flag(help: "The steps of setup, which runs no program.")
    var setup = false

    @Flag(help: "Print the steps as JSON.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let read = try surroundings.jail(name.name)
        let steps = JailPlan.steps(read.jail, onlySetup: setup)
        if json {
            let values = steps.map { JSONValue.object([("step", .string($0.word)), ("text", .string($0.text))]) }
            return surroundings.reporter.result(
                JSONDocument([("name", .string(read.jail.name)), ("steps", .array(values))]))
        }
        var table = TextTable()
        for step in steps { table.add(step.word, step.text) }
        return surroundings.reporter.result(table.text)
    }
}
