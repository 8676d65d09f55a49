// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Image
import Loading
import Policy
import SystemIO
import Tool

/// The early part of a protected boot: contexts, rules, level, latches.
struct BootLoad {
    private var surroundings: Surroundings
    private let file: BootFile
    private let access: ContextAccess
    private let latches: Result<SysctlDirectory, Errno>
    private(set) var steps: BootSteps
    /// What was in force before, as far as it is known, and what is now.
    private(set) var loaded: PolicyRecord?

    private var settings: BootSettings { file.settings }
    private var reporter: Reporter { surroundings.reporter }

    /// Everything outside the root directory has been opened before.
    init(
        _ surroundings: Surroundings, _ file: BootFile, _ access: ContextAccess,
        latches: Result<SysctlDirectory, Errno>, loaded: PolicyRecord?
    ) {
        self.surroundings = surroundings
        self.file = file
        self.access = access
        self.latches = latches
        self.loaded = loaded
        steps = BootSteps(surroundings.reporter)
        if let fault = file.fault { steps.mark(fault) }
    }

    mutating func run(rulesOnly: Bool) {
        file.keep()
        for entry in settings.contexts { create(entry) }
        do throws(Failure) {
            try loadPolicy()
        } catch {
            steps.fail("policy", error)
        }
        if rulesOnly { return }
        do throws(Failure) {
            try setLevel()
        } catch {
            steps.fail("level", error)
        }
        setLatches()
    }

    private mutating func create(_ entry: ContextEntry) {
        let name = "context \(entry.context.number)"
        do throws(Failure) {
            let isNew = try access.create(entry)
            steps.add(name, isNew ? .done : .already, isNew ? "created" : "is there already")
        } catch {
            steps.fail(name, error)
        }
    }

    // MARK: Policy

    private mutating func loadPolicy() throws(Failure) {
        if settings.signature == .required { return try loadSigned() }
        let store = PolicyStore(surroundings)
        let sources = try PolicySources(surroundings)
        if let loaded, loaded.sources == sources.digest, loaded.generation == access.info.generation {
            steps.add("policy", .already, "\(Self.describe(loaded.identity, loaded.entries)), in force already")
            return
        }
        if let (image, record) = store.currentImage(sources) {
            let report = try commit(Transaction(image, mode: .replace, options: Self.options))
            if report.status == .done {
                store.noteState(record)
                var record = record
                record.generation = report.generation
                loaded = record
                steps.add(
                    "policy", .done, "\(Self.describe(record.identity, record.entries)), from \(store.imagePath)")
                return
            }
            // The image is what the kernel accepted last, so the rules are no better, unless
            // the file is damaged and has the times that it had.
            if record.describes(image.bytes) {
                throw Failure(status: report.status, message: "the kernel refused \(store.imagePath)")
            }
        }
        var rules = RuleSources.collect([], in: surroundings)
        rules.reportIfEmpty(.error)
        if let status = rules.refusal(reporter, "the rules were not loaded", json: false) {
            return try loadLastGood(store, status)
        }
        let transaction = try Transaction(rules.table, mode: .replace, options: Self.options)
        let report = try commit(transaction)
        guard report.status == .done else { return try loadLastGood(store, report.status) }
        loaded = try store.keep(transaction, report, sources, reporter, makesDirectory: true)
        let identity = try PolicyRecord.sha256(transaction.image)
        steps.add("policy", .done, "\(Self.describe(identity, UInt64(transaction.count))), from the rules")
    }

    /// Loads the signed image alone. There is no last good one without a
    /// signature, and none is kept.
    private mutating func loadSigned() throws(Failure) {
        let path = SignedPolicy.imagePath(surroundings)
        let signed = try SignedPolicy(surroundings)
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try Files.read(path, limit: ImageFormat.maximumSize)
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)", hint: "boot.conf says signature = required")
        }
        let signature = try signed.signature(of: bytes, at: path)
        let image: CheckedImage
        do throws(ImageError) {
            image = try CheckedImage(bytes)
        } catch {
            throw Failure(status: .syntax, message: "\(path): \(error)")
        }
        try signed.checkVersion(of: image, at: path)
        var transaction = Transaction(image, mode: .replace, options: Self.options)
        transaction.signature = signature.content
        let report = try commit(transaction)
        guard report.status == .done else {
            throw Failure(status: report.status, message: "the kernel refused \(path)")
        }
        try signed.keepVersion(of: image, reporter)
        let record = try PolicyRecord(signed: image, by: signature.certificate, generation: report.generation)
        loaded = record
        steps.add(
            "policy", .done,
            "\(Self.describe(record.identity, record.entries)), number \(image.policyVersion), from \(path), signed by "
                + "\(DisplayText.of(signature.certificate))")
    }

    /// A rule or package that is gone must not leave the system without any.
    private static let options: CommitOptions = [.skipMissing, .skipContexts]

    private static func describe(_ identity: [UInt8], _ entries: UInt64) -> String {
        let name = String(decoding: Hex.encode(Array(identity.prefix(6))), as: UTF8.self)
        return "\(counted(Int(clamping: entries), "entry", "entries")), \(name)"
    }

    private mutating func loadLastGood(_ store: PolicyStore, _ status: ExitStatus) throws(Failure) {
        steps.mark(status)
        guard let image = try store.lastGood() else {
            throw Failure(
                status: status, message: "the rules cannot be loaded, and there is no last good policy",
                hint: "verictl check")
        }
        let report = try commit(Transaction(image, mode: .replace, options: Self.options))
        let text = "the rules cannot be loaded; the last good policy, \(store.imagePath), is in force"
        guard report.status == .done else {
            throw Failure(
                status: status, message: "the rules cannot be loaded, and the kernel refused \(store.imagePath)")
        }
        if var record = store.record, record.identity == (try PolicyRecord.sha256(image.bytes)) {
            record.generation = report.generation
            loaded = record
        }
        steps.fail("policy", Failure(status: status, message: text, hint: "correct the rules, then verictl load --all"))
    }

    private func commit(_ transaction: Transaction) throws(Failure) -> TransactionReport {
        let all = transaction.replacingEverything(access.info)
        if all.skipsEverything(on: access.device) {
            throw Failure(status: .syntax, message: "the file or context of each entry (\(all.count)) is missing")
        }
        let guardian = AdministrationGuard(surroundings, access.device, access.info)
        let report = try all.load(on: access.device, access.info) { transaction throws(Failure) in
            try guardian.enforce(guardian.lossAfterReplacing(by: transaction), isFinal: false, reporter)
        }
        report.print(to: reporter)
        return report
    }

    // MARK: Level

    /// The present policy is in force by now, and the next one needs the program.
    private func warnOfSigner(_ level: ContextLevel) throws(Failure) {
        let path = Environment.installedHelpers.appending(Array("verictl-sign".utf8))
        for finding in try Preflight.runForSigner(level, access.device, path) {
            guard let problem = finding.problem else { continue }
            reporter.warning(
                "\(finding.role) \(finding.path): \(problem); no other signed policy can be loaded until it is allowed",
                hint: finding.hint)
        }
    }

    private mutating func setLevel() throws(Failure) {
        let before = try access.state(.own).level
        var wanted = before.subtracting(.permissive).union(settings.activeLevel)
        if wanted == before {
            steps.add("level", .already, "\(before.text), as before")
            return
        }
        let unknown = wanted.subtracting(access.info.levelsEnforced)
        guard unknown.isEmpty else {
            throw Failure(status: .refused, message: "this kernel cannot enforce \(unknown.text)")
        }
        let (findings, canAdminister) = try Preflight.run(wanted, access.device, surroundings.essentials)
        let problems = findings.filter { $0.problem != nil }
        for finding in problems {
            let text = "\(finding.role) \(finding.path): \(finding.problem ?? "")"
            if settings.mode == .permissive {
                reporter.warning(text)
            } else {
                reporter.error(text, hint: finding.hint)
            }
        }
        if settings.signature == .required { try warnOfSigner(wanted) }
        let isUnsafe = settings.mode == .enforcing && !problems.isEmpty
        // An active context that cannot be changed could not be repaired until reboot.
        if isUnsafe || settings.mode == .permissive, !canAdminister, !before.contains(.active) {
            throw Failure(
                status: .no,
                message: "left at \(before.text), because verictl is not listed with the privilege V (VERICTL)",
                hint: "correct the rules, then verictl boot load")
        }
        if !canAdminister {
            reporter.warning(
                "verictl is not listed with the privilege V (VERICTL): nothing can be changed until reboot")
        }
        // A system that cannot come up is of no use; it says what is missing.
        if isUnsafe { wanted.insert(.permissive) }
        try access.setLevel(wanted, of: .own)
        let after = try access.state(.own).level
        guard !isUnsafe else {
            throw Failure(
                status: .no, message: "\(after.text), because the system could not be used otherwise",
                hint: "allow the files above, then verictl load --all and verictl enable")
        }
        guard after == wanted else {
            throw Failure(status: .refused, message: "the kernel set \(after.text) and not \(wanted.text)")
        }
        steps.add("level", .done, after.text)
    }

    // MARK: Latches

    private mutating func setLatches() {
        guard !settings.latches.isEmpty else { return }
        guard settings.mode == .enforcing else {
            steps.add("latches", .skipped, "left alone, because they would be enforced in permissive mode too")
            return
        }
        let writer = LatchWriter(latches)
        // Once the latch is set, the group is final.
        let ordered = settings.latches.filter { $0.kind == .group } + settings.latches.filter { $0.kind != .group }
        for latch in ordered {
            do throws(Failure) {
                let isNew = try writer.set(latch)
                steps.add("latch \(latch.name)", isNew ? .done : .already, isNew ? "set" : "was set")
            } catch {
                steps.fail("latch \(latch.name)", error)
            }
        }
    }

    // MARK: Failure

    /// Halts the machine if something failed and the settings ask for it. A
    /// system where rules are enforced already is never halted.
    mutating func stopIfAsked() {
        guard steps.status != .done, settings.mode == .enforcing, settings.onFailure == .stop else { return }
        if let level = try? access.state(.own).level, level.contains(.active), !level.contains(.permissive) { return }
        reporter.error("the machine is halted, because \(surroundings.bootConfiguration) says on-failure = stop")
        let error = surroundings.halt()
        reporter.error("the machine could not be halted: \(error)")
    }
}
