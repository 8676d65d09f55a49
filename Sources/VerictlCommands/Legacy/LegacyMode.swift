// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import Tool

/// The command lines of verictl 2, which boot and package scripts depend on.
/// The exit status is 0 or 1 only.
enum LegacyMode {
    private static let success: Int32 = 0
    private static let failure: Int32 = 1

    /// One dash and a letter come first.
    static func isMeant(by arguments: [[UInt8]]) -> Bool {
        guard let first = arguments.first, first.count > 1, first[0] == ASCII.minus else { return false }
        return ASCII.isLetter(first[1])
    }

    static func run(_ arguments: [[UInt8]], in surroundings: Surroundings) -> Int32 {
        let reporter = surroundings.reporter
        do throws(LegacyArguments.Failure) {
            switch try LegacyArguments.parse(arguments) {
            case .help: return print(LegacyHelp.short, reporter)
            case .longHelp: return print(LegacyHelp.long, reporter)
            case .version: return print("verictl - Version \(VerictlTool.version)\n", reporter)
            case .action(let action, let source, let dryRun):
                return LegacyRun(surroundings: surroundings, dryRun: dryRun).perform(action, source)
                    ? success : failure
            }
        } catch {
            reporter.error(error.message)
            return failure
        }
    }

    private static func print(_ text: String, _ reporter: Reporter) -> Int32 {
        reporter.result(Array(text.utf8)) == .done ? success : failure
    }
}

/// One action of legacy mode. Each function returns whether it succeeded.
private struct LegacyRun {
    let surroundings: Surroundings
    let dryRun: Bool

    private var reporter: Reporter { surroundings.reporter }

    func perform(_ action: LegacyArguments.Action, _ source: LegacyArguments.Source?) -> Bool {
        switch (action, source) {
        case (.load, let source?): transfer(source, unload: false)
        case (.unload, let source?): transfer(source, unload: true)
        case (.createContext, .text(let text)?):
            context("create", text) { device, entry throws(ContextRefusal) in _ = try device.createContext(entry) }
        case (.deleteContext, .text(let text)?):
            context("delete", text) { device, entry throws(ContextRefusal) in
                try device.deleteContext(entry.context)
            }
        case (.narrowContext, .text(let text)?):
            context("narrow", text) { device, entry throws(ContextRefusal) in try device.narrowContext(entry) }
        case (.setLevel(let argument), _): setLevel(argument)
        case (.activate, _): setLevel(.active, of: .own)
        case (.deactivate, _): setLevel([], of: .own)
        case (.updateContext(let context), _): setUpdateContext(context)
        case (.printLevel, _): printLevel()
        case (.countEntries, _): countEntries()
        default: false
        }
    }

    // MARK: Entries

    private func transfer(_ source: LegacyArguments.Source, unload: Bool) -> Bool {
        do throws(Failure) {
            // The device is opened first, as in the original: on a kernel
            // without clip, a script gets that error and not one about its
            // rules.
            let access = dryRun ? nil : try DeviceAccess(surroundings).open()
            var sources = RuleSources(surroundings, for: unload ? .unload : .load)
            switch source {
            case .text(let text): sources.add(entry: text)
            case .file(let path): sources.add(path: path)
            }
            let rules = sources.collected()
            reporter.diagnostics(rules.diagnostics)
            guard rules.failure == nil else { return false }
            guard let access else { return printRequests(rules.rules, unload: unload) }
            // A file with no entries is a success with no request.
            if rules.table.isEmpty { return true }
            return try send(rules.rules, unload: unload, access.device, access.info)
        } catch {
            reporter.error(error.message, hint: error.hint)
            return false
        }
    }

    private func send(
        _ rules: [Rule], unload: Bool, _ device: any VeriexecDevice, _ info: KernelInfo
    ) throws(Failure) -> Bool {
        let transaction: Transaction
        let outcome: CommitOutcome
        if unload {
            (transaction, outcome) = try Transaction.removal(of: rules).runRemoval(on: device)
        } else {
            transaction = try Transaction(rules, mode: .add)
            outcome = try transaction.run(on: device)
        }
        let report = TransactionReport(transaction: transaction, outcome: outcome, info: info)
        // The original is silent on success, and boot scripts show its output.
        if outcome.error != nil { report.print(to: reporter) }
        return report.status == .done
    }

    /// `-m`: one line that begins with the number of entries in force.
    private func countEntries() -> Bool {
        do throws(Failure) {
            return print(
                dryRun ? "count entries" : "\(try DeviceAccess(surroundings).open().info.entries) entries")
        } catch {
            reporter.error(error.message, hint: error.hint)
            return false
        }
    }

    private func printRequests(_ rules: [Rule], unload: Bool) -> Bool {
        var text: [UInt8] = []
        for rule in rules {
            text += "\(unload ? "unload" : "load") ".utf8
            text += rule.line
            text.append(ASCII.newline)
        }
        return reporter.result(text) == .done
    }

    // MARK: Contexts and levels

    /// Reads the context of `-c` after the device has been opened.
    private func context(
        _ name: String, _ text: [UInt8],
        _ request: (any VeriexecDevice, ContextEntry) throws(ContextRefusal) -> Void
    ) -> Bool {
        do throws(Failure) {
            let access = dryRun ? nil : try ContextAccess(surroundings)
            let (entry, diagnostics) = ContextEntrySyntax.parse(text, source: RuleSources.argumentName)
            reporter.diagnostics(diagnostics)
            guard let entry else { return false }
            guard let access else { return print("\(name) context \(entry.text)") }
            try access.request("\(name) context \(entry.context.number)") { device throws(ContextRefusal) in
                try request(device, entry)
            }
            return true
        } catch {
            reporter.error(error.message, hint: error.hint)
            return false
        }
    }

    private func setLevel(_ argument: LevelArgument) -> Bool {
        for warning in argument.warnings {
            reporter.warning("-L: \(warning.message)" + (warning.token.map { " '\(DisplayText.of($0))'" } ?? ""))
        }
        return setLevel(argument.level, of: argument.context ?? .own)
    }

    private func setLevel(_ level: ContextLevel, of context: ContextID) -> Bool {
        administer("set level of \(ContextAccess.name(context)) to \(level.text)") { access throws(Failure) in
            if level.contains(.active), context == .own || context == access.info.context {
                let guardian = AdministrationGuard(surroundings, access.device, access.info)
                // The letters have no way to go ahead; the command has.
                if guardian.isActive, let loss = try guardian.lossAtLevel(level) {
                    throw AdministrationGuard.failure(loss, hint: "verictl level --final \(level.text) sets it anyway")
                }
            }
            try access.setLevel(level, of: context)
            return true
        }
    }

    private func setUpdateContext(_ context: ContextID) -> Bool {
        let name = "set update context to \(context.text)"
        return administer(name) { access throws(Failure) in
            try access.request(name) { device throws(ContextRefusal) in try device.setUpdateContext(context) }
            return true
        }
    }

    /// `-p` prints the number, which scripts evaluate.
    private func printLevel() -> Bool {
        administer("get level of the current context") { access throws(Failure) in
            print(String(try access.state(.own).level.rawValue))
        }
    }

    private func administer(_ name: String, _ body: (ContextAccess) throws(Failure) -> Bool) -> Bool {
        if dryRun { return print(name) }
        do throws(Failure) {
            return try body(ContextAccess(surroundings))
        } catch {
            reporter.error(error.message, hint: error.hint)
            return false
        }
    }

    private func print(_ line: String) -> Bool {
        reporter.result(Array("\(line)\n".utf8)) == .done
    }
}
