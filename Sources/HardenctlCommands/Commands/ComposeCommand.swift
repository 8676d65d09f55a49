// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Hardening
import KernelConfiguration
import SystemIO
import Tool

struct ComposeCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "compose",
        abstract: "Make the configuration of a kernel, the command line or the sysctls of sets.",
        discussion: """
            The lines of the sets seed allnoconfig in the kernel's source tree, so that nothing else is on. The \
            command fails with status 3, and writes nothing, if two sets disagree, if a line is missing from the \
            result, or if a forbidden option is set; each line is named with what stands in the way.
            """)

    @Argument(help: ArgumentHelp("Sets and compositions.", valueName: "set"))
    var names: [String]

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The source tree of the kernel.", valueName: "directory"))
    var source: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Where make keeps its own programs between calls.", valueName: "directory"))
    var build: ByteArgument?

    @Option(
        name: .customLong("make"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A word for make, such as CC=clang; may be repeated.", valueName: "name=value"))
    var words: [ByteArgument] = []

    @Flag(help: "Print the kernel's command line instead.")
    var cmdline = false

    @Flag(help: "Print the sysctls instead, for a file in /etc/sysctl.d.")
    var sysctl = false

    @Option(
        name: [.short, .long], parsing: .unconditional,
        help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"))
    var output: ByteArgument?

    @Flag(help: "Print what was composed, or why it failed, as JSON.")
    var json = false

    @OptionGroup var options: RuleOptions

    func validate() throws {
        guard !names.isEmpty else { throw ValidationError("name a set or a composition") }
        guard [cmdline, sysctl, source != nil].filter(\.self).count == 1 else {
            throw ValidationError("one of --source, --cmdline and --sysctl is needed")
        }
    }

    func execute(in surroundings: HardenctlSurroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        let composed = try options.library(surroundings).composition(of: names)
        if json, !composed.conflicts.isEmpty { return try refused(composed, surroundings) }
        let composition = try composed.checked(reporter)
        if cmdline { return try finish(Array("\(composition.commandLine)\n".utf8), composition, surroundings) }
        if sysctl { return try finish(Array(composition.sysctlFile.utf8), composition, surroundings) }
        let tree = KernelTree(
            path: source?.path ?? ".", build: build?.path, words: words.map(\.bytes), surroundings: surroundings)
        let result = try tree.configuration(seed: composition.seed)
        let verdict = ComposeVerdict(KernelConfig(result), of: composition, tree: tree.kconfig)
        guard verdict.complaints.isEmpty else { return try refused(composition, surroundings, verdict.complaints) }
        return try finish(result, composition, surroundings)
    }

    private func refused(
        _ composition: Composition, _ surroundings: HardenctlSurroundings,
        _ complaints: [ComposeVerdict.Complaint] = []
    ) throws -> ExitStatus {
        for complaint in complaints { surroundings.reporter.error(complaint.text) }
        let missing = complaints.count { $0.kind == .missing }
        let conflicts = composition.conflicts.count
        let failure = Failure(
            status: .syntax,
            message: conflicts > 0
                ? "the sets do not agree: \(counted(conflicts, "conflict"))"
                : "\(counted(missing, "line is", "lines are")) missing, "
                    + "\(counted(complaints.count - missing, "forbidden option is", "forbidden options are")) set; "
                    + "nothing was written")
        guard json else { throw failure }
        surroundings.reporter.error(failure.message)
        return surroundings.reporter.result(
            failure.json(with: [
                ("conflicts", .words(composition.conflicts.map(\.text))),
                ("complaints", .array(complaints.map(\.json))),
            ]), then: failure.status)
    }

    private func finish(
        _ bytes: [UInt8], _ composition: Composition, _ surroundings: HardenctlSurroundings
    ) throws -> ExitStatus {
        let reporter = surroundings.reporter
        if let path = output?.path {
            do throws(Errno) {
                try Files.write(bytes, to: path)
            } catch {
                throw Failure(status: .io, message: "\(path): \(error)")
            }
        }
        guard json else { return output == nil ? reporter.result(bytes) : .done }
        return reporter.result(
            JSONDocument([
                ("sets", .words(composition.sets.map(\.name))),
                ("options", .words(composition.options.map(\.line))),
                ("differences", .words(composition.differences)),
                ("text", .string(String(decoding: bytes, as: UTF8.self))),
            ]))
    }
}
