// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import EventRecord
import Loading
import Policy
import Tool

struct LearnStartCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Begin to record what would be refused.",
        discussion: """
            The recorder is started first, as the service verictl-learn where systemd has it. Then the context of \
            this process becomes active and permissive with the given words; without any, with enforce_exec, \
            enforce_lib and wx_memory, as far as the kernel has them. A context that enforces already stays as it \
            is, and what it refuses is recorded. Exit status: 0 recording, 1 the context could not be changed safely.
            """)

    @Flag(help: "Record files that are executed.")
    var exec = false

    @Flag(help: "Record files that are mapped executable.")
    var lib = false

    @Flag(help: "Record files that are interpreted.")
    var script = false

    @Flag(help: "Record memory that is written and executed.")
    var memory = false

    @Flag(help: "Continue although nothing can be changed afterwards.")
    var final = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        let access = try ContextAccess(surroundings)
        let before = try access.state(.own)
        let recorder = RecorderControl(surroundings)
        let isNew = try recorder.start()
        if !json { reporter.line(isNew ? "the recorder was started" : "the recorder was running already") }
        if before.level.contains(.active), !before.level.contains(.permissive) {
            reporter.note("the context enforces already and stays as it is; what it refuses is recorded")
            return json ? reporter.result(answer(isNew, before.level, nil)) : .done
        }
        let activation = Activation(
            words: words.isEmpty ? Self.standard.intersection(access.info.levelsEnforced) : words, isPermissive: true,
            isFinal: final)
        let outcome: Activation.Outcome
        do throws(Failure) {
            outcome = try activation.run(in: surroundings)
        } catch {
            if isNew { _ = try recorder.stop() }
            throw error
        }
        if outcome.status != .done, isNew { _ = try recorder.stop() }
        if json { return reporter.result(answer(isNew, outcome.state.level, outcome), then: outcome.status) }
        outcome.report(to: reporter)
        if outcome.status == .done {
            reporter.line(
                "refusals are recorded in \(surroundings.learning.record); next: work as usual, then "
                    + "verictl suggest")
        } else if isNew {
            reporter.line("the recorder was stopped")
        }
        return outcome.status
    }

    private static let standard: ContextLevel = [.enforceExec, .enforceLib, .wxMemory]

    private var words: ContextLevel {
        var words: ContextLevel = []
        if exec { words.insert(.enforceExec) }
        if lib { words.insert(.enforceLib) }
        if script { words.insert(.enforceScript) }
        if memory { words.insert(.wxMemory) }
        return words
    }

    private func answer(_ isNew: Bool, _ level: ContextLevel, _ outcome: Activation.Outcome?) -> JSONDocument {
        JSONDocument([
            ("recording", .bool(outcome.map { $0.status == .done } ?? true)), ("started", .bool(isNew)),
            ("level", .words(level.names)), ("changed", .bool(outcome?.isChanged ?? false)),
        ])
    }
}

struct LearnStopCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End the recording and keep the record.",
        discussion: "The level of the context stays as it is. Exit status: 0 nothing is being recorded.")

    @Flag(help: "Print the result as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let wasRecording = try RecorderControl(surroundings).stop()
        let reporter = surroundings.reporter
        if json { return reporter.result(JSONDocument([("was_recording", .bool(wasRecording))])) }
        reporter.line(wasRecording ? "the recorder was stopped" : "nothing was being recorded")
        return .done
    }
}

struct LearnStatusCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say whether refusals are recorded, and how many were.",
        discussion: "Exit status: 0 recording, 1 not recording.")

    @Flag(help: "Print the answer as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let places = surroundings.learning
        let process = try RecorderControl(surroundings).holder()
        let record = try RecordFile.read(places.record, isNamed: false, surroundings)
        let refusals = record.events.reduce(UInt64(0)) { $0 + $1.count }
        let status: ExitStatus = process == nil ? .no : .done
        let reporter = surroundings.reporter
        if json {
            let members: [(String, JSONValue)] = [
                ("recording", .bool(process != nil)), ("pid", process.map { .number(Int64($0)) } ?? .null),
                ("different", .number(Int64(record.events.count))), ("refusals", .unsigned(refusals)),
                ("lost", .unsigned(record.lost)), ("lost_of_root", .unsigned(record.lostOfRoot)),
                ("lost_of_users", .unsigned(record.lostOfUsers)),
            ]
            return reporter.result(
                JSONDocument(JSONValue.members("record", bytes: places.record.bytes) + members), then: status)
        }
        var table = TextTable()
        table.add("recording", process.map { "yes, process \($0)" } ?? "no")
        table.add("record", places.record.description)
        table.add("refusals", "\(refusals), of which \(record.events.count) differ")
        table.add("lost", "\(record.lost)" + (record.lostText.map { ", \($0)" } ?? ""))
        return reporter.result(table.text, then: status)
    }
}
