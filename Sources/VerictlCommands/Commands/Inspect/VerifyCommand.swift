// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Crypto
import Generation
import Loading
import Policy
import SystemIO
import Tool

struct VerifyCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Hash the files of all rules of the system, and compare their digests.",
        discussion: """
            Neither the kernel nor any right is needed. An allow digest names no file, so only rules with a path are \
            compared. Exit status: 0 if every file has its digest, 1 if one is changed or missing, 6 if one cannot \
            be read.
            """)

    @Argument(help: "Only the files with these paths, and those below directories.")
    var paths: [ByteArgument] = []

    @Option(
        name: .customShort("f", allowingJoined: true), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The rules of this file or directory instead; may be repeated.", valueName: "file"))
    var files: [ByteArgument] = []

    @Flag(help: "Print only the files that do not have their digest.")
    var changedOnly = false

    @Option(help: ArgumentHelp("The directory that is / for the rules' paths.", valueName: "directory"))
    var root: ByteArgument?

    @OptionGroup var workers: WorkerOptions

    @Flag(help: "Print the result as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        let root = try OptionValue.root(root)
        var rules = RuleSources.collect(files.map(\.path), in: surroundings)
        rules.reportIfEmpty(.error)
        if let status = rules.refusal(reporter, "nothing was compared", json: json) { return status }
        let meter = surroundings.environment.messagesToTerminal ? ProgressMeter(surroundings.environment.output) : nil
        let chosen = rules.table.filter { rule in rule.path.map(isChosen) ?? false }
        let verified = FileVerification.run(
            chosen, root: root, workers: workers.count,
            progress: meter.map { meter in { meter.update($0.text) } })
        meter?.finish()
        let shown = changedOnly ? verified.filter { $0.state != .same } : verified
        let isSame = verified.allSatisfy { $0.state == .same }
        let status: ExitStatus = verified.contains { $0.state == .unreadable } ? .io : isSame ? .done : .no
        let numbers = FileVerification.State.allCases.map { state in
            (state.rawValue, verified.count { $0.state == state })
        }
        if json {
            return reporter.result(
                JSONDocument(
                    numbers.map { ($0.0, JSONValue.number(Int64($0.1))) } + [("files", .array(shown.map(\.json)))]),
                then: status)
        }
        let printed = reporter.result(Array(shown.map(\.line).joined().utf8), then: status)
        let text = numbers.filter { $0.1 > 0 || $0.0 == "ok" }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
        reporter.line("\(counted(verified.count, "file")): \(text)")
        return printed
    }

    private func isChosen(_ path: BytePath) -> Bool {
        paths.isEmpty || paths.contains { path.inside(root: $0.path.withoutSlashAtEnd) != nil }
    }
}

extension BytePath {
    /// The same directory, as `inside(root:)` takes it.
    fileprivate var withoutSlashAtEnd: BytePath {
        bytes.count > 1 && bytes.last == ASCII.slash ? BytePath(bytes.dropLast()) : self
    }
}

/// The files of rules, with the digests that they have.
struct FileVerification {
    enum State: String, CaseIterable {
        case same = "ok"
        case changed, missing, unreadable
    }

    let rule: Rule
    let path: BytePath
    private(set) var state: State
    private(set) var found: [UInt8]?
    private(set) var problem: String?

    /// One result for each rule, in their order. A file that several rules name
    /// is hashed once by each of their algorithms.
    static func run(
        _ rules: [Rule], root: BytePath, workers: Int, progress: ((HashProgress) -> Void)?
    ) -> [FileVerification] {
        var results = rules.map { rule in
            let path = rule.path ?? "/"
            guard root != "/" else { return FileVerification(rule: rule, path: path, state: .missing) }
            let found = try? Files.realPath(path, inRoot: root)
            return FileVerification(rule: rule, path: found ?? BytePath(root.bytes + path.bytes), state: .missing)
        }
        for algorithm in Set(rules.map(\.algorithm)).sorted(by: { $0.rawValue < $1.rawValue }) {
            var jobs: [HashJob] = []
            var indices: [[Int]] = []
            var known: [BytePath: Int] = [:]
            for index in results.indices where results[index].rule.algorithm == algorithm {
                let path = results[index].path
                if let job = known[path] {
                    indices[job].append(index)
                    continue
                }
                do throws(Errno) {
                    let size = try Files.status(path).size
                    known[path] = jobs.count
                    jobs.append(HashJob(path: path, size: size))
                    indices.append([index])
                } catch {
                    results[index].fail(error)
                }
            }
            let outcomes = BatchHasher.hash(jobs, algorithm: algorithm, workers: workers, progress: progress)
            for (outcome, indices) in zip(outcomes, indices) {
                for index in indices { results[index].set(outcome) }
            }
        }
        return results
    }

    private mutating func set(_ outcome: BatchHasher.Outcome) {
        switch outcome {
        case .success(let digest):
            state = digest == rule.digest ? .same : .changed
            if state == .changed { found = digest }
        case .failure(.file(let error)): fail(error)
        case .failure(let error):
            state = .unreadable
            problem = "\(error)"
        }
    }

    private mutating func fail(_ error: Errno) {
        state = error == .noEntry || error == .notDirectory ? .missing : .unreadable
        problem = "\(error)"
    }

    var line: String {
        let rest = state == .unreadable ? " (\(problem ?? ""))" : state == .changed ? " (\(rule.origin.text))" : ""
        return "\(state.rawValue) \(rule.title)\(rest)\n"
    }

    var json: JSONValue {
        var members = JSONValue.members("path", bytes: rule.subject.field)
        members += [
            ("state", .string(state.rawValue)), ("algorithm", .string(rule.algorithm.name)),
            ("wanted", .hex(rule.digest)),
        ]
        if let found { members.append(("found", .hex(found))) }
        if let problem { members.append(("problem", .string(problem))) }
        members += JSONValue.members("source", bytes: rule.origin.source)
        members.append(("line", .number(Int64(rule.origin.line))))
        return .object(members)
    }
}
