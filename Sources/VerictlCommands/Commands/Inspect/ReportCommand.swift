// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Loading
import ReportPage
import SystemIO
import Tool

struct ReportCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Make a page about this machine: what may run, who holds rights, what to do.",
        discussion: """
            The page is one file of HTML that loads nothing. The executable files of all installed packages are \
            hashed, which takes a while. What cannot be looked at is named on the page; root in context 0 sees \
            everything. Exit status: 0 if the report was made, whatever it says.
            """)

    @Option(
        name: [.customShort("o", allowingJoined: true), .long], help: "Write the report to this file, atomically.")
    var output: ByteArgument?

    @Option(
        help: ArgumentHelp(
            "Only refusals after a time (2026-11-30, 2026-11-30T08:00:00Z) or within a period (30m, 2h, 7d).",
            valueName: "time"))
    var since = ByteArgument(argument: "7d")

    @Option(help: ArgumentHelp("Look at the files of another machine below this directory.", valueName: "directory"))
    var root: ByteArgument?

    @OptionGroup var workers: WorkerOptions

    @Flag(help: "Write what the page shows as JSON instead.")
    var json = false

    func validate() throws {
        _ = try TimeText.start(since)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        if output == nil, !json, surroundings.environment.resultsToTerminal {
            throw ValidationError("A page cannot be written to a terminal; use -o FILE.")
        }
        var collector = ReportCollector(
            surroundings, root: try OptionValue.root(root), workers: workers.count)
        collector.look(since: try TimeText.start(since))
        let report = collector.report
        let text = json ? report.json.text + [ASCII.newline] : ReportPage(report).text
        guard let output else { return surroundings.reporter.result(text) }
        do throws(Errno) {
            // It names the ways around the rules.
            try Files.write(text, to: output.path, permissions: FilePermissions(rawValue: 0o600))
            return .done
        } catch {
            throw Failure(status: .io, message: "\(output.path): \(error)")
        }
    }
}
