// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import Tool

/// Makes the context of this process active, with words added to its level, if
/// that is safe.
struct Activation {
    var words: ContextLevel
    /// Whether refusals are only reported; otherwise the word is removed.
    var isPermissive = false
    var onlyChecks = false
    /// Whether to go on although nothing could be changed afterwards.
    var isFinal = false
    /// Whether boot.conf gets the mode and the level as well.
    var keepsForBoot = false

    func run(in surroundings: Surroundings) throws(Failure) -> Outcome {
        let access = try ContextAccess(surroundings)
        let before = try access.state(.own)
        var wanted = before.level.subtracting(.permissive).union(.active).union(words)
        if isPermissive { wanted.insert(.permissive) }
        var outcome = Outcome(state: before, wanted: wanted, request: self)
        let unknown = wanted.subtracting(access.info.levelsEnforced)
        guard unknown.isEmpty else {
            throw Failure(
                status: .refused, message: "this kernel cannot enforce \(unknown.names.joined(separator: ", "))",
                hint: "verictl features lists the supported words")
        }
        (outcome.findings, outcome.canAdminister) = try Preflight.run(
            wanted, access.device, surroundings.essentials)
        if outcome.isSafe && !onlyChecks {
            try access.setLevel(wanted, of: .own)
            outcome.state = try access.state(.own)
            outcome.isChanged = true
        }
        if keepsForBoot && !onlyChecks && outcome.status == .done {
            outcome.bootIsChanged = try keep(wanted, surroundings)
        }
        return outcome
    }

    fileprivate var mode: BootSettings.Mode { isPermissive ? .permissive : .enforcing }

    /// Returns whether the file had to be changed. What is final once it is set
    /// belongs to "lock", and is not set early at the next boot.
    private func keep(_ level: ContextLevel, _ surroundings: Surroundings) throws(Failure) -> Bool {
        let words = level.intersection([.enforceExec, .enforceLib, .enforceScript, .wxMemory])
        return try BootFile.set([("mode", mode.rawValue), ("level", words.text)], in: surroundings)
    }

    /// The findings of the check, and the change that was made.
    struct Outcome {
        var state: ContextState
        var wanted: ContextLevel
        let request: Activation
        var findings: [Preflight.Finding] = []
        var canAdminister = false
        var isChanged = false
        /// Whether boot.conf was changed; nil if it was not asked for.
        var bootIsChanged: Bool?

        var problems: [Preflight.Finding] { findings.filter { $0.problem != nil } }

        fileprivate var isSafe: Bool {
            (request.isPermissive || problems.isEmpty) && (request.isFinal || canAdminister)
        }

        var status: ExitStatus { isSafe && (request.onlyChecks || state.level == wanted) ? .done : .no }

        func report(to reporter: Reporter) {
            for finding in problems {
                let text = "\(finding.role) \(finding.path): \(finding.problem ?? "")"
                if request.isPermissive {
                    reporter.warning(text, hint: finding.hint)
                } else {
                    reporter.error(text, hint: finding.hint)
                }
            }
            if !canAdminister {
                let text = "verictl is not listed with the privilege V (VERICTL): nothing could be changed afterwards"
                if request.isFinal {
                    reporter.warning(text)
                } else {
                    reporter.error(text, hint: "use --final if this is intended")
                }
            }
            let name = "context \(state.context.text)"
            if !isChanged {
                reporter.line("nothing was changed; \(name): \(state.level.text)")
                return
            }
            if state.level != wanted { reporter.error("the kernel did not accept \(wanted.text) unchanged") }
            reporter.line("\(name): \(state.level.text)")
            if let isNew = bootIsChanged {
                reporter.line("boot.conf: mode = \(request.mode.rawValue)" + (isNew ? "" : ", as before"))
            }
        }

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
