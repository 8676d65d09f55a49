// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import EventRecord
import Learning
import Loading
import Policy
import SystemIO
import Tool

/// Explains events that were given, or the last ones that are known.
struct EventQuestion {
    private let surroundings: Surroundings
    private let json: Bool

    static let largestCount = 100_000

    init(_ surroundings: Surroundings, json: Bool) {
        self.surroundings = surroundings
        self.json = json
    }

    /// Whether an argument is an event, or `-`, and not a file.
    static func isMeant(by argument: [UInt8]) -> Bool {
        argument == [ASCII.minus] || Event.isLikely(argument)
    }

    func explain(_ arguments: [[UInt8]]) throws(Failure) -> ExitStatus {
        var events: [LearnedEvent] = []
        var hasFailed = false
        for argument in arguments {
            guard argument == [ASCII.minus] else {
                hasFailed = !add(argument, "the argument", to: &events) || hasFailed
                continue
            }
            let text: [UInt8]
            do throws(Errno) {
                text = try surroundings.environment.readStandardInput()
            } catch {
                throw Failure(status: .io, message: "standard input: \(error)")
            }
            for (index, line) in text.split(separator: ASCII.newline, omittingEmptySubsequences: false).enumerated()
            where !line.allSatisfy(ASCII.isBlank) {
                hasFailed = !add(Array(line), "<stdin>:\(index + 1)", to: &events) || hasFailed
            }
        }
        if events.isEmpty, !hasFailed { surroundings.reporter.error("standard input has no event") }
        return report(events, hasFailed || events.isEmpty ? .syntax : .done)
    }

    private func add(_ text: [UInt8], _ place: String, to events: inout [LearnedEvent]) -> Bool {
        do throws(EventSyntaxError) {
            events.append(try LearnedEvent(text: text))
            return true
        } catch {
            surroundings.reporter.error("\(place) is not an event: \(error.problem)")
            return false
        }
    }

    /// The last refusals of the record; of the kernel's log if there is no record.
    func explainLast(_ count: Int) throws(Failure) -> ExitStatus {
        let record = try RecordFile.read(surroundings.learning.record, isNamed: false, surroundings)
        var events = record.events
        if events.isEmpty {
            events = try Self.logEvents(surroundings)
        } else {
            // Equal times keep their order.
            let order = events.indices.sorted { (events[$0].lastTime ?? 0, $0) < (events[$1].lastTime ?? 0, $1) }
            events = order.map { events[$0] }
        }
        guard !events.isEmpty else {
            surroundings.reporter.line("no refusal is in the record or in the kernel's log")
            return json ? report([], .no) : .no
        }
        return report(Array(events.suffix(count)), .done)
    }

    /// The refusals that the kernel's log still has.
    static func logEvents(_ surroundings: Surroundings) throws(Failure) -> [LearnedEvent] {
        let path = surroundings.learning.kernelLog
        let text: [UInt8]
        do throws(Errno) {
            text = try Files.readAvailable(path)
        } catch {
            throw Failure(
                status: error == .accessDenied || error == .notPermitted ? .refused : .io, message: "\(path): \(error)")
        }
        let mark = Array("clip: ".utf8)
        return text.split(separator: ASCII.newline).compactMap { line in
            guard let start = line.firstPlace(of: mark) else { return nil }
            guard let event = try? LearnedEvent(text: Array(line[start.upperBound...])),
                LearnedRecord.isLearned(event.event) || event.event.kind == .admin
            else { return nil }
            return event
        }
    }

    private func report(_ events: [LearnedEvent], _ status: ExitStatus) -> ExitStatus {
        let rules = SystemRules(surroundings)
        let explanations = events.map { event in
            EventExplanation(event.event, program: event.program?.path, rules: rules.rules(of: event.event))
        }
        let reporter = surroundings.reporter
        if json {
            return reporter.result(JSONDocument([("events", .array(explanations.map(\.json)))]), then: status)
        }
        return reporter.result(Array(explanations.map(\.text).joined(separator: [ASCII.newline])), then: status)
    }
}
