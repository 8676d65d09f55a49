// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct UnloadCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "unload",
        abstract: "Remove entries from the kernel; a missing entry is not an error.",
        discussion: """
            Entries are found by context and path, also if the path leads to another file now or to none; allow \
            digests are found by context and digest. Words that are unknown to this version are ignored.
            """)

    @Flag(help: "Remove all entries of all contexts.")
    var all = false

    @Option(
        name: .customShort("f", allowingJoined: true), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The entries of a rule file or a directory; - for standard input.", valueName: "file"))
    var files: [ByteArgument] = []

    @Option(
        name: .customLong("entry"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("One entry; the digest may be any word.", valueName: "line"))
    var entries: [ByteArgument] = []

    @Flag(help: "If a file has two entries, remove only the one with this digest.")
    var beside = false

    @Flag(name: [.customShort("n"), .long], help: "Let the kernel check everything, but change nothing.")
    var dryRun = false

    @Flag(help: "Continue although verictl could not change anything afterwards.")
    var final = false

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func validate() throws {
        guard all != !(files.isEmpty && entries.isEmpty) else {
            throw ValidationError("Specify one of --all, -f FILE and --entry LINE.")
        }
        guard !(beside && all) else {
            throw ValidationError("--beside selects single entries; it cannot be combined with --all.")
        }
    }

    /// A rule finds the entry of the file that has its path now. Names the
    /// entries that were listed under the path and whose file has another name.
    private static func reportKept(_ rules: [Rule], _ own: ContextID, _ surroundings: Surroundings) {
        var wanted: [BytePath: Set<ContextID>] = [:]
        for rule in rules {
            if let path = rule.path { wanted[path, default: []].insert(rule.context == .own ? own : rule.context) }
        }
        for entry in (try? DeviceAccess(surroundings).entries()) ?? [] {
            guard let path = entry.path, wanted[path]?.contains(entry.context) == true else { continue }
            let name = surroundings.presentName(entry)
            guard name != .asListed else { continue }
            let file = name.path(listedAs: path).map { "is \($0) now" } ?? "has another name now"
            surroundings.reporter.warning(
                "an entry of context \(entry.context.text) that was listed as \(path) is still in force; its file \(file)",
                hint: "unload it by the present name")
        }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        var options: CommitOptions = dryRun ? .dryRun : []
        if beside { options.insert(.beside) }
        if all {
            let nothing = try Transaction([], mode: .replace, options: options)
            let (device, info) = try DeviceAccess(surroundings).open()
            let transaction = nothing.replacingEverything(info)
            let guardian = AdministrationGuard(surroundings, device, info)
            try guardian.enforce(guardian.lossAfterReplacing(by: transaction), isFinal: final, reporter)
            let outcome = try transaction.run(on: device)
            return TransactionReport(transaction: transaction, outcome: outcome, info: info)
                .deliver(reporter, json: json)
        }
        var sources = RuleSources(surroundings, for: beside ? .unloadOne : .unload)
        for file in files { sources.add(path: file.path) }
        for entry in entries { sources.add(entry: entry.bytes) }
        var rules = sources.collected()
        rules.reportIfEmpty(.warning, hint: "verictl unload --all removes all entries")
        if let status = rules.refusal(reporter, "nothing was unloaded", json: json) { return status }
        let removal = try Transaction.removal(of: rules.rules, options: options)
        let (device, info) = try DeviceAccess(surroundings).open()
        let guardian = AdministrationGuard(surroundings, device, info)
        try guardian.enforce(
            guardian.lossAfterRemoving(rules.rules, onlyDigest: beside), isFinal: final, reporter)
        let (transaction, outcome) = try removal.runRemoval(on: device)
        if outcome.error == nil, !dryRun, outcome.removed < rules.table.count {
            Self.reportKept(rules.rules, info.context, surroundings)
        }
        return TransactionReport(transaction: transaction, outcome: outcome, info: info).deliver(reporter, json: json)
    }
}
