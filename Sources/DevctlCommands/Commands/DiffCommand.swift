// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import DevicePolicy
import Tool

struct DiffCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare the table in force with the rules of /etc/devctl.d.",
        discussion: """
            A line with + is a rule that the table lacks, a line with - one that only the table has. Exit status: 0 \
            if there is no difference, 1 if there is one, or if a file was skipped that may be meant to be read.
            """)

    @Flag(help: "Leave out rules whose selector stands for no device.")
    var skipMissing = false

    @Flag(help: "Print the differences as JSON.")
    var json = false

    func execute(in surroundings: DevctlSurroundings) throws -> ExitStatus {
        var sources = DeviceSources(surroundings, skipMissing: skipMissing)
        sources.addRuleDirectory()
        let collected = sources.collected()
        let rules = try collected.checked(surroundings.reporter, else: "nothing was compared")
        let wanted = Set(rules.map(\.rule))
        let live = Set(try DeviceAccess(surroundings).table().rules)
        let missing = wanted.subtracting(live).sorted(by: Self.precedes)
        let extra = live.subtracting(wanted).sorted(by: Self.precedes)
        let status: ExitStatus = missing.isEmpty && extra.isEmpty && !collected.skipsUnknown ? .done : .no
        guard json else {
            return surroundings.reporter.result(extra.lines(prefix: "- ") + missing.lines(prefix: "+ "), then: status)
        }
        return surroundings.reporter.result(
            JSONDocument([("missing", missing.json), ("extra", extra.json)]), then: status)
    }

    private static func precedes(_ left: DeviceRule, _ right: DeviceRule) -> Bool {
        (left.first.major, left.first.minor, left.range, left.priority)
            < (right.first.major, right.first.minor, right.range, right.priority)
    }
}
