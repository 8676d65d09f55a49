// SPDX-License-Identifier: LGPL-2.1-or-later

import Device
import Image
import Policy
import SystemIO

/// One commit: what is sent, and how.
struct Transaction {
    var image: [UInt8]
    /// Entry n of the image.
    var rules: [Rule]
    var mode: CommitMode
    var options: CommitOptions

    init(image: [UInt8], rules: [Rule], mode: CommitMode, options: CommitOptions = []) {
        self.image = image
        self.rules = rules
        self.mode = mode
        self.options = options
    }

    /// A transaction of `rules` in canonical order: path, then context.
    init(_ unsorted: [Rule], mode: CommitMode, options: CommitOptions = []) throws(CommandFailure) {
        let rules = Self.canonical(unsorted)
        do throws(ImageEncodeError) {
            self.init(image: try ImageEncoder.encode(rules), rules: rules, mode: mode, options: options)
        } catch {
            throw CommandFailure(status: .syntax, message: "\(error)")
        }
    }

    private static func canonical(_ rules: [Rule]) -> [Rule] {
        // Numbers are sorted and not rules, which are large to move.
        let keys = rules.map(\.key)
        return rules.indices.sorted { keys[$0] < keys[$1] }.map { rules[$0] }
    }

    /// A removal: entries are found by context and path, so everything else is
    /// left out, and with it whatever a kernel might not know.
    static func removal(of rules: [Rule], options: CommitOptions = []) throws(CommandFailure) -> Transaction {
        let bare = rules.map { rule in
            Rule(
                path: rule.path, context: rule.context,
                digest: [UInt8](repeating: 0, count: DigestAlgorithm.sha256.size), origin: rule.origin)
        }
        // A file or context that is gone has no entry: nothing to remove.
        return try Transaction(bare, mode: .remove, options: options.union([.skipMissing, .skipContexts]))
    }

    func run(on device: any VeriexecDevice) throws(CommandFailure) -> CommitOutcome {
        do throws(Errno) {
            return try device.commit(image, entries: rules.count, mode: mode, options: options)
        } catch {
            throw CommandFailure(status: .refused, message: "the kernel refused the request: \(error)")
        }
    }

    /// Runs a removal, where an entry that is not there is no failure: if that
    /// is all the kernel complains of, the rest is sent again without it.
    func runRemoval(on device: any VeriexecDevice) throws(CommandFailure) -> (Transaction, CommitOutcome) {
        let outcome = try run(on: device)
        let refused = outcome.results.filter { !$0.isSkipped }
        let absent: Set<Reason> = [.noEntry, .noFile, .noContext]
        guard outcome.error != nil, !refused.isEmpty, refused.allSatisfy({ absent.contains($0.reason) }) else {
            return (self, outcome)
        }
        let missing = Set(refused.map(\.index))
        let rest = rules.indices.filter { !missing.contains($0) }.map { rules[$0] }
        let again = try Transaction.removal(of: rest, options: options)
        return (again, try again.run(on: device))
    }
}
