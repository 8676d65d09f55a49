// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Device
import Tool

struct LoadCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Hand rules to the kernel, which takes all of them or none.",
        discussion: "With --all, the rules of /etc/devctl.d are afterwards all there is in the table.")

    @OptionGroup var options: RuleOptions

    func execute(in surroundings: DevctlSurroundings) throws -> ExitStatus {
        let rules = try options.collected(surroundings)
            .checked(surroundings.reporter)
        return try DeviceAccess(surroundings)
            .commit(rules, options.all ? .replace : .add, options.dryRun ? .dryRun : [])
            .deliver(surroundings.reporter, json: options.json)
    }
}
