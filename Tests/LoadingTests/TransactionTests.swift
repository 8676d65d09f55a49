// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Image
import Loading
import Policy
import SystemIO
import TestSupport
import Testing
import Tool

@Suite struct TransactionTests {
    private let device = RecordingDevice()
    private let digest = [UInt8](repeating: 7, count: 32)

    private func rule(_ path: String, _ context: ContextID = .own) -> Rule {
        Rule(path: .init(path.utf8), context: context, flags: .executable, digest: digest)
    }

    @Test func entriesAreInCanonicalOrder() throws {
        let rules = [rule("/b"), rule("/a", ContextID(2)), rule("/a", ContextID(1))]
        let transaction = try Transaction(rules, mode: .add)
        #expect(transaction.rule(at: 0)?.context == ContextID(1))
        #expect(try ImageDecoder.decode(transaction.image).map(\.path) == ["/a", "/a", "/b"])
        #expect(transaction.rule(at: 3) == nil)
    }

    @Test func aRemovalSendsNothingThatAKernelMightNotKnow() throws {
        let removal = try Transaction.removal(of: [rule("/a")])
        let sent = try #require(try ImageDecoder.decode(removal.image).first)
        #expect(sent.flags == [])
        #expect(sent.digest == [UInt8](repeating: 0, count: 32))
        #expect(removal.options == [.skipMissing, .skipContexts])
        let beside = try Transaction.removal(of: [rule("/a")], options: .beside)
        #expect(try ImageDecoder.decode(beside.image).map(\.digest) == [digest])
    }

    @Test func aRemovalIsRepeatedWithoutWhatIsNotThere() throws {
        var first = CommitOutcome()
        first.error = .noEntry
        first.results = [CommitResult(index: 0, error: .noEntry, reason: .noEntry, isSkipped: false)]
        first.resultsCount = 1
        device.outcomes = [first, CommitOutcome()]
        let (rest, outcome) = try Transaction.removal(of: [rule("/a"), rule("/b")]).runRemoval(on: device)
        #expect(outcome.error == nil)
        #expect(rest.count == 1)
        #expect(device.commits.map(\.entries) == [2, 1])
    }

    @Test func aRequestThatDoesNotReachTheKernelIsAFailure() throws {
        device.commitError = .notPermitted
        let transaction = try Transaction([rule("/a")], mode: .add)
        do throws(Failure) {
            _ = try transaction.run(on: device)
            Issue.record("no failure")
        } catch {
            #expect(error.status == .refused)
            #expect(error.hint != nil)
        }
    }

    /// Only what an option lets the kernel skip is looked for.
    @Test func skippingTakesAnOption() throws {
        let rules = [rule("/nonexistent/a", ContextID(9))]
        for (options, skips) in [
            ([], false), (.dryRun, false), (.skipMissing, true), (.skipContexts, true),
        ] as [(CommitOptions, Bool)] {
            let transaction = try Transaction(rules, mode: .replace, options: options)
            #expect(transaction.skipsEverything(on: device) == skips)
        }
        #expect(try !Transaction([], mode: .replace, options: .skipMissing).skipsEverything(on: device))
    }
}
