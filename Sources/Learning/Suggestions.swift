// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Device
package import EventRecord
import Generation
import Policy
import SystemIO

/// Makes proposals of a record: for each file the least that would have let it
/// go ahead.
package struct Suggestions {
    package private(set) var proposals: [Proposal] = []
    /// Refusals that a rule of the system covers now.
    package private(set) var covered = 0
    /// Refusals that no rule could change.
    package private(set) var unanswered: [LearnedEvent] = []

    private let rules: SystemRules
    private let packages: PackageFiles

    /// The files of the machine. Tests have their own.
    package struct Machine {
        package var packageDirectory = PackageFiles.standardDirectory

        package init(packageDirectory: BytePath = PackageFiles.standardDirectory) {
            self.packageDirectory = packageDirectory
        }
    }

    package init(_ record: LearnedRecord, since time: UInt64 = 0, rules: SystemRules, machine: Machine = Machine()) {
        self.rules = rules
        let events = record.events.filter { ($0.lastTime ?? time) >= time }
        packages = PackageFiles(
            of: Set(events.compactMap { Self.subject($0) }), in: machine.packageDirectory)
        var needs: [Target: Need] = [:]
        var order: [Target] = []
        for event in events {
            guard let target = Self.target(event) else {
                unanswered.append(event)
                continue
            }
            if needs[target] == nil { order.append(target) }
            needs[target, default: Need()].add(event)
        }
        for target in order {
            guard let need = needs[target] else { continue }
            if let proposal = proposal(target, need) {
                proposals.append(proposal)
            } else {
                covered += need.events.count
            }
        }
        mergeCopies()
        proposals.sort { ($0.rule == nil ? 1 : 0, $0.title) < ($1.rule == nil ? 1 : 0, $1.title) }
    }

    // MARK: Output

    /// A rule file, in which what is no rule is a comment.
    package var text: [UInt8] {
        let rules = proposals.count { $0.rule != nil }
        let head = "# Proposed by verictl suggest: \(rules) rules. Read them before they are loaded.\n"
        return proposals.reduce(into: Array(head.utf8)) { $0 += [ASCII.newline] + $1.text }
    }

    package func json(lost: UInt64) -> JSONDocument {
        JSONDocument([
            ("proposals", .array(proposals.map(\.json))), ("covered", .number(Int64(covered))),
            ("unanswered", .array(unanswered.map { .object($0.json.members) })), ("lost", .unsigned(lost)),
        ])
    }

    // MARK: What a refusal is about

    /// A file that needs a rule in a context.
    private struct Target: Hashable {
        var context: ContextID
        /// nil if the file has no name.
        var path: BytePath?
        /// The content that was refused; nil if the program runs already and lacks
        /// something else.
        var found: [UInt8]?
        var algorithm: DigestAlgorithm
        /// The program that lacks something. Another file with the same path is
        /// another target, so that what it lacks is not given to this one.
        var program: LearnedProgram?
    }

    /// What the refusals of a file have in common.
    private struct Need {
        var events: [LearnedEvent] = []
        var flags: EntryFlags = []
        var privileges: Privileges = []
        /// Whether one of the events wants another content.
        var mismatch: LearnedEvent?

        mutating func add(_ event: LearnedEvent) {
            events.append(event)
            switch event.event.reason {
            case .wxMemory: flags.insert(.justInTime)
            case .libraryNotListed: flags.insert(.library)
            case .digestMismatch, .libraryMismatch: mismatch = event
            default: break
            }
            privileges.formUnion(Suggestions.least(event.event))
        }

        var needsEntry: Bool { !flags.isEmpty || !privileges.isEmpty }
    }

    /// The file that a rule would be for.
    private static func subject(_ event: LearnedEvent) -> BytePath? {
        switch event.event.reason {
        case .noPrivilege: event.program?.path
        // The memory of a program, or a file that it maps: the program is exempt,
        // not the file.
        case .wxMemory: event.program?.path
        default: event.event.path
        }
    }

    private static func target(_ event: LearnedEvent) -> Target? {
        let context = event.event.context ?? ContextID(0)
        let subject = subject(event)
        switch event.event.reason {
        case .noPrivilege, .wxMemory:
            guard let subject, event.event.reason != .noPrivilege || !least(event.event).isEmpty else { return nil }
            return Target(context: context, path: subject, found: nil, algorithm: .sha256, program: event.program)
        case .notAllowed, .noEntry, .libraryNotListed, .digestMismatch, .libraryMismatch:
            guard let found = event.event.found, let number = event.event.algorithm,
                let algorithm = UInt16(exactly: number).flatMap(DigestAlgorithm.init(rawValue:))
            else { return nil }
            return Target(context: context, path: subject, found: found, algorithm: algorithm)
        default:
            return nil
        }
    }

    /// The least privileges that would have been enough. One of several is
    /// enough to use a socket of the network; the kernel says all that would do.
    private static func least(_ event: Event) -> Privileges {
        guard event.reason == .noPrivilege, let privileges = event.privileges else { return [] }
        // The right to change the rules is nothing to be learned.
        let needs = privileges.subtracting(.administer)
        let ofSockets: Privileges = [.networkClient, .networkServer, .networkOther]
        guard needs.isSubset(of: ofSockets) else { return needs }
        return Privileges.keys.map(\.bit).first { needs.contains($0) } ?? []
    }

    // MARK: Proposals

    /// nil if the system has a rule already.
    private func proposal(_ target: Target, _ need: Need) -> Proposal? {
        let present = target.path.flatMap { rules.rule(for: $0, context: target.context) }
        if let found = target.found {
            if rules.rule(digest: found, path: target.path, context: target.context) != nil, !need.needsEntry {
                return nil
            }
        } else if let present, present.privileges.isSuperset(of: need.privileges),
            present.flags.isSuperset(of: need.flags)
        {
            return nil
        }
        var proposal = Proposal(
            rule: nil, name: target.path, users: Set(need.events.compactMap(\.event.user)).sorted(), advice: nil,
            reasons: Self.reasons(need), origin: origin(target),
            count: need.events.reduce(0) { $0 + $1.count }, firstTime: need.events.compactMap(\.event.time).min(),
            lastTime: need.events.compactMap(\.lastTime).max())
        do throws(NoRule) {
            if let present, need.needsEntry || need.mismatch != nil {
                if need.mismatch == nil { try Self.requireFile(target) }
                proposal.advice = Self.change(present, need, target)
            } else {
                proposal.rule = try rule(target, need)
            }
        } catch {
            proposal.advice = error.reason
        }
        if proposal.rule?.isAllowDigest ?? false { Self.checkName(&proposal, target) }
        return proposal
    }

    /// The name beside a digest is what people judge it by, and who is refused
    /// chooses it: any user can mount any file over any other in a namespace.
    private static func checkName(_ proposal: inout Proposal, _ target: Target) {
        guard target.path != nil else { return }
        do throws(NoRule) {
            let before = try status(target)
            try requireFile(target)
            let after = try status(target)
            // The content is what was refused, and so is its size.
            if before.identity == after.identity, before.size == after.size, before.changed == after.changed,
                target.algorithm.verityHash == nil
            {
                proposal.rule?.fileSize = FileSize(after.size)
            }
        } catch {
            proposal.name = nil
            proposal.origin = .none
            proposal.reasons.append("a name is left out: \(error.reason)")
        }
    }

    private struct NoRule: Error { let reason: String }

    private func rule(_ target: Target, _ need: Need) throws(NoRule) -> Rule {
        let capabilities = target.path.flatMap { FileCapabilities.read($0) }
        if let found = target.found, !need.needsEntry {
            // A library, or a program that gets nothing.
            guard let capabilities, let path = target.path else {
                return .allow(target.algorithm, found, context: target.context)
            }
            try Self.requireFile(target)
            return Rule(
                path: path, context: target.context, flags: .executable, effective: capabilities.effective,
                permitted: capabilities.permitted, inheritable: capabilities.inheritable, algorithm: target.algorithm,
                digest: found)
        }
        guard let path = target.path else { throw NoRule(reason: "the file has no name") }
        try Self.requireFile(target)
        let digest: [UInt8]
        if let found = target.found {
            digest = found
        } else if let computed = try? FileDigest.of(path, target.algorithm) {
            digest = computed
        } else {
            throw NoRule(reason: "the file cannot be read now")
        }
        if need.flags == .library {
            return Rule(
                path: path, context: target.context, flags: .library, algorithm: target.algorithm, digest: digest)
        }
        return Rule(
            path: path, context: target.context, flags: need.flags.subtracting(.library).union(.executable),
            effective: capabilities?.effective ?? [], permitted: capabilities?.permitted ?? [],
            inheritable: capabilities?.inheritable ?? [], privileges: need.privileges, algorithm: target.algorithm,
            digest: digest)
    }

    private static func status(_ target: Target) throws(NoRule) -> FileStatus {
        guard let path = target.path, let status = try? Files.status(path, followLinks: false) else {
            throw NoRule(reason: "the file cannot be read now")
        }
        return status
    }

    /// An entry grants to what lies there now, so it must be what was seen. A
    /// link was put there since: the kernel names files without links.
    private static func requireFile(_ target: Target) throws(NoRule) {
        let status = try status(target)
        guard status.kind == .regular else {
            throw NoRule(reason: "at its path is a link now, or something else that is no file")
        }
        if let found = target.found {
            // The content says more than the inode, and the kernel and stat(2)
            // number the devices of some file systems differently.
            guard let path = target.path, let now = try? FileDigest.of(path, target.algorithm) else {
                throw NoRule(reason: "the file cannot be read now")
            }
            guard now == found else {
                throw NoRule(reason: "the file has another content now than when it was refused")
            }
            return
        }
        guard let program = target.program, let inode = program.inode, let device = program.device else {
            throw NoRule(reason: "the record does not say which file the program was, only its path")
        }
        guard status.identity.inode == inode, status.identity.deviceText == device else {
            throw NoRule(reason: "at its path is another file now than the program that was refused")
        }
    }

    /// A second rule for a listed file would contradict the first one.
    private static func change(_ rule: Rule, _ need: Need, _ target: Target) -> String {
        var words = "the rule at \(rule.origin.text) is for this file"
        if need.mismatch != nil, let found = target.found {
            words +=
                "; if the content is expected, its digest becomes "
                + "\(target.algorithm.name) \(String(decoding: Hex.encode(found), as: UTF8.self))"
        }
        let flags = need.flags.subtracting(rule.flags)
        if !flags.isEmpty { words += "; it needs the flags \(DisplayText.of(flags.letters)) besides" }
        let privileges = need.privileges.subtracting(rule.privileges)
        if !privileges.isEmpty { words += "; it needs the privileges \(privileges.explained) besides" }
        return words
    }

    private func origin(_ target: Target) -> PackageOrigin {
        guard let path = target.path else { return .none }
        let origin = packages.origin(of: path)
        // The package's content now says nothing about other content before.
        guard case .package(let name) = origin, let found = target.found else { return origin }
        return (try? FileDigest.of(path, target.algorithm)) == found ? origin : .changed(name)
    }

    /// One sentence for each kind of refusal.
    private static func reasons(_ need: Need) -> [String] {
        var lines: [String] = []
        var counts: [String: UInt64] = [:]
        for event in need.events {
            let text = reason(event.event)
            if counts[text] == nil { lines.append(text) }
            counts[text, default: 0] += event.count
        }
        return lines.map { "\($0), \(counts[$0] ?? 0) x" }
    }

    private static func reason(_ event: Event) -> String {
        let meaning = ReasonAdvice.of(event.reason)?.meaning ?? ""
        let what =
            switch event.kind {
            case .exec: "exec"
            case .check: "to be interpreted"
            default: event.act.map { DisplayText.of($0) } ?? "\(event.kind)"
            }
        var text = "\(event.isEnforced ? "refused" : "would be refused"): \(what)"
        if event.kind == .map, let path = event.path, event.reason == .wxMemory { text += " of \(path)" }
        if let privileges = event.privileges, !privileges.isEmpty { text += ", needs \(privileges.explained)" }
        return text + ": \(meaning) (\(event.reason))"
    }

    // MARK: Joining

    /// Copies of a file have one digest, and one allow digest lets all of them
    /// run. An entry for a file makes an allow digest of its content needless only
    /// for that file, so an allow digest of the same file is dropped.
    private mutating func mergeCopies() {
        var kept: [Proposal] = []
        var places: [RuleKey: Int] = [:]
        let entries = Set(
            proposals.compactMap { proposal in
                proposal.rule.flatMap { rule in rule.path.map { Content(path: $0, digest: rule.digest) } }
            })
        for proposal in proposals {
            guard let rule = proposal.rule, rule.isAllowDigest else {
                kept.append(proposal)
                continue
            }
            if let name = proposal.name, entries.contains(Content(path: name, digest: rule.digest)) { continue }
            if let place = places[rule.key] {
                if let size = rule.fileSize, kept[place].rule?.fileSize == nil { kept[place].rule?.fileSize = size }
                if let name = proposal.name {
                    if kept[place].name == nil {
                        (kept[place].name, kept[place].origin) = (name, proposal.origin)
                    } else {
                        kept[place].reasons.append("the same content is at \(proposal.title), \(proposal.count) x")
                    }
                }
                kept[place].users = Set(kept[place].users + proposal.users).sorted()
                kept[place].count += proposal.count
                kept[place].firstTime = [kept[place].firstTime, proposal.firstTime].compactMap(\.self).min()
                kept[place].lastTime = [kept[place].lastTime, proposal.lastTime].compactMap(\.self).max()
                continue
            }
            places[rule.key] = kept.count
            kept.append(proposal)
        }
        proposals = kept
    }

    private struct Content: Hashable {
        var path: BytePath
        var digest: [UInt8]
    }
}
