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
        let access = try ContextAccess(surroundings)
        let reporter = surroundings.reporter
        let before = try access.state(.own)
        var outcome = Outcome(state: before, wanted: wanted(before.level))
        let unknown = outcome.wanted.subtracting(access.info.levelsEnforced)
        guard unknown.isEmpty else {
            throw Failure(
                status: .refused, message: "this kernel cannot enforce \(unknown.names.joined(separator: ", "))",
                hint: "verictl features lists the supported words")
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
        if boot && isDone && !check { outcome.bootIsChanged = try keepForBoot(outcome.wanted, surroundings) }
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
            if permissive {
                reporter.warning(text, hint: finding.hint)
            } else {
                reporter.error(text, hint: finding.hint)
            }
        }
        if !outcome.canAdminister {
            let text = "verictl is not listed with the privilege V (VERICTL): nothing could be changed afterwards"
            if final { reporter.warning(text) } else { reporter.error(text, hint: "use --final if this is intended") }
        }
        let name = "context \(outcome.state.context.text)"
        if !outcome.isChanged {
            reporter.line("nothing was changed; \(name): \(outcome.state.level.text)")
            return
        }
        if outcome.state.level != outcome.wanted {
            reporter.error("the kernel did not accept \(outcome.wanted.text) unchanged")
        }
        reporter.line("\(name): \(outcome.state.level.text)")
        if let isNew = outcome.bootIsChanged {
            reporter.line("boot.conf: mode = \(mode.rawValue)" + (isNew ? "" : ", as before"))
        }
    }

    private var mode: BootSettings.Mode { permissive ? .permissive : .enforcing }

    /// Returns whether the file had to be changed. What is final once it is set
    /// belongs to "lock", and is not set early at the next boot.
    private func keepForBoot(_ level: ContextLevel, _ surroundings: Surroundings) throws(Failure) -> Bool {
        let words = level.intersection([.enforceExec, .enforceLib, .enforceScript, .wxMemory])
        return try BootFile.set([("mode", mode.rawValue), ("level", words.text)], in: surroundings)
    }

    /// The findings of the check, and the change that was made.
    private struct Outcome {
        var state: ContextState
        var wanted: ContextLevel
        var findings: [Preflight.Finding] = []
        var canAdminister = false
        var isChanged = false
        /// Whether boot.conf was changed; nil if it was not asked for.
        var bootIsChanged: Bool?

        var problems: [Preflight.Finding] { findings.filter { $0.problem != nil } }

        var json: JSONDocument {
            let members: [(String, JSONValue)] = [
                ("context", .context(state.context)), ("changed", .bool(isChanged)),
                ("level", .words(state.level.names)), ("wanted", .words(wanted.names)),
                ("safe", .bool(problems.isEmpty && canAdminister)), ("can_administer", .bool(canAdminister)),
                ("files", .array(findings.map(\.json))),
            ]
            return JSONDocument(members + (bootIsChanged.map { [("boot_changed", .bool($0))] } ?? []))
        }
    }
}
