// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Crypto
package import Policy
import SystemIO

/// Writes entries for the files that were found.
package struct Generator {
    package var context: ContextID = .own
    /// For programs; a shared object found in a directory is always `l` alone.
    package var flags: EntryFlags?
    /// Whether the user says what is granted. Otherwise an entry grants the
    /// file capabilities that the file has.
    package var namesCapabilities = false
    package var effective: CapabilitySet = []
    package var permitted: CapabilitySet = []
    package var inheritable: CapabilitySet = []
    package var privileges: Privileges = []
    package var algorithm = DigestAlgorithm.sha256
    /// Whether to write allow digests instead of entries.
    package var allows = false
    package var workers = Process.processorCount

    package init() {}

    package struct Outcome {
        /// Sorted by path.
        package var rules: [Rule] = []
        package var problems: [FileProblem] = []
        package var warnings: [Diagnostic] = []
    }

    package func run(_ files: [FoundFile], progress: ((HashProgress) -> Void)?) -> Outcome {
        // Names of one and the same file are hashed once.
        var jobs: [HashJob] = []
        var jobOfFile: [FileIdentity: Int] = [:]
        for file in files where jobOfFile[file.identity] == nil {
            jobOfFile[file.identity] = jobs.count
            jobs.append(HashJob(path: file.path, size: file.size))
        }
        let outcomes = BatchHasher.hash(jobs, algorithm: algorithm, workers: workers, progress: progress) {
            FileFacts($0)
        }
        var outcome = Outcome()
        for file in files {
            guard let job = jobOfFile[file.identity] else { continue }
            switch outcomes[job] {
            case .success((let digest, let facts)):
                let rule = rule(file, digest: digest, facts)
                let length = rule.line.count
                guard length <= RuleLimits.lineLength else {
                    outcome.problems.append(
                        FileProblem(
                            file.path,
                            "the line of the entry would have \(length) bytes; the limit is \(RuleLimits.lineLength)"))
                    continue
                }
                outcome.rules.append(rule)
                outcome.warnings += FileCheck.warnings(rule, file: file.path, facts)
            case .failure(let error): outcome.problems.append(FileProblem(file.path, "\(error)"))
            }
        }
        // Of copies, the first name is kept.
        if allows { outcome.rules.sort { $0.name?.order($1.name ?? "") ?? 0 < 0 } }
        outcome.rules.sort { $0.key < $1.key }
        if allows { outcome.rules = Self.unique(outcome.rules) }
        return outcome
    }

    /// Copies of a file have one digest. The rules are sorted.
    private static func unique(_ rules: [Rule]) -> [Rule] {
        rules.reduce(into: []) { kept, rule in if kept.last?.key != rule.key { kept.append(rule) } }
    }

    private func rule(_ file: FoundFile, digest: [UInt8], _ facts: FileFacts) -> Rule {
        if allows {
            return .allow(
                algorithm, digest, size: algorithm.verityHash != nil ? nil : facts.size.flatMap { FileSize($0) },
                context: context, name: file.rulePath)
        }
        // Grants are meant for programs. A library that was named together with
        // flags gets what the user asked for.
        let isPlainLibrary = file.isLibrary && !(file.isNamed && flags != nil)
        if isPlainLibrary {
            return Rule(
                path: file.rulePath, context: context, flags: .library, algorithm: algorithm, digest: digest)
        }
        var rule = Rule(
            path: file.rulePath, context: context, flags: flags ?? .executable, effective: effective,
            permitted: permitted, inheritable: inheritable, privileges: privileges, algorithm: algorithm,
            digest: digest)
        // The entry replaces them, so they are carried over unless the user
        // says what is granted.
        if !namesCapabilities, let granted = facts.capabilities {
            (rule.effective, rule.permitted) = (granted.effective, granted.permitted)
            rule.inheritable = granted.inheritable
        }
        return rule
    }
}

extension HashProgress {
    /// `3/7 files  12/90 MB  300 MB/s`, for a line on a terminal.
    package var text: String {
        let rate = seconds > 0 ? Double(bytesDone) / seconds / 1e6 : 0
        let (done, total) = (bytesDone / 1_000_000, bytesTotal / 1_000_000)
        return "\(filesDone)/\(filesTotal) files  \(done)/\(total) MB  \(Int(rate)) MB/s"
    }
}
