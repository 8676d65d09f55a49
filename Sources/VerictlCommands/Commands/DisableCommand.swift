// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Device
import Loading
import Policy
import Tool

struct DisableCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Clear the level of this process's context, as far as the kernel permits.",
        discussion: "Exit status: 0 if the level is empty afterwards, 1 if some words cannot be removed.")

    @Flag(help: "Also set mode = off in /etc/verictl/boot.conf, so that the next boot loads nothing.")
    var boot = false

    @Flag(help: "Print the level as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        // First, because it helps even where the level is final until reboot.
        if boot {
            let isNew = try BootFile.set([("mode", BootSettings.Mode.off.rawValue)], in: surroundings)
            reporter.line(
                "boot.conf: mode = off" + (isNew ? "" : ", as before")
                    + "; the next boot loads nothing, and what is locked now stays so until then")
        }
        let access = try ContextAccess(surroundings)
        try access.setLevel([], of: .own)
        let state = try access.state(.own)
        let status: ExitStatus = state.level.isEmpty ? .done : .no
        if json { return reporter.result(state.levelAnswer, then: status) }
        if !state.level.isEmpty { reporter.error("words of the old level could not be removed") }
        reporter.line("context \(state.context.text): \(state.level.text)")
        return status
    }
}
