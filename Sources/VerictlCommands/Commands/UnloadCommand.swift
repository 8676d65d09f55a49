// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Device
import Loading
import Policy
import Tool

struct UnloadCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "unload",
        abstract: "Take entries back from the kernel; one that is not there is no failure.",
        discussion: """
            Entries are found by context and path, allow digests by context and digest. Words that this version \
            does not know are ignored.
            """)

    @Flag(help: "Take back every entry of every context.")
    var all = false

    @Option(
        name: .customShort("f", allowingJoined: true), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The entries of a rule file or a directory; - for standard input.", valueName: "file"))
    var files: [ByteArgument] = []

    @Option(
        name: .customLong("entry"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("One entry; the digest may be any word.", valueName: "line"))
    var entries: [ByteArgument] = []

    @Flag(help: "Of two entries of a file, only the one with this digest.")
    var beside = false

    @Flag(name: [.customShort("n"), .long], help: "Let the kernel check everything, and change nothing.")
    var dryRun = false

    @Flag(help: "Print the outcome as JSON on standard output.")
    var json = false

    func validate() throws {
        guard all != !(files.isEmpty && entries.isEmpty) else {
            throw ValidationError("Give one of --all, -f FILE and --entry LINE.")
        }
        guard !(beside && all) else { throw ValidationError("--beside is for single entries; --all takes them all.") }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        var options: CommitOptions = dryRun ? .dryRun : []
        if beside { options.insert(.beside) }
        if all {
            let transaction = try Transaction([], mode: .replace, options: options)
            let (device, info) = try DeviceAccess(surroundings).open()
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
        let (transaction, outcome) = try removal.runRemoval(on: device)
        return TransactionReport(transaction: transaction, outcome: outcome, info: info).deliver(reporter, json: json)
    }
}
