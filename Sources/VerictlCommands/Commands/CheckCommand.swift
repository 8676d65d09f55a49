// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Generation
import Loading
import Policy
import Tool

struct CheckCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Parse rules and report errors and doubtful entries, without the kernel.",
        discussion: """
            The ELF headers of files that exist are examined: whatever the level word wx_memory would refuse is \
            reported as a warning, unless the entry has the flag j.
            """)

    @Argument(help: "Rule files, directories of them, or - for standard input; by default the rules of the system.")
    var paths: [ByteArgument] = []

    @Flag(help: "Exit with 1 if there are warnings.")
    var strict = false

    @Flag(help: "If there is no error, print the rules in canonical form.")
    var print = false

    @Option(
        help: ArgumentHelp("The future root directory, in which listed files are examined.", valueName: "dir"))
    var root: ByteArgument?

    @Flag(help: "Print the diagnostics as JSON on standard output.")
    var json = false

    func validate() throws {
        guard !(print && json) else { throw ValidationError("--print and --json exclude each other.") }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let root = try OptionValue.root(root)
        var rules = RuleSources.collect(paths.map(\.path), in: surroundings)
        rules.reportIfEmpty(.error)
        rules.diagnostics += FileCheck.warnings(rules.table, root: root)
        let reporter = surroundings.reporter
        // Where skipped files leave no rule, the warning about them decides.
        let failure = strict && rules.isEmptyBySkipping ? nil : rules.failure
        let status = failure ?? (strict && rules.count(.warning) > 0 ? .no : .done)
        if json { return reporter.result(answer(rules), then: status) }
        reporter.diagnostics(rules.diagnostics)
        reporter.line(rules.summary)
        guard print, rules.failure == nil else { return status }
        return reporter.result(rules.table.flatMap { $0.line + [ASCII.newline] }, then: status)
    }

    private func answer(_ rules: CollectedRules) -> JSONDocument {
        JSONDocument([
            ("files", .number(Int64(rules.fileCount))),
            ("entries", .number(Int64(rules.table.count))),
            ("errors", .number(Int64(rules.count(.error)))),
            ("warnings", .number(Int64(rules.count(.warning)))),
            ("diagnostics", .array(rules.diagnostics.map(\.json))),
        ])
    }
}
