// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct ContextListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print all contexts, one per line.")

    @Flag(help: "Print the contexts as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let status = try DeviceAccess(surroundings).status()
        let reporter = surroundings.reporter
        if json {
            return reporter.result(JSONDocument([("contexts", .array(status.contexts.map(\.json)))]))
        }
        var table = TextTable()
        for context in status.contexts { table.add("\(context.context)", context.summary) }
        return reporter.result(table.text)
    }
}

extension KernelStatus.ContextStatus {
    /// Level and number of entries; the bounds are long.
    var summary: String {
        let entries = counted(Int(clamping: entries), "entry", "entries")
        let digests = digests.map { ", " + counted(Int(clamping: $0), "allow digest") } ?? ""
        return (level.map { "\($0.text), " } ?? "") + entries + digests
    }

    /// The members that the kernel reports; an older kernel reports only the
    /// number of entries.
    var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("context", .number(Int64(context))), ("entries", .unsigned(entries)),
        ]
        if let digests { members.append(("digests", .unsigned(digests))) }
        if let level { members.append(("level", .words(level.names))) }
        if let capabilities { members.append(("capabilities", .words(capabilities.names))) }
        if let privileges {
            members.append(("privileges", .string(String(decoding: privileges.letters, as: UTF8.self))))
            members.append(("privilege_names", .words(privileges.names)))
        }
        if let serial { members.append(("serial", .unsigned(serial))) }
        return .object(members)
    }
}
