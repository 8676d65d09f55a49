// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct EnableCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Activate this process's context and enforce its entries, if that is safe.",
        discussion: """
            The words are added to the level; permissive is removed unless it is given. Nothing is changed if \
            init, the shell, their loader or verictl itself would then be refused, or if verictl is not listed \
            with the privilege V, without which nothing can be changed afterwards. In a permissive context, \
            refused files only cause warnings.

            Exit status: 0 done or, with --check, safe; 1 not safe.
            """)

    @Flag(help: "Execute only listed or allowed files.")
    var exec = false

    @Flag(help: "Map only listed or allowed files executable.")
    var lib = false

    @Flag(help: "Interpret only listed or allowed files.")
    var script = false

    @Flag(help: "Refuse memory that is both writable and executable.")
    var memory = false

    @Flag(help: "Report refusals without enforcing them.")
    var permissive = false

    @Flag(help: "Also write mode and level to /etc/verictl/boot.conf, for each boot from now on.")
    var boot = false

    @Flag(help: "Check everything, but change nothing.")
    var check = false

    @Flag(help: "Continue although nothing can be changed afterwards.")
    var final = false

    @Flag(help: "Print the findings and the result as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        let activation = Activation(
            words: words, isPermissive: permissive, onlyChecks: check, isFinal: final, keepsForBoot: boot)
        let outcome = try activation.run(in: surroundings)
        if json { return reporter.result(outcome.json, then: outcome.status) }
        outcome.report(to: reporter)
        return outcome.status
    }

    private var words: ContextLevel {
        var words: ContextLevel = []
        if exec { words.insert(.enforceExec) }
        if lib { words.insert(.enforceLib) }
        if script { words.insert(.enforceScript) }
        if memory { words.insert(.wxMemory) }
        return words
    }
}
