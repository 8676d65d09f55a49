// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct DiffCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare the rules of the system with those in force.",
        discussion: """
            A line with + is a rule that is not in force, a line with - a rule in force that no file has; a changed \
            rule is both. Rules for files that are not there are only counted, because a load skips them. Exit \
            status: 0 if there is no difference, 1 if there is one.
            """)

    @Argument(help: "Rule files or directories of them; by default the rules of the system.")
    var paths: [ByteArgument] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only the rules of this context; may be repeated.", valueName: "number"))
    var context: [ByteArgument] = []

    @Flag(help: "Print the numbers of differences instead of the rules.")
    var stat = false

    @Flag(help: "Print the differences as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let contexts = Set(try context.map(OptionValue.context))
        let reporter = surroundings.reporter
        let rules = RuleSources.collect(paths.map(\.path), in: surroundings)
        if let status = rules.refusal(reporter, "nothing was compared", json: json) { return status }
        let access = DeviceAccess(surroundings)
        let own = try access.open().info.context
        let difference = PolicyDifference(
            rules.rules, try access.entries(), try access.digests(), own: own,
            contexts: Set(contexts.map { $0 == .own ? own : $0 }))
        let status: ExitStatus = difference.isEmpty ? .done : .no
        if json { return reporter.result(Self.json(difference), then: status) }
        if !difference.withoutFile.isEmpty {
            reporter.note("\(counted(difference.withoutFile.count, "rule")) for files that are not there")
        }
        return reporter.result(stat ? Self.numbers(difference) : Self.lines(difference), then: status)
    }

    private static func lines(_ difference: PolicyDifference) -> [UInt8] {
        var text: [UInt8] = []
        let add = { (mark: String, rule: Rule) in text += Array(mark.utf8) + rule.line + [ASCII.newline] }
        for rule in difference.inKernel { add("- ", rule) }
        for (disk, kernel) in difference.changed {
            add("- ", kernel)
            add("+ ", disk)
        }
        for rule in difference.onDisk { add("+ ", rule) }
        return text
    }

    private static func numbers(_ difference: PolicyDifference) -> [UInt8] {
        var table = TextTable()
        table.add("only on disk", "\(difference.onDisk.count)")
        table.add("only in kernel", "\(difference.inKernel.count)")
        table.add("changed", "\(difference.changed.count)")
        table.add("without file", "\(difference.withoutFile.count)")
        return table.text
    }

    private static func json(_ difference: PolicyDifference) -> JSONDocument {
        JSONDocument([
            ("same", .bool(difference.isEmpty)),
            ("only_on_disk", .array(difference.onDisk.map(\.json))),
            ("only_in_kernel", .array(difference.inKernel.map(\.json))),
            (
                "changed",
                .array(
                    difference.changed.map { .object([("disk", $0.disk.json), ("kernel", $0.kernel.json)]) })
            ),
            ("without_file", .array(difference.withoutFile.map(\.json))),
        ])
    }
}
