// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct StatusCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show whether rules are in force, and what they have done so far.",
        discussion: "Exit status: 0 if at least one entry or allow digest is in force, 1 if none, 5 without clip.")

    @Flag(help: "Print the status as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus { try Self.run(json: json, in: surroundings) }

    static func run(json wantsJSON: Bool, in surroundings: Surroundings) throws(Failure) -> ExitStatus {
        let status = try DeviceAccess(surroundings).status()
        let exit: ExitStatus = state(status) == .active ? .done : .no
        let reporter = surroundings.reporter
        let answer = Answer(
            status: status, mode: EnforcementMode(status), policy: PolicyState.find(status.info, surroundings),
            administrators: Administrators.find(surroundings))
        return reporter.result(wantsJSON ? json(answer).text + [ASCII.newline] : text(answer), then: exit)
    }

    private struct Answer {
        var status: KernelStatus
        var mode: EnforcementMode
        var policy: PolicyState?
        var administrators: Administrators?
    }

    private enum State {
        case active, inactive, empty
    }

    /// Rules in a context that is not active do nothing.
    private static func state(_ status: KernelStatus) -> State {
        guard status.info.entries > 0 || status.info.digests > 0 else { return .empty }
        let filled = status.contexts.filter { $0.entries > 0 || $0.digests ?? 0 > 0 }
        return filled.isEmpty || filled.contains { $0.level?.contains(.active) ?? true } ? .active : .inactive
    }

    /// Kernel memory for one entry: the entry and its share of the table, but
    /// not its name, because a kernel may be built without names. In bytes,
    /// rounded down; 0 without entries.
    private static func bytesPerEntry(_ info: KernelInfo) -> UInt64 {
        info.entries == 0 ? 0 : (info.entryBytes &+ info.tableBytes) / info.entries
    }

    /// With fewer entries than this, the size of an empty table, some
    /// kilobytes, dominates the average.
    private static let fewEntries = 100

    private static func memory(_ info: KernelInfo) -> String {
        let totals = "entries \(info.entryBytes), tables \(info.tableBytes), names \(info.nameBytes) bytes"
        guard info.entries >= fewEntries else { return totals }
        let names = info.nameBytes == 0 ? "" : " (+\(info.nameBytes / info.entries) for names)"
        return "\(bytesPerEntry(info)) bytes an entry\(names): \(totals)"
    }

    private static func json(_ answer: Answer) -> JSONDocument {
        let status = answer.status
        let info = status.info
        let refused =
            [("total", JSONValue.unsigned(status.refused))]
            + status.refusedByReason.map { ($0.name, JSONValue.unsigned($0.count)) }
        let events = [("events", status.events), ("events_dropped", status.eventsDropped)].compactMap { name, count in
            count.map { (name, JSONValue.unsigned($0)) }
        }
        let members: [(String, JSONValue)] = [
            ("active", .bool(state(status) == .active)),
            ("mode", .string(answer.mode.rawValue)),
            ("abi_version", .number(Int64(info.abiVersion))),
            ("generation", .unsigned(info.generation)),
            ("entries", .unsigned(info.entries)),
            ("digests", .unsigned(info.digests)),
            ("update_context", info.updateContext.map { .context($0) } ?? .null),
            (
                "memory",
                .object([
                    ("entries", .unsigned(info.entryBytes)), ("tables", .unsigned(info.tableBytes)),
                    ("names", .unsigned(info.nameBytes)), ("digests", .unsigned(info.digestBytes)),
                    ("bytes_per_entry", .unsigned(bytesPerEntry(info))),
                ])
            ),
            ("verified", .unsigned(status.verified)),
            ("cached", .unsigned(status.cached)),
            ("hashed_bytes", .unsigned(status.hashedBytes)),
            ("granted", .unsigned(status.granted)),
            ("ungranted", .unsigned(status.ungranted)),
            ("refused", .object(refused)),
            ("permitted", .unsigned(status.permitted)),
            ("unlogged", .unsigned(status.unlogged)),
        ]
        let rules = (answer.policy?.members ?? []) + (answer.administrators?.members ?? [])
        return JSONDocument(members + events + rules + [("contexts", .array(status.contexts.map(\.json)))])
    }

    private static func text(_ answer: Answer) -> [UInt8] {
        let status = answer.status
        let info = status.info
        var table = TextTable()
        table.add("mode", answer.mode.text)
        if let policy = answer.policy { table.add("policy", policy.text) }
        table.add("interface", "version \(info.abiVersion)")
        table.add("generation", "\(info.generation)")
        table.add("entries", "\(info.entries)")
        table.add("memory", memory(info))
        if info.digests > 0 { table.add("digests", "\(info.digests), \(info.digestBytes) bytes") }
        table.add("verified", "\(status.verified), from the cache \(status.cached), bytes hashed \(status.hashedBytes)")
        table.add("granted", "\(status.granted)")
        table.add("ungranted", "\(status.ungranted)")
        table.add("refused", "\(status.refused)")
        for reason in status.refusedByReason { table.add("  \(DisplayText.of(reason.name.utf8))", "\(reason.count)") }
        table.add("permitted", "\(status.permitted)")
        table.add("unlogged", "\(status.unlogged)")
        if let events = status.events { table.add("events", "\(events), dropped \(status.eventsDropped ?? 0)") }
        if let administrators = answer.administrators { table.add("rules", administrators.text) }
        if let context = info.updateContext { table.add("update context", context.text) }
        for context in status.contexts {
            table.add("context \(context.context)", context.summary)
            if let bound = context.capabilities { table.add("  capabilities", BoundText.of(bound)) }
            if let bound = context.privileges { table.add("  privileges", BoundText.of(bound)) }
        }
        return table.text
    }
}
