// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import SystemIO
import Tool

struct SetCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set bits, and run a command with them.",
        usage: "execbits set [--file] [--interactive] [--lock] [--json] -- <command> ...",
        discussion: """
            Bits that are set already stay set. If the kernel does not take the bits, the command is not run.

            The exit status is that of the command; 127 if it was not found, 126 if it could not be run.
            """)

    @Flag(help: "EXEC_RESTRICT_FILE: interpret a file only if the kernel allows it.")
    var file = false

    @Flag(help: "EXEC_DENY_INTERACTIVE: take no commands from arguments, pipes and terminals.")
    var interactive = false

    @Flag(help: "Lock the named bits, so that no program below can clear them.")
    var lock = false

    @Flag(help: "Print a failure as JSON on standard output.")
    var json = false

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [ByteArgument] = []

    func validate() throws {
        guard file || interactive else { throw ValidationError("Specify --file, --interactive or both.") }
        guard !command.isEmpty else { throw ValidationError("Specify a command after --.") }
    }

    func execute(in surroundings: ExecbitsSurroundings) throws -> ExitStatus {
        var wanted: Securebits = []
        if file { wanted.insert(.restrictFile) }
        if interactive { wanted.insert(.denyInteractive) }
        if lock { wanted.formUnion(wanted.locks) }
        try set(wanted, surroundings)
        if !surroundings.checkIsAnswered() {
            throw Failure(
                status: .unavailable,
                message: "this kernel has the bits and not AT_EXECVE_CHECK, so that no interpreter can ask")
        }
        if interactive, !file {
            surroundings.reporter.warning(
                "without --file, a pipe that is named as a file (/dev/stdin) is still interpreted")
        }
        let error = surroundings.environment.become(command.map(\.bytes))
        throw Failure(
            status: error == .noEntry ? .notFound : .cannotRun, message: "\(DisplayText.of(command[0].bytes)): \(error)"
        )
    }

    /// Sets the bits and reads them again: a system call filter can answer in
    /// place of the kernel.
    private func set(_ wanted: Securebits, _ surroundings: ExecbitsSurroundings) throws(Failure) {
        let before = try surroundings.bits()
        // A call that changes nothing takes a capability.
        if before.isSuperset(of: wanted) { return }
        do throws(Errno) {
            try surroundings.write(before.union(wanted))
        } catch {
            throw Self.failure(error, before, wanted)
        }
        guard try surroundings.bits().isSuperset(of: wanted) else {
            throw Failure(
                status: .refused, message: "the securebits were set without an error, and are not set afterwards",
                hint: "a system call filter seems to answer in place of the kernel")
        }
    }

    private static func failure(_ error: Errno, _ before: Securebits, _ wanted: Securebits) -> Failure {
        let message = "the securebits cannot be set: \(error)"
        guard error == .notPermitted else { return Failure(status: .refused, message: message) }
        let bits = wanted.intersection([.restrictFile, .denyInteractive])
        // A lock keeps a bit that is not set from being set.
        if !before.isDisjoint(with: bits.subtracting(before).locks) {
            return Failure(status: .refused, message: message, hint: "they are locked, and not set")
        }
        return Failure(
            status: .unavailable, message: message,
            hint: "this kernel does not know them; Linux 6.14 does, and kernels with the patches of clip")
    }
}
