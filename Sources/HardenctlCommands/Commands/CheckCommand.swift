// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Hardening
import Policy
import SystemIO
import Tool

struct CheckCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compare the running machine, or files of another one, with the rules.",
        discussion: """
            Prints one line for each rule that does not hold: what is found, what is wanted, why, and how to change \
            it. If a file is named, only the files that are named are looked at, and nothing of this machine. Exit \
            status: 0 if all rules hold, 1 if one does not, 6 if something could not be read.
            """)

    @Argument(help: ArgumentHelp("Sets and compositions; without any, 'protection'.", valueName: "set"))
    var names: [String] = []

    @OptionGroup var files: CheckedFiles

    @Option(
        name: .customLong("only"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Look at this alone: config, cmdline, sysctl, lsm, lockdown, mounts or setuid; may be repeated.",
            valueName: "subject"))
    var only: [String] = []

    @Flag(help: "Print the rules that hold as well.")
    var all = false

    @Flag(help: "Print the findings as JSON.")
    var json = false

    @OptionGroup var options: RuleOptions

    func validate() throws { _ = try subjects() }

    private func subjects() throws -> Set<CheckKind> {
        let known = CheckKind.allCases.map(\.rawValue)
        let chosen = try only.map { word in
            guard let kind = CheckKind(rawValue: word) else {
                let hint = Suggestion.nearest(to: word.utf8, among: known) ?? known.joined(separator: ", ")
                throw ValidationError(
                    "--only: unknown subject '\(DisplayText.of(word.utf8, limit: 80))'; hint: \(hint)")
            }
            return kind
        }
        return chosen.isEmpty ? Set(CheckKind.allCases) : Set(chosen)
    }

    func execute(in surroundings: HardenctlSurroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        let library = try options.library(surroundings)
        let composition = try library.composition(of: names.isEmpty ? ["protection"] : names).checked(reporter)
        var check = MachineCheck(composition: composition, files: files, surroundings: surroundings)
        for kind in CheckKind.allCases where try subjects().contains(kind) { check.run(kind) }
        for note in check.notes { reporter.warning(note) }
        for failure in check.failures { reporter.error(failure.message, hint: failure.hint) }
        let broken = check.findings.filter { !$0.holds }
        let status: ExitStatus = !check.failures.isEmpty ? .io : broken.isEmpty ? .done : .no
        if json {
            return reporter.result(
                JSONDocument([
                    ("sets", .words(composition.sets.map(\.name))),
                    ("rules", .number(Int64(check.findings.count))), ("broken", .number(Int64(broken.count))),
                    ("failures", .words(check.failures.map(\.message))),
                    ("differences", .words(composition.differences)),
                    ("findings", .array((all ? check.findings : broken).map(\.json))),
                ]), then: status)
        }
        let lines = (all ? check.findings : broken).map { line($0, surroundings.environment) }
        let printed = reporter.result(Array(lines.joined().utf8), then: status)
        reporter.line(
            "\(counted(check.findings.count, "rule")): \(check.findings.count - broken.count) hold, "
                + "\(broken.count) do not")
        return printed
    }

    private func line(_ finding: Finding, _ environment: Environment) -> String {
        let mark = finding.holds ? "ok" : "no"
        guard environment.usesColour, environment.resultsToTerminal else { return "\(mark) \(finding.text)\n" }
        return "\u{1b}[\(finding.holds ? "32" : "1;31")m\(mark)\u{1b}[0m \(finding.text)\n"
    }
}

/// Files of another machine.
struct CheckedFiles: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("A kernel's configuration.", valueName: "file"))
    var config: ByteArgument?

    @Option(parsing: .unconditional, help: ArgumentHelp("A command line, as /proc/cmdline.", valueName: "file"))
    var cmdline: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What sysctl -a printed, or a directory like /proc/sys.", valueName: "path"))
    var sysctl: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The security modules, as /sys/kernel/security/lsm.", valueName: "file"))
    var lsm: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The level of Lockdown, as /sys/kernel/security/lockdown.", valueName: "file"))
    var lockdown: ByteArgument?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The mounts, as /proc/self/mountinfo.", valueName: "file"))
    var mountinfo: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Set-user-id files, as find / -type f -perm /6000 prints them.", valueName: "file"))
    var setuid: ByteArgument?

    func file(_ kind: CheckKind) -> BytePath? {
        switch kind {
        case .config: config?.path
        case .cmdline: cmdline?.path
        case .sysctl: sysctl?.path
        case .lsm: lsm?.path
        case .lockdown: lockdown?.path
        case .mounts: mountinfo?.path
        case .setuid: setuid?.path
        }
    }

    /// Whether this machine is not looked at.
    var isOfAnother: Bool { CheckKind.allCases.contains { file($0) != nil } }
}
