// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import EventRecord
import Learning
import Loading
import Mounts
import Policy
import ReportPage
import SystemIO
import Tool

/// Looks at a machine for a report. What cannot be looked at becomes a note, so
/// that there is a report of any machine.
struct ReportCollector {
    let surroundings: Surroundings
    /// `/`, or the root directory of another machine.
    let root: BytePath
    let workers: Int
    var report = MachineReport()
    /// The rules of the rule files, or those in force.
    var rules: [Rule] = []

    var isOffline: Bool { root != "/" }

    /// `system` are the surroundings of this process; files are looked at below
    /// `root`.
    init(_ system: Surroundings, root: BytePath, workers: Int) {
        surroundings = root == "/" ? system : system.below(root)
        self.root = root
        self.workers = workers
    }

    mutating func look(since start: UInt64) {
        lookAtMachine()
        lookAtForce()
        lookAtFindings()
        lookAtGrants()
        lookAtPackages()
        if isOffline {
            report.notes.append("mounts, contexts and the kernel, because this is another machine")
        } else {
            lookAtMounts()
        }
        lookAtRefusals(since: start)
    }

    private mutating func note(_ what: String, _ failure: Failure) {
        report.notes.append("\(what): \(failure.message)")
    }

    // MARK: The machine

    private mutating func lookAtMachine() {
        report.tool = "verictl \(VerictlTool.version)"
        report.time = Event.timeText(Process.wallTime).map(Self.minute) ?? ""
        report.host = (isOffline ? nil : text("/proc/sys/kernel/hostname")) ?? text("/etc/hostname") ?? ""
        report.system = operatingSystem ?? ""
        if !isOffline { report.kernel = text("/proc/sys/kernel/osrelease").map { "Linux \($0)" } ?? "" }
    }

    /// A time without seconds, for people.
    static func minute(_ time: String) -> String {
        time.prefix(16).split(separator: "T").joined(separator: " ") + " UTC"
    }

    /// The first line of a file.
    private func text(_ path: String) -> String? {
        lines(path)?.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func lines(_ path: String) -> [String]? {
        let file = BytePath((isOffline ? root.bytes : []) + Array(path.utf8))
        return (try? Files.read(file, limit: 1 << 16)).map {
            String(decoding: $0, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init)
        }
    }

    private var operatingSystem: String? {
        let key = "PRETTY_NAME="
        guard let line = lines("/etc/os-release")?.first(where: { $0.hasPrefix(key) }) else { return nil }
        let value = line.dropFirst(key.count)
        return value.count >= 2 && value.first == "\"" && value.last == "\""
            ? String(value.dropFirst().dropLast()) : String(value)
    }

    // MARK: Rules

    private mutating func lookAtForce() {
        let files = RuleSources.collect([], in: surroundings)
        rules = files.rules
        report.rules = files.table.count
        report.ruleFiles = files.fileCount
        guard !isOffline else {
            report.modeText = "these are the files of another machine; what is in force there is not known"
            return
        }
        let access = DeviceAccess(surroundings)
        do throws(Failure) {
            let status = try access.status()
            let mode = EnforcementMode(status)
            report.mode = mode.rawValue
            report.modeText = mode.text
            report.policy = PolicyState.find(status.info, surroundings)?.text
            report.contexts = status.contexts.map(Self.context)
            report.refusals.sinceBoot = status.refusedByReason.map { ($0.name, $0.count) }.filter { $0.1 > 0 }
            let entries = try access.entries().compactMap(\.rule)
            rules = try access.digests().compactMap(\.rule) + entries
            report.isInForce = true
        } catch {
            if report.mode == "unknown" { report.modeText += ": " + error.message }
            note("what is in force", error)
        }
    }

    private static func context(_ context: KernelStatus.ContextStatus) -> MachineReport.Context {
        MachineReport.Context(
            number: context.context, level: context.level?.names ?? [],
            capabilities: context.capabilities.map(BoundText.of) ?? "",
            privileges: context.privileges.map(BoundText.of) ?? "", entries: context.entries,
            digests: context.digests ?? 0)
    }

    private mutating func lookAtGrants() {
        let granting = rules.filter { !$0.isAllowDigest && !($0.capabilities.isEmpty && $0.privileges.isEmpty) }
        report.grants = granting.sorted { $0.precedes($1) }.map { rule in
            MachineReport.Grant(
                path: rule.path, context: rule.context.text, flags: rule.flags.names,
                capabilities: rule.capabilities.names, privileges: rule.privileges.names,
                source: rule.origin.source.isEmpty ? "" : origin(rule).text)
        }
    }

    /// The rule file by its name on the machine.
    private func origin(_ rule: Rule) -> RuleOrigin {
        guard let path = BytePath(rule.origin.source).inside(root: root) else { return rule.origin }
        return RuleOrigin(source: path.bytes, line: rule.origin.line)
    }

    private mutating func lookAtFindings() {
        var doctor = Doctor(surroundings, root: root)
        doctor.lookAtKernel()
        doctor.lookAtPolicy()
        doctor.lookAtBoot()
        report.findings = doctor.checks.map { check in
            MachineReport.Finding(
                name: check.name, state: MachineReport.State(check.state), text: check.text, next: check.step)
        }
        report.setuid = doctor.setuidWithoutEntry.map { MachineReport.Setuid(path: $0.path, bits: $0.bits) }
    }

    // MARK: Mounts and refusals

    private mutating func lookAtMounts() {
        do throws(Failure) {
            let faulty = try MountsRequest().report(surroundings.mounts).faulty
            report.mounts = faulty.map { MachineReport.Mount(point: $0.point, found: $0.found, hint: $0.hint) }
        } catch {
            note("mounts", error)
        }
    }

    /// The record has most; the kernel's log is for a machine that keeps none.
    private mutating func lookAtRefusals(since start: UInt64) {
        let path = surroundings.learning.record
        var events: [LearnedEvent] = []
        do throws(Failure) {
            let file = isOffline ? BytePath(root.bytes + path.bytes) : path
            let record = try RecordFile.read(file, isNamed: false, surroundings)
            events = record.events.filter { $0.lastTime ?? 0 >= start && $0.event.isRefusal }
            report.refusals.lost = record.lost
            if !events.isEmpty { report.refusals.source = "\(path)" }
        } catch {
            note("the record of refusals", error)
        }
        if events.isEmpty, !isOffline {
            do throws(Failure) {
                // The same refusal is one line with a count, as in the record.
                var log = LearnedRecord()
                for event in try EventQuestion.logEvents(surroundings) where event.event.isRefusal { log.add(event) }
                events = log.events
                report.refusals.source = "the kernel's log, which has only the last ones"
            } catch {
                note("the kernel's log", error)
            }
        }
        report.refusals.reasons = Self.byReason(events)
    }

    private static func byReason(_ events: [LearnedEvent]) -> [MachineReport.Reason] {
        Dictionary(grouping: events, by: \.event.reason).map { reason, events in
            let refusals = events.sorted { ($1.count, $0.lastTime ?? 0) < ($0.count, $1.lastTime ?? 0) }.map { event in
                MachineReport.Refusal(
                    text: EventExplanation(event.event).headline, program: event.program?.path.description,
                    count: event.count, last: event.lastTime.flatMap(Event.timeText).map(minute),
                    isEnforced: event.event.isEnforced)
            }
            return MachineReport.Reason(
                name: reason.description, meaning: ReasonAdvice.of(reason)?.meaning ?? "", events: refusals)
        }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }
}

extension MachineReport.State {
    fileprivate init(_ state: Doctor.State) {
        switch state {
        case .good: self = .good
        case .problem: self = .problem
        case .note: self = .note
        }
    }
}
