// SPDX-License-Identifier: LGPL-2.1-or-later

package import ArgumentParser
import Bytes
package import Tool

/// A command of a tool. `Surroundings` is what the tool touches besides the
/// files it is given; tests put their own in its place.
package protocol Verb<Surroundings>: ParsableCommand {
    associatedtype Surroundings

    /// Runs the command. Throws a `Failure`, or a `ValidationError` for a
    /// command line that makes no sense.
    func execute(in surroundings: Surroundings) throws -> ExitStatus
}

/// Parses a command line and runs its command.
package enum CommandLineRun<Surroundings> {
    /// `arguments` are without the name of the program. Help and the version go
    /// to the results, a wrong command line to the messages.
    package static func run(
        _ root: any ParsableCommand.Type, _ arguments: [[UInt8]], in surroundings: Surroundings,
        reporter: Reporter
    ) -> ExitStatus {
        guard !arguments.isEmpty || root.configuration.subcommands.isEmpty else {
            reporter.line(root.helpMessage())
            return .usage
        }
        let wantsJSON = wantsJSON(arguments)
        if let failure = VerbSpelling.failure(root, arguments) { return reporter.failure(failure, json: wantsJSON) }
        do {
            var command = try root.parseAsRoot(arguments.map(ArgumentText.encode))
            guard let verb = command as? any Verb<Surroundings> else {
                // Commands such as help produce their output by throwing.
                try command.run()
                return .usage
            }
            return try verb.execute(in: surroundings)
        } catch let failure as Failure {
            return reporter.failure(failure, json: wantsJSON)
        } catch {
            let text = ArgumentText.display(root.fullMessage(for: error))
            guard root.exitCode(for: error).isSuccess else {
                let message = ArgumentText.display(root.message(for: error))
                let status = reporter.failure(Failure(status: .usage, message: message), json: wantsJSON)
                usage(text, after: message).map(reporter.line)
                return status
            }
            return reporter.result(Array(text.utf8) + [ASCII.newline])
        }
    }

    /// Runs a command whose command line has been read without the parser.
    package static func perform(
        _ act: (Surroundings) throws(Failure) -> ExitStatus, _ arguments: [[UInt8]], in surroundings: Surroundings,
        reporter: Reporter
    ) -> ExitStatus {
        do throws(Failure) {
            return try act(surroundings)
        } catch {
            return reporter.failure(error, json: wantsJSON(arguments))
        }
    }

    /// The lines that the parser adds to the message of an error: how the
    /// command is used.
    private static func usage(_ text: String, after message: String) -> String? {
        let start = "Error: \(message)\n"
        return text.hasPrefix(start) ? String(text.dropFirst(start.count)) : nil
    }

    /// Searches the words, because a command line that cannot be parsed is
    /// answered in JSON too.
    private static func wantsJSON(_ arguments: [[UInt8]]) -> Bool {
        arguments.prefix { $0 != Array("--".utf8) }.contains(Array("--json".utf8))
    }
}
