// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy
import Synchronization
package import SystemIO

/// A file to be hashed. The size is used only to order the work.
package struct HashJob: Sendable {
    package let path: BytePath
    package let size: UInt64

    package init(path: BytePath, size: UInt64) {
        self.path = path
        self.size = size
    }
}

/// The progress of a batch.
package struct HashProgress: Sendable {
    package var filesDone: Int
    package var filesTotal: Int
    package var bytesDone: UInt64
    package var bytesTotal: UInt64
    /// Since the start.
    package var seconds: Double
}

/// Hashes many files with several workers.
package enum BatchHasher {
    package typealias Outcome = Result<[UInt8], DigestError>

    /// Returns one outcome per job, in the order of `jobs`.
    ///
    /// Workers take the largest remaining file: a large file that is started
    /// last would keep one core busy alone at the end. `progress` is called on
    /// the calling thread, about ten times a second.
    package static func hash(
        _ jobs: [HashJob], algorithm: DigestAlgorithm, workers: Int = Process.processorCount,
        progress: ((HashProgress) -> Void)? = nil
    ) -> [Outcome] {
        hash(jobs, algorithm: algorithm, workers: workers, progress: progress) { _ in () }.map { outcome in
            outcome.map(\.digest)
        }
    }

    /// The same, and what `inspect` returns about each file. It is called by the worker
    /// that has the file open, so that the file is not opened again.
    package static func hash<Facts: Sendable>(
        _ jobs: [HashJob], algorithm: DigestAlgorithm, workers: Int = Process.processorCount,
        progress: ((HashProgress) -> Void)? = nil, inspect: @escaping @Sendable (borrowing Descriptor) -> Facts
    ) -> [Result<(digest: [UInt8], facts: Facts), DigestError>] {
        let order = jobs.indices.sorted { (jobs[$1].size, $0) < (jobs[$0].size, $1) }
        let board = Board<Facts>(jobCount: jobs.count)
        let count = max(1, min(workers, jobs.count))
        Threads.run(count) {
            if let progress { report(board, jobs: jobs, workers: count, to: progress) }
        } body: { _ in
            work(jobs, order: order, algorithm: algorithm, board: board, inspect)
            board.workersDone.add(1, ordering: .releasing)
        }
        return board.outcomes.withLock { $0.map { $0 ?? .failure(.libcrypto(algorithm.name)) } }
    }

    private static func work<Facts: Sendable>(
        _ jobs: [HashJob], order: [Int], algorithm: DigestAlgorithm, board: borrowing Board<Facts>,
        _ inspect: (borrowing Descriptor) -> Facts
    ) {
        // If the hasher cannot be created, the outcomes keep their default:
        // libcrypto cannot compute the digest.
        guard let hasher = try? Hasher(algorithm) else { return }
        while true {
            let turn = board.next.add(1, ordering: .relaxed).oldValue
            guard turn < order.count else { return }
            let index = order[turn]
            let outcome = hash(jobs[index].path, hasher, board, inspect)
            board.outcomes.withLock { $0[index] = outcome }
            board.filesDone.add(1, ordering: .relaxed)
        }
    }

    private static func hash<Facts: Sendable>(
        _ path: BytePath, _ hasher: borrowing Hasher, _ board: borrowing Board<Facts>,
        _ inspect: (borrowing Descriptor) -> Facts
    ) -> Result<(digest: [UInt8], facts: Facts), DigestError> {
        do throws(DigestError) {
            var facts: Facts?
            let digest = try hasher.digest(ofFile: path) {
                board.bytesDone.add(UInt64($0), ordering: .relaxed)
            } inspect: {
                facts = inspect($0)
            }
            // It is always called before a digest is returned.
            guard let facts else { return .failure(.changedWhileRead) }
            return .success((digest, facts))
        } catch {
            return .failure(error)
        }
    }

    private static func report<Facts>(
        _ board: borrowing Board<Facts>, jobs: [HashJob], workers: Int, to progress: (HashProgress) -> Void
    ) {
        let start = Process.monotonicSeconds
        let total = jobs.reduce(0) { $0 + $1.size }
        while true {
            let isDone = board.workersDone.load(ordering: .acquiring) == workers
            progress(
                HashProgress(
                    filesDone: board.filesDone.load(ordering: .relaxed), filesTotal: jobs.count,
                    bytesDone: board.bytesDone.load(ordering: .relaxed), bytesTotal: total,
                    seconds: Process.monotonicSeconds - start))
            if isDone { return }
            Process.sleep(milliseconds: 100)
        }
    }

    /// The state that the workers share.
    private final class Board<Facts: Sendable>: Sendable {
        let next = Atomic<Int>(0)
        let filesDone = Atomic<Int>(0)
        let bytesDone = Atomic<UInt64>(0)
        let workersDone = Atomic<Int>(0)
        let outcomes: Mutex<[Result<(digest: [UInt8], facts: Facts), DigestError>?]>

        init(jobCount: Int) {
            outcomes = Mutex(Array(repeating: nil, count: jobCount))
        }
    }
}
