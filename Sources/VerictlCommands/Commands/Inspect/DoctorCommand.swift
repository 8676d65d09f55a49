// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Loading
import SystemIO
import Tool

struct DoctorCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look at everything that a protected system needs, and say what to do next.",
        discussion: """
            A line begins with [ok], [!!] for a problem, or [--] for what is worth knowing or was not looked at. \
            Exit status: 0 without a problem, 1 with one.
            """)

    @Option(help: ArgumentHelp("Look at the files of another machine below this directory.", valueName: "directory"))
    var root: ByteArgument?

    @Flag(help: "Print the lines as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let root = try OptionValue.root(root)
        var doctor = Doctor(root == "/" ? surroundings : surroundings.below(root), root: root)
        doctor.lookAtKernel()
        doctor.lookAtPolicy()
        doctor.lookAtBoot()
        let problems = doctor.checks.count { $0.state == .problem }
        let status: ExitStatus = problems == 0 ? .done : .no
        let reporter = surroundings.reporter
        if json {
            let checks = doctor.checks.map { check in
                JSONValue.object([
                    ("check", .string(check.name)), ("state", .string(check.state.rawValue)),
                    ("text", .string(check.text)), ("next", check.step.map { .string($0) } ?? .null),
                ])
            }
            return reporter.result(
                JSONDocument([("problems", .number(Int64(problems))), ("checks", .array(checks))]), then: status)
        }
        let lines = doctor.checks.map { check in
            "\(check.state.mark) \(check.name): \(check.text)" + (check.step.map { "; next: \($0)" } ?? "") + "\n"
        }
        return reporter.result(Array(lines.joined().utf8), then: status)
    }
}
