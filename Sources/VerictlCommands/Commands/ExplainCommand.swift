// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import SystemIO
import Tool

struct ExplainCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show how the kernel would judge files now, or explain a refusal.",
        discussion: """
            An argument is a file, or an event: a line or an object that verictl events printed, or - for events on \
            standard input. The kernel examines each file as it would at exec, and hashes it unless it has a cached verdict. The \
            mode of the file, its mount, its interpreters, and its ELF headers under wx_memory are examined too. Exit \
            status: 0 if every file is verified or allowed and would run, 1 if one is not, 5 without clip, 6 if \
            a file cannot be opened.
            """)

    @Argument(help: "Files or events; with --last, a number of events.")
    var paths: [ByteArgument] = []

    @Flag(help: "Explain the last refusal, or so many, of the record or of the kernel's log.")
    var last = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The context; by default that of this process.", valueName: "number"))
    var context: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The user who executes the file; by default root.", valueName: "name"))
    var user: ByteArgument?

    @Flag(help: "Print the answers as JSON.")
    var json = false

    func validate() throws {
        _ = try context.map(OptionValue.context)
        if last {
            guard paths.isEmpty || paths.count == 1 && lastCount != nil else {
                throw ValidationError("--last takes no argument but a number from 1 to \(EventQuestion.largestCount)")
            }
        } else if paths.isEmpty {
            throw ValidationError("a file or an event is missing")
        }
        let isEvent = paths.map { EventQuestion.isMeant(by: $0.bytes) }
        guard !isEvent.contains(true) || !isEvent.contains(false) else {
            throw ValidationError("files and events cannot be explained by one command")
        }
        if isEvent.contains(true) || last, context != nil || user != nil {
            throw ValidationError("--context and --user are about files")
        }
    }

    /// 1 without a number; nil for an argument that is not a number.
    private var lastCount: Int? {
        guard let argument = paths.first else { return 1 }
        let count = Int(String(decoding: argument.bytes, as: UTF8.self))
        return count.flatMap { (1...EventQuestion.largestCount).contains($0) ? $0 : nil }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        if last { return try EventQuestion(surroundings, json: json).explainLast(lastCount ?? 1) }
        if let first = paths.first, EventQuestion.isMeant(by: first.bytes) {
            return try EventQuestion(surroundings, json: json).explain(paths.map(\.bytes))
        }
        if context == nil, self.user == nil, let question = UserQuestion(surroundings, json: json) {
            return question.answer(paths.map(\.path))
        }
        let user = try user.map { try Self.find($0) } ?? .root
        let asked = try context.map(OptionValue.context) ?? .own
        let (device, info) = try DeviceAccess(surroundings).open()
        var origins = OriginFinder(surroundings, own: info.context, files: paths.count)
        let context = asked == .own ? info.context : asked
        let check = ExecCheck(device, context: context, user: user)
        var answers: [Explanation.Answer] = []
        for path in paths.map(\.path) {
            let answer = try Self.ask(device, path, context: context, check, &origins)
            if let problem = answer.problem { reporter.error("\(path): \(problem)") }
            answers.append(answer)
        }
        let status = Self.status(answers)
        if json { return reporter.result(JSONDocument([("files", .array(answers.map(\.json)))]), then: status) }
        let blocks = answers.compactMap(\.text)
        return reporter.result(Array(blocks.joined(separator: [ASCII.newline])), then: status)
    }

    /// Queries the verdict on one file. Throws an error that would be the same
    /// for every file.
    private static func ask(
        _ device: any VeriexecDevice, _ path: BytePath, context: ContextID, _ check: ExecCheck,
        _ origins: inout OriginFinder
    ) throws(Failure) -> Explanation.Answer {
        let identity: FileIdentity
        let result: Result<FileVerdict, Errno>
        do throws(Errno) {
            let file = try Descriptor(readingFound: path)
            let status = try file.status()
            guard status.kind == .regular else { return .notRegular(path) }
            identity = status.identity
            result = query(device, file, context)
        } catch {
            return .unreadable(path, error)
        }
        switch result {
        case .success(let verdict):
            let origin = [.unlisted, .allowed].contains(verdict.state) ? nil : origins.origin(identity, context)
            let absence = verdict.wanted.isEmpty ? origins.absence(of: path, context) : Explanation.Absence()
            let forecast = check.forecast(path, verdict)
            return .verdict(
                Explanation(
                    path: path, context: context, verdict: verdict, origin: origin, forecast: forecast,
                    absence: absence))
        case .failure(let error):
            throw failure(error, context)
        }
    }

    private static func find(_ name: ByteArgument) throws(Failure) -> ExecUser {
        let read = { (path: BytePath) in (try? Files.read(path)) ?? [] }
        guard let user = ExecUser.find(name.bytes, passwd: read("/etc/passwd"), group: read("/etc/group")) else {
            throw Failure(
                status: .io, message: "there is no user \(DisplayText.of(name.bytes)) in /etc/passwd",
                hint: "a user of another source is known by number")
        }
        return user
    }

    /// Separates the error of the device from those of the file.
    private static func query(
        _ device: any VeriexecDevice, _ file: borrowing Descriptor, _ context: ContextID
    ) -> Result<FileVerdict, Errno> {
        do throws(Errno) {
            return .success(try device.query(file, context: context, verifying: true))
        } catch {
            return .failure(error)
        }
    }

    private static func failure(_ error: Errno, _ context: ContextID) -> Failure {
        let name = context == .own ? "this process has no context" : "there is no context \(context.text)"
        return Failure(
            status: .refused, message: error == .noEntry ? name : "the kernel refused the query: \(error)")
    }

    /// A file that could not be examined takes precedence, because its verdict
    /// is unknown.
    private static func status(_ answers: [Explanation.Answer]) -> ExitStatus {
        if answers.contains(where: { $0.problem != nil }) { return .io }
        return answers.allSatisfy(\.isGood) ? .done : .no
    }
}

/// Finds the places of the rules of files in the kernel's list of entries. Only
/// root may read it; otherwise the place is nil.
private struct OriginFinder {
    private let surroundings: Surroundings
    /// The context of this process, for which a rule may write -1.
    private let own: ContextID
    private let isForMany: Bool
    private var text: [UInt8]?
    private var known: Index?
    private var rules: [BytePath: [Rule]]?

    private struct Index {
        var byInode: [UInt64: [LiveEntry]] = [:]
        var byPath: [BytePath: [LiveEntry]] = [:]
    }

    init(_ surroundings: Surroundings, own: ContextID, files: Int) {
        self.surroundings = surroundings
        self.own = own
        isForMany = files > 4
    }

    private mutating func list() -> [UInt8] {
        if let text { return text }
        let read = (try? DeviceAccess(surroundings).entriesText()) ?? []
        text = read
        return read
    }

    /// The list may have a million lines: for a few files it is searched, for
    /// many it is read once.
    private mutating func entries(inode: UInt64) -> [LiveEntry] {
        guard isForMany else { return (try? EntriesFile.entries(inode: inode, in: list())) ?? [] }
        return index().byInode[inode] ?? []
    }

    private mutating func entries(listedAs path: BytePath) -> [LiveEntry] {
        guard isForMany else { return (try? EntriesFile.entries(listedAs: path, in: list())) ?? [] }
        return index().byPath[path] ?? []
    }

    private mutating func index() -> Index {
        if let known { return known }
        let all = (try? EntriesFile.parse(list())) ?? []
        var index = Index()
        for entry in all {
            index.byInode[entry.inode, default: []].append(entry)
            if let path = entry.path { index.byPath[path, default: []].append(entry) }
        }
        known = index
        return index
    }

    /// What is known about the path of a file without an entry: a rule may name
    /// it with links.
    mutating func absence(of path: BytePath, _ context: ContextID) -> Explanation.Absence {
        let names = Set([path] + ((try? Files.realPath(path)).map { [$0] } ?? [])).filter(\.isAbsolute)
        var wasListed = false
        for name in names where entries(listedAs: name).contains(where: { $0.context == context }) { wasListed = true }
        let rules = self.rules ?? standardRules()
        self.rules = rules
        let rule = names.flatMap { rules[$0] ?? [] }.first { ($0.context == .own ? own : $0.context) == context }
        return Explanation.Absence(wasListed: wasListed, rule: rule?.origin)
    }

    /// The rules of the system, as far as they can be read.
    private func standardRules() -> [BytePath: [Rule]] {
        var sources = RuleSources(surroundings)
        sources.addStandardDirectories()
        var rules: [BytePath: [Rule]] = [:]
        for rule in sources.collected().table {
            if let path = rule.path { rules[path, default: []].append(rule) }
        }
        return rules
    }

    mutating func origin(_ identity: FileIdentity, _ context: ContextID) -> RuleOrigin? {
        let entry = entries(inode: identity.inode).first { $0.device == identity.deviceText && $0.context == context }
        return entry.flatMap { $0.origin.source.isEmpty ? nil : $0.origin }
    }
}
