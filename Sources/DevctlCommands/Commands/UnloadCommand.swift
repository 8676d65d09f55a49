// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Device
import Tool

struct UnloadCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "unload",
        abstract: "Take rules out of the table; a rule that is not there is no failure.",
        discussion: "Rules are found by numbers and priority. With --all, those of /etc/devctl.d are taken out.")

    @OptionGroup var options: RuleOptions

    func execute(in surroundings: DevctlSurroundings) throws -> ExitStatus {
        let rules = try options.collected(surroundings)
            .checked(surroundings.reporter)
        return try DeviceAccess(surroundings)
            .commit(rules, .remove, options.dryRun ? [.dryRun, .skipMissing] : .skipMissing)
            .deliver(surroundings.reporter, json: options.json)
    }
}
