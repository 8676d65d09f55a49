// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Device
package import Image
package import Policy
import SystemIO
package import Tool

/// One commit request: the image, its mode and its options.
package struct Transaction {
    package let image: [UInt8]
    /// The entries of the image.
    private let contents: CheckedImage
    package let mode: CommitMode
    package let options: CommitOptions
    /// A signature of the image, for the kernel; empty without one.
    package var signature: [UInt8] = []

    /// A transaction of an image that exists already.
    package init(_ image: CheckedImage, mode: CommitMode, options: CommitOptions = []) {
        self.image = image.bytes
        self.contents = image
        self.mode = mode
        self.options = options
    }

    private init(_ other: Transaction, options: CommitOptions) {
        image = other.image
        contents = other.contents
        mode = other.mode
        signature = other.signature
        self.options = options
    }

    /// The same, and it replaces the entries of every context, if the caller's
    /// context is one that may change others. From inside any other context,
    /// there is nothing else to be reached.
    package func replacingEverything(_ info: KernelInfo) -> Transaction {
        guard mode == .replace, info.context == ContextID(0) || info.context == info.updateContext else { return self }
        return Transaction(self, options: options.union(.allContexts))
    }

    /// A transaction of `rules` in canonical order: path, then context.
    package init(
        _ rules: RuleTable, mode: CommitMode, options: CommitOptions = [], policyVersion: UInt32 = 0
    ) throws(Failure) {
        do throws(ImageEncodeError) {
            contents = try ImageEncoder.encode(rules, order: rules.canonicalOrder(), policyVersion: policyVersion)
            image = contents.bytes
        } catch {
            throw Failure(status: .syntax, message: "\(error)")
        }
        self.mode = mode
        self.options = options
    }

    /// The same for rules that are not in a table.
    package init(
        _ rules: [Rule], mode: CommitMode, options: CommitOptions = [], policyVersion: UInt32 = 0
    ) throws(Failure) {
        try self.init(RuleTable(rules), mode: mode, options: options, policyVersion: policyVersion)
    }

    // MARK: Entries of the image

    package var count: Int { contents.count }

    /// The rules that have a path, and those of an older image that have none, come before
    /// all other allow digests.
    package var entries: Range<Int> { 0..<contents.entryCount }

    /// Rule `index` of the image; nil if there is none.
    package func rule(at index: Int) -> Rule? { contents.rule(at: index) }

    /// The entry must exist.
    package func flags(at index: Int) -> EntryFlags { contents.flags(at: index) }

    /// The entry must exist.
    package func privileges(at index: Int) -> Privileges { contents.privileges(at: index) }

    // MARK: Making

    /// A removal. Entries are found by context and path, so everything else is
    /// omitted, including words that the kernel might not know.
    package static func removal(of rules: [Rule], options: CommitOptions = []) throws(Failure) -> Transaction {
        let bare = rules.map { rule -> Rule in
            // An allow digest is found by its digest, and the digest selects
            // one of two entries of a file.
            let keepsDigest = rule.isAllowDigest || options.contains(.beside)
            return Rule(
                rule.subject, context: rule.context, algorithm: keepsDigest ? rule.algorithm : .sha256,
                digest: keepsDigest ? rule.digest : [UInt8](repeating: 0, count: DigestAlgorithm.sha256.size),
                origin: rule.origin)
        }
        // A file or context that no longer exists has no entry to remove.
        return try Transaction(bare, mode: .remove, options: options.union([.skipMissing, .skipContexts]))
    }

    /// Whether the kernel would skip every entry, so that a replacing load would
    /// leave none. A safeguard against a file system that is not mounted, not a
    /// decision: it looks at the files as they are now, without a lock, and the
    /// kernel looks again. An entry without skippable parts ends the search.
    package func skipsEverything(on device: any VeriexecDevice) -> Bool {
        let skips = options.intersection([.skipMissing, .skipContexts])
        guard !skips.isEmpty, count > 0 else { return false }
        var known: [ContextID: Bool] = [.own: true]
        for context in contents.blockContexts where known[context] == nil {
            known[context] = Self.exists(context, device)
        }
        let skipsDigests = contents.blockContexts.allSatisfy { context in
            options.contains(.skipContexts) && known[context] == false
        }
        guard skipsDigests else { return false }
        return entries.allSatisfy { index in
            guard let rule = rule(at: index) else { return false }
            if options.contains(.skipMissing), let path = rule.path, Self.isMissing(path) { return true }
            guard options.contains(.skipContexts) else { return false }
            let exists = known[rule.context] ?? Self.exists(rule.context, device)
            known[rule.context] = exists
            return !exists
        }
    }

    /// The kernel reports any other error.
    private static func isMissing(_ path: BytePath) -> Bool {
        do throws(Errno) {
            _ = try Files.status(path)
            return false
        } catch {
            return error == .noEntry || error == .notDirectory
        }
    }

    private static func exists(_ context: ContextID, _ device: any VeriexecDevice) -> Bool {
        do throws(ContextRefusal) {
            _ = try device.context(context)
            return true
        } catch {
            return error.reason != .noContext
        }
    }

    // MARK: Sending

    /// Results of allow digests that are asked for: all of a block have the same.
    private static let digestResults = 1 << 12

    package func run(on device: any VeriexecDevice) throws(Failure) -> CommitOutcome {
        do throws(Errno) {
            return try device.commit(
                image, entries: count, results: min(count, entries.count + Self.digestResults), mode: mode,
                options: options, signature: signature)
        } catch {
            // Without the right to commit the kernel gives no reason, because
            // it has not read the request.
            throw Failure(
                status: .refused, message: "the kernel refused the request: \(error)",
                hint: error == .notPermitted ? Reason.permission.meaning : nil)
        }
    }

    /// Runs a load. One file that can have no entry does not cost all others
    /// theirs, unless the load is `strict`. `check` sees each transaction before
    /// it is sent.
    package func load(
        on device: any VeriexecDevice, _ info: KernelInfo, strict: Bool = false,
        check: (Transaction) throws(Failure) -> Void
    ) throws(Failure) -> TransactionReport {
        if !signature.isEmpty, !info.checksSignatures {
            var plain = self
            plain.signature = []
            return try plain.load(on: device, info, strict: true, check: check)
        }
        try check(self)
        let outcome = try run(on: device)
        // What is signed is loaded as it is or not at all.
        guard !strict, signature.isEmpty, let rest = try withoutUntrusted(outcome) else {
            return TransactionReport(transaction: self, outcome: outcome, info: info)
        }
        try check(rest.transaction)
        let again = try rest.transaction.run(on: device)
        return TransactionReport(transaction: rest.transaction, outcome: again, info: info, leftOut: rest.leftOut)
    }

    /// If the kernel refused nothing but entries for files on filesystems where
    /// entries are not possible: the transaction without them, and their rules.
    /// nil if there is another reason, or if nothing would be left.
    private func withoutUntrusted(
        _ outcome: CommitOutcome
    ) throws(Failure) -> (transaction: Transaction, leftOut: [Rule])? {
        let refused = outcome.results.filter { !$0.isSkipped }
        // With more results than were returned, the others are not known.
        guard outcome.error != nil, !refused.isEmpty, outcome.resultsCount <= outcome.results.count,
            refused.allSatisfy({ $0.reason == .untrustedFilesystem })
        else { return nil }
        let left = Set(refused.map(\.index))
        let rest = (0..<count).filter { !left.contains($0) }.compactMap(rule)
        guard !rest.isEmpty else { return nil }
        return (try Transaction(rest, mode: mode, options: options), left.sorted().compactMap(rule))
    }

    /// Runs a removal, in which a missing entry is not an error: if the kernel
    /// reports only missing entries, the others are sent again without them.
    package func runRemoval(on device: any VeriexecDevice) throws(Failure) -> (Transaction, CommitOutcome) {
        let outcome = try run(on: device)
        let refused = outcome.results.filter { !$0.isSkipped }
        let absent: Set<Reason> = [.noEntry, .noFile, .noContext]
        guard outcome.error != nil, !refused.isEmpty, refused.allSatisfy({ absent.contains($0.reason) }) else {
            return (self, outcome)
        }
        let missing = Set(refused.map(\.index))
        let rest = (0..<count).filter { !missing.contains($0) }.compactMap(rule)
        let again = try Transaction.removal(of: rest, options: options)
        return (again, try again.run(on: device))
    }
}
