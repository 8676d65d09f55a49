// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import DevicePolicy
import Policy
import Tool

struct CheckCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Parse rules and report all that is wrong or doubtful; needs no kernel.")

    @Argument(help: "Rule files or directories of them; - for standard input. Without any rules, /etc/devctl.d.")
    var paths: [ByteArgument] = []

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("file")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The same as PATH.", valueName: "file"))
    var files: [ByteArgument] = []

    @Option(
        name: .customLong("rule"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Check one rule.", valueName: "rule"))
    var rules: [ByteArgument] = []

    @Flag(help: "Leave out rules whose selector stands for no device, with a warning.")
    var skipMissing = false

    @Flag(help: "Print the rules and the findings as JSON on standard output.")
    var json = false

    func execute(in surroundings: DevctlSurroundings) throws -> ExitStatus {
        var sources = DeviceSources(surroundings, skipMissing: skipMissing)
        let paths = files + paths
        let isWhole = paths.isEmpty && rules.isEmpty
        if isWhole { sources.addRuleDirectory() }
        for path in paths { sources.add(path: path.path) }
        for rule in rules { sources.add(rule: rule.bytes) }
        var collected = sources.collected()
        collected.diagnostics += writableBelow(collected.rules, surroundings.finder)
        if isWhole { collected.checkRoot(surroundings.finder) }
        let status = collected.failure ?? .done
        let reporter = surroundings.reporter
        if json { return reporter.result(document(collected), then: status) }
        reporter.diagnostics(collected.diagnostics)
        return status
    }

    /// Warnings about devices that can be written through another device, for
    /// the devices of this system and those that the rules name.
    private func writableBelow(_ rules: [ResolvedRule], _ finder: DeviceFinder) -> [Diagnostic] {
        let devices = Set(finder.devices + rules.map(\.rule.first))
            .sorted { ($0.major, $0.minor) < ($1.major, $1.minor) }
        return DeviceMerge.writableBelow(rules, devices: devices, below: finder.below)
    }

    private func document(_ collected: CollectedRules) -> JSONDocument {
        JSONDocument([
            ("rules", collected.rules.map(\.rule).json),
            ("errors", .number(Int64(collected.count(.error)))),
            ("warnings", .number(Int64(collected.count(.warning)))),
            ("diagnostics", .array(collected.diagnostics.map(\.json))),
        ])
    }
}
