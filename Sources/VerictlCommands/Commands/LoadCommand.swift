// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Image
import Loading
import Policy
import SystemIO
import Tool

struct LoadCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Load rules into the kernel, which accepts all of them or none.")

    @Flag(help: "Load the rules of the system, and remove all other entries, those of other contexts too.")
    var all = false

    @Option(
        name: .customShort("f", allowingJoined: true), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Add the entries of a rule file or a directory; - for standard input.", valueName: "file"))
    var files: [ByteArgument] = []

    @Option(
        name: .customLong("entry"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Add one entry.", valueName: "line"))
    var entries: [ByteArgument] = []

    @Option(help: ArgumentHelp("Add the entries of an image made by compile.", valueName: "file"))
    var compiled: ByteArgument?

    @Flag(help: "Refuse the image of --compiled unless FILE.p7s is a signature of it by a trusted certificate.")
    var requireSignature = false

    @Option(
        help: ArgumentHelp(
            "Trust this certificate, in PEM, instead of those in /etc/verictl/keys.", valueName: "file"))
    var certificate: ByteArgument?

    @Flag(help: "Remove all other entries of the contexts that the given ones name, and of that of this process.")
    var replace = false

    @Flag(help: "Allow a file to have one other entry and match either, for a file about to be replaced.")
    var beside = false

    @Flag(help: "Skip entries whose file does not exist, as --all does without --strict.")
    var skipMissing = false

    @Flag(help: "Skip entries whose context does not exist.")
    var skipContexts = false

    @Flag(help: "Refuse warnings, and files on a filesystem where entries are not possible, instead of going on.")
    var strict = false

    @Flag(name: [.customShort("n"), .long], help: "Let the kernel check everything, but change nothing.")
    var dryRun = false

    @Flag(help: "Continue although verictl could not change anything afterwards.")
    var final = false

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func validate() throws {
        let kinds = [all, !(files.isEmpty && entries.isEmpty), compiled != nil]
        guard kinds.count(where: { $0 }) == 1 else {
            throw ValidationError("Specify one of --all, -f FILE, --entry LINE and --compiled FILE.")
        }
        guard compiled != nil || !requireSignature else {
            throw ValidationError("--require-signature requires --compiled FILE.")
        }
        guard requireSignature || certificate == nil else {
            throw ValidationError("--certificate requires --require-signature.")
        }
        guard !beside || !(all || replace) else {
            throw ValidationError("--beside keeps existing entries; it cannot be combined with --all or --replace.")
        }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        let mode: CommitMode = all || replace ? .replace : .add
        let signed = requireSignature ? try SignedPolicy(surroundings, certificate: certificate?.path) : nil
        var transaction: Transaction
        var signer: [UInt8]?
        // Before the files are read: one that changes meanwhile is stale then.
        let sources = all ? try? PolicySources(surroundings) : nil
        if let compiled {
            (transaction, signer) = try decode(compiled.path, mode: mode, signed, reporter)
        } else {
            var rules = collect(surroundings)
            rules.reportIfEmpty(mode == .replace ? .error : .warning, hint: mode == .replace ? Self.emptyingHint : nil)
            if strict { rules.makeWarningsErrors() }
            if let status = rules.refusal(reporter, "nothing was loaded", json: json) { return status }
            transaction = try Transaction(rules.table, mode: mode, options: options)
        }
        let (device, info) = try DeviceAccess(surroundings).open()
        if all { transaction = transaction.replacingEverything(info) }
        if mode == .replace, transaction.skipsEverything(on: device) {
            throw Failure(
                status: .syntax,
                message: "the file or context of each entry (\(transaction.count)) is missing; nothing was loaded",
                hint: Self.emptyingHint)
        }
        let check = { (transaction: Transaction) throws(Failure) in
            guard mode == .replace else { return }
            let guardian = AdministrationGuard(surroundings, device, info)
            try guardian.enforce(guardian.lossAfterReplacing(by: transaction), isFinal: final, reporter)
        }
        let report = try transaction.load(on: device, info, strict: strict, check: check)
        if let signed, report.status == .done, !dryRun {
            let image = try CheckedImage(transaction.image)
            try signed.keepVersion(of: image, reporter)
            if replace, let signer {
                PolicyStore(surroundings).noteLoaded(
                    try PolicyRecord(signed: image, by: signer, generation: report.generation))
            }
        }
        if let sources {
            let store = PolicyStore(surroundings)
            let record = try store.keep(transaction, report, sources, reporter, makesDirectory: false)
            if let record { store.noteLoaded(record) }
        }
        return report.deliver(reporter, json: json)
    }

    private static let emptyingHint = "verictl unload --all removes all entries"

    private var options: CommitOptions {
        var options: CommitOptions = []
        // One package that is gone must not leave the system without any rule.
        if skipMissing || (all && !strict) { options.insert(.skipMissing) }
        if skipContexts { options.insert(.skipContexts) }
        if dryRun { options.insert(.dryRun) }
        if beside { options.insert(.beside) }
        return options
    }

    private func collect(_ surroundings: Surroundings) -> CollectedRules {
        var sources = RuleSources(surroundings)
        if all { sources.addStandardDirectories() }
        for file in files { sources.add(path: file.path) }
        for entry in entries { sources.add(entry: entry.bytes) }
        return sources.collected()
    }

    /// The image is sent unchanged; its rules are decoded only for messages. With
    /// it comes the name of the certificate, if it has to be signed.
    private func decode(
        _ path: BytePath, mode: CommitMode, _ signed: SignedPolicy?, _ reporter: Reporter
    ) throws(Failure) -> (Transaction, signer: [UInt8]?) {
        let image: [UInt8]
        do throws(Errno) {
            image = try Files.read(path, limit: ImageFormat.maximumSize)
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
        let signature = try signed?.signature(of: image, at: path)
        let checked: CheckedImage
        do throws(ImageError) {
            checked = try CheckedImage(image)
        } catch {
            throw Failure(status: .syntax, message: "\(path): \(error)")
        }
        try signed?.checkVersion(of: checked, at: path)
        var transaction = Transaction(checked, mode: mode, options: options)
        transaction.signature = signature?.content ?? []
        if transaction.count == 0 {
            let message = "\(path): the image holds no entry"
            guard mode == .add else {
                throw Failure(
                    status: .syntax, message: "\(message); nothing was loaded", hint: Self.emptyingHint)
            }
            reporter.warning(message)
        }
        return (transaction, signature?.certificate)
    }
}
