// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Loading
import Policy
import SystemIO
import Tool

struct LockCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Make mounts, the device table or the level final until reboot.",
        discussion: """
            The words are those of lock in boot.conf: mounts, devices, and the words of a level. What is locked \
            already is no failure. Nothing is changed if the rules could not be changed afterwards, as with seal. \
            Exit status: 0 locked, 1 not safe.
            """)

    @Argument(help: "What to lock: mounts, devices, lvl_immutable and so on.")
    var words: [ByteArgument]

    @Flag(help: "Continue although nothing can be changed afterwards.")
    var final = false

    @Flag(help: "Print the steps as JSON on standard output.")
    var json = false

    func validate() throws { _ = try lock() }

    private func lock() throws -> BootSettings.Lock {
        let value = words.map { $0.bytes.map { $0 == ASCII.colon ? ASCII.space : $0 } }
        let line = Array("lock = ".utf8) + Array(value.joined(separator: [ASCII.space]))
        let parser = BootParser(line, source: RuleSources.argumentName)
        if let fault = parser.diagnostics.first {
            let token = fault.token.map { " '\(DisplayText.of($0))'" } ?? ""
            throw ValidationError(fault.message + token + (fault.hint.map { "; hint: \($0)" } ?? ""))
        }
        return parser.settings.lock
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let lock = try lock()
        let access = try ContextAccess(surroundings)
        let locker = BootLock(surroundings, access)
        if let loss = try locker.lossOfAdministration(lock) {
            let failure = AdministrationGuard.failure(loss, hint: "use --final if this is intended")
            guard final else { throw failure }
            surroundings.reporter.warning("rules and levels cannot be changed until reboot: \(loss)")
        }
        var steps = BootSteps(surroundings.reporter)
        locker.run(lock, &steps)
        return steps.answer(.enforcing, json: json)
    }
}
