// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import EventRecord
import Learning
import Loading
import SystemIO
import Tool

struct SuggestCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "suggest", abstract: "Propose rules for what was refused.",
        discussion: """
            The output is a rule file, to be read before it is loaded: a comment above each rule says why it is \
            proposed. A file that only has to run gets an allow digest. A program that was refused a privilege, or \
            made code as it ran, gets an entry with what it lacked and nothing else. Refusals that the rules of the \
            system cover now are left out.
            """)

    @Option(
        help: ArgumentHelp(
            "Only refusals after a time (2026-11-30, 2026-11-30T08:00:00Z) or within a period (30m, 2h, 7d).",
            valueName: "time"))
    var since: ByteArgument?

    @Option(
        help: ArgumentHelp(
            "A record, or the output of verictl events --json, instead of the system's record; - for standard input.",
            valueName: "file"))
    var from: ByteArgument?

    @Flag(help: "Print the proposals as JSON.")
    var json = false

    func validate() throws {
        _ = try since.map(TimeText.start)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let (suggestions, record) = try Self.suggestions(from: from, since: since, surroundings)
        let reporter = surroundings.reporter
        if record.lost > 0 {
            reporter.warning(
                "\(record.lost) events were lost while recording\(record.lostText.map { " (\($0))" } ?? ""); "
                    + "the same refusals come again when the work is repeated")
        }
        if json { return reporter.result(suggestions.json(lost: record.lost)) }
        if !suggestions.unanswered.isEmpty {
            reporter.note(
                "\(counted(suggestions.unanswered.count, "refusal")) cannot be answered by a rule; "
                    + "verictl explain --last \(record.events.count) says what can be done")
        }
        if suggestions.covered > 0 {
            reporter.note("\(counted(suggestions.covered, "refusal")) left out, because a rule of the system covers it")
        }
        return reporter.result(suggestions.text)
    }

    static func suggestions(
        from file: ByteArgument?, since: ByteArgument?, _ surroundings: Surroundings
    ) throws -> (Suggestions, LearnedRecord) {
        let places = surroundings.learning
        let record = try RecordFile.read(file?.path ?? places.record, isNamed: file != nil, surroundings)
        let suggestions = Suggestions(
            record, since: try since.map(TimeText.start) ?? 0, rules: SystemRules(surroundings),
            machine: Suggestions.Machine(packageDirectory: places.packages))
        return (suggestions, record)
    }
}

/// Times and periods on the command line.
enum TimeText {
    /// Seconds of a period: a number with s, m, h or d.
    static func seconds(_ name: String, _ argument: ByteArgument) throws -> UInt64 {
        let units: [UInt8: UInt64] = [
            UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600, UInt8(ascii: "d"): 86400,
        ]
        guard let last = argument.bytes.last, let unit = units[last], argument.bytes.count < 12,
            let number = UInt64(String(decoding: argument.bytes.dropLast(), as: UTF8.self)), number > 0
        else {
            throw ValidationError(
                "\(name): '\(DisplayText.of(argument.bytes, limit: 80))' is no period; hint: 90s, 30m, 2h or 7d")
        }
        return number * unit
    }

    /// Nanoseconds since 1970 of a time, or of the beginning of a period until
    /// now.
    static func start(_ argument: ByteArgument) throws -> UInt64 {
        if let time = EventWords.time(String(decoding: argument.bytes, as: UTF8.self)) { return time }
        let period = try seconds("--since", argument)
        let now = Process.wallTime
        let (length, isTooLong) = period.multipliedReportingOverflow(by: 1_000_000_000)
        return isTooLong || length > now ? 0 : now - length
    }
}
