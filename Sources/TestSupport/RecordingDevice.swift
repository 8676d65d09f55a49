// SPDX-License-Identifier: LGPL-2.1-or-later

package import Device
package import Policy
package import SystemIO

/// A device that keeps what it is sent and answers what it was told to.
package final class RecordingDevice: VeriexecDevice {
    package struct Commit: Equatable {
        package var image: [UInt8]
        package var entries: Int
        package var mode: CommitMode
        package var options: CommitOptions
    }

    package var knowledge: KernelInfo
    package var infoError: Errno?
    /// Answers to the commits in their order; the last one is repeated, and
    /// without any everything is accepted.
    package var outcomes: [CommitOutcome] = []
    package private(set) var commits: [Commit] = []

    /// Answers to the queries in their order; the last one is repeated.
    package var verdicts: [FileVerdict] = [FileVerdict()]
    package var queryError: Errno?
    package private(set) var queries: [(context: ContextID, verifying: Bool)] = []

    package init(knowledge: KernelInfo = RecordingDevice.fullKnowledge) {
        self.knowledge = knowledge
    }

    /// A kernel that knows and enforces everything.
    package static var fullKnowledge: KernelInfo {
        var info = KernelInfo()
        info.abiVersion = KernelInfo.supportedABI
        info.imageVersion = 1
        info.features = 7
        info.algorithms = 0b1111_1000
        info.flagsKnown = .all
        info.flagsEnforced = .all
        info.privilegesKnown = .all
        info.privilegesEnforced = .all
        info.capabilities = .all
        return info
    }

    package func info() throws(Errno) -> KernelInfo {
        if let infoError { throw infoError }
        return knowledge
    }

    package func query(
        _ file: borrowing Descriptor, context: ContextID, verifying: Bool
    ) throws(Errno) -> FileVerdict {
        queries.append((context, verifying))
        if let queryError { throw queryError }
        return verdicts[min(queries.count, verdicts.count) - 1]
    }

    package func commit(
        _ image: [UInt8], entries: Int, mode: CommitMode, options: CommitOptions
    ) throws(Errno) -> CommitOutcome {
        commits.append(Commit(image: image, entries: entries, mode: mode, options: options))
        if outcomes.isEmpty {
            var outcome = CommitOutcome()
            outcome.generation = UInt64(commits.count)
            outcome.added = entries
            return outcome
        }
        return outcomes[min(commits.count, outcomes.count) - 1]
    }
}
