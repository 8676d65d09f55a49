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
        abstract: "Let entries count in this process's context, and enforce them, if that is safe.",
        discussion: """
            Words are added to the level; permissive is taken from it unless it is given. Nothing is changed \
            if init, the shell, their loader or verictl itself would then be refused, or if verictl is not \
            listed with the privilege V, without which nothing can be changed afterwards. In a permissive \
            context the files are only warned of.

            Exit status: 0 done or, with --check, safe; 1 not safe.
            """)

    @Flag(help: "Only what is listed or allowed is executed.")
    var exec = false

    @Flag(help: "Only what is listed or allowed is mapped executable.")
    var lib = false

    @Flag(help: "Only what is listed or allowed is interpreted.")
    var script = false

    @Flag(help: "Refusals are told and not carried out.")
    var permissive = false

    @Flag(help: "Look at everything, and change nothing.")
    var check = false

    @Flag(help: "Go on although nothing can be changed afterwards.")
    var final = false

    @Flag(help: "Print what was found and done as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        let before = try access.state(.own)
        var outcome = Outcome(state: before, wanted: wanted(before.level))
        let unknown = outcome.wanted.subtracting(access.info.levelsEnforced)
        guard unknown.isEmpty else {
            throw Failure(
                status: .refused, message: "this kernel cannot enforce \(unknown.names.joined(separator: ", "))",
                hint: "verictl features lists what it can")
        }
        (outcome.findings, outcome.canAdminister) = try Preflight.run(
            outcome.wanted, access.device, surroundings.essentials)
        let isSafe = (permissive || outcome.problems.isEmpty) && (final || outcome.canAdminister)
        if isSafe && !check {
            try access.setLevel(outcome.wanted, of: .own)
            outcome.state = try access.state(.own)
            outcome.isChanged = true
        }
        let isDone = isSafe && (check || outcome.state.level == outcome.wanted)
        if json { return reporter.result(outcome.json, then: isDone ? .done : .no) }
        report(outcome, reporter)
        return isDone ? .done : .no
    }

    private func wanted(_ level: ContextLevel) -> ContextLevel {
        var level = level.subtracting(.permissive).union(.active)
        if exec { level.insert(.enforceExec) }
        if lib { level.insert(.enforceLib) }
        if script { level.insert(.enforceScript) }
        if permissive { level.insert(.permissive) }
        return level
    }

    private func report(_ outcome: Outcome, _ reporter: Reporter) {
        for finding in outcome.problems {
            let text = "\(finding.role) \(finding.path): \(finding.problem ?? "")"
            if permissive { reporter.warning(text) } else { reporter.error(text) }
        }
        if !outcome.canAdminister {
            let text = "verictl is not listed with the privilege V (VERICTL): nothing could be changed afterwards"
            if final { reporter.warning(text) } else { reporter.error(text, hint: "--final if that is meant") }
        }
        let name = "context \(outcome.state.context.text)"
        if !outcome.isChanged {
            reporter.line("nothing was changed; \(name): \(outcome.state.level.text)")
            return
        }
        if outcome.state.level != outcome.wanted {
            reporter.error("the kernel did not take \(outcome.wanted.text) as it is")
        }
        reporter.line("\(name): \(outcome.state.level.text)")
    }

    /// What is known after the look, and what was done.
    private struct Outcome {
        var state: ContextState
        var wanted: ContextLevel
        var findings: [Preflight.Finding] = []
        var canAdminister = false
        var isChanged = false

        var problems: [Preflight.Finding] { findings.filter { $0.problem != nil } }

        var json: JSONDocument {
            JSONDocument([
                ("context", .context(state.context)), ("changed", .bool(isChanged)),
                ("level", .words(state.level.names)), ("wanted", .words(wanted.names)),
                ("safe", .bool(problems.isEmpty && canAdminister)), ("can_administer", .bool(canAdminister)),
                ("files", .array(findings.map(\.json))),
            ])
        }
    }
}
