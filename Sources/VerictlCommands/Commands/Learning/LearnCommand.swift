// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import EventRecord
import Learning
import Loading
import SystemIO
import Tool

struct LearnCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn", abstract: "Record what would be refused, and go through proposals for rules.",
        discussion: """
            start records refusals until stop, in a permissive context. suggest makes proposals of the record, and \
            review asks about each of them.
            """,
        subcommands: [
            LearnStartCommand.self, LearnStopCommand.self, LearnStatusCommand.self, LearnReviewCommand.self,
            LearnRunCommand.self,
        ])
}

struct LearnRunCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Record refusals until SIGTERM or SIGINT; this is what a service runs.",
        discussion: """
            The program verictl-events listens. Each refusal is in the record once. Exit status: 0 ended, 1 another \
            process is recording, 4 the kernel refused, 5 no events, 6 the record cannot be written.
            """)

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let places = surroundings.learning
        let arguments = [
            Array("--record".utf8), places.record.bytes, Array("--lock".utf8), places.lock.bytes,
        ]
        throw EventsProgram.run(arguments, in: surroundings.environment)
    }
}

/// The process that records refusals.
struct RecorderControl {
    private let surroundings: Surroundings
    private var places: LearningPlaces { surroundings.learning }

    /// How long a start or an end may take.
    private static let patience = 10.0

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// The process that records; nil if none does.
    func holder() throws(Failure) -> Int32? {
        do throws(Errno) {
            return try ProcessLock.holder(of: places.lock)
        } catch {
            throw Failure(status: .io, message: "\(places.lock): \(error)")
        }
    }

    /// Starts the recorder and waits until it listens. Returns false if it was
    /// running.
    func start() throws(Failure) -> Bool {
        if try holder() != nil { return false }
        if places.hasUnit {
            try systemctl("start")
        } else {
            let tool = surroundings.essentials.toolPath
            if let error = places.start([tool.bytes, Array("learn".utf8), Array("run".utf8)]) {
                throw Failure(status: .io, message: "\(tool): \(error)")
            }
        }
        guard try waits(untilRecording: true) else {
            throw Failure(
                status: .unavailable, message: "the recorder did not start; nothing was changed",
                hint: "verictl learn run says why")
        }
        return true
    }

    /// Ends the recorder and waits until its last counts are on the disk. Returns
    /// false if none was running.
    func stop() throws(Failure) -> Bool {
        guard try holder() != nil else { return false }
        if places.hasUnit { try systemctl("stop") }
        if let process = try holder() {
            do throws(Errno) {
                try Process.end(process)
            } catch {
                throw Failure(status: .refused, message: "the recorder, process \(process), cannot be ended: \(error)")
            }
        }
        guard try waits(untilRecording: false) else {
            throw Failure(status: .no, message: "the recorder has not ended yet")
        }
        return true
    }

    private func systemctl(_ verb: String) throws(Failure) {
        let words = [Array("systemctl".utf8), Array(verb.utf8), LearningPlaces.unit]
        let status: Int32
        do throws(Errno) {
            status = try places.run(words)
        } catch {
            throw Failure(status: .io, message: "systemctl: \(error)")
        }
        guard status == 0 else {
            throw Failure(
                status: .unavailable, message: "systemctl \(verb) verictl-learn.service ended with status \(status)",
                hint: "journalctl -u verictl-learn.service says why")
        }
    }

    private func waits(untilRecording isWanted: Bool) throws(Failure) -> Bool {
        let end = Process.monotonicSeconds + Self.patience
        while try (holder() != nil) != isWanted {
            guard Process.monotonicSeconds < end else { return false }
            Process.sleep(milliseconds: 20)
        }
        return true
    }
}

/// Reads the record.
enum RecordFile {
    /// An absent file is an error for a file that was named.
    static func read(_ path: BytePath, isNamed: Bool, _ surroundings: Surroundings) throws(Failure) -> LearnedRecord {
        var badLines: [Int] = []
        let text: [UInt8]
        do throws(Errno) {
            text = path == "-" ? try surroundings.environment.readStandardInput() : try Files.read(path)
        } catch {
            if error == .noEntry, !isNamed { return LearnedRecord() }
            throw Failure(status: .io, message: "\(path): \(error)")
        }
        let record = LearnedRecord(text, badLines: &badLines)
        for line in badLines {
            surroundings.reporter.warning("\(path):\(line): the line is not an event and is left out")
        }
        return record
    }
}
