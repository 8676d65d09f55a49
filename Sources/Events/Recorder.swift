// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import EventRecord
import SystemIO
import Tool

/// Keeps refusals in a file until it has to end. A refusal that is new is
/// appended and on the disk before the next event is read. Counts and times are
/// written from time to time, by replacing the file.
struct Recorder {
    let file: BytePath
    let stream: any EventStream
    let reporter: Reporter
    /// Finds the file of the program of a process, which may have ended.
    var findProgram: (UInt32) -> LearnedProgram? = Self.program
    var isAskedToEnd: () -> Bool = { Process.isAskedToEnd }

    private var record = LearnedRecord()
    private var hasChanged = false
    private var lastSequence: UInt64?

    /// Seconds between two writings of counts, of which each writes the whole
    /// record. A user who repeats a refusal causes them, so that a large record
    /// is written less often.
    static func interval(_ size: Int) -> Double { max(30, Double(size) / bytesPerSecond) }

    /// What the writing of counts may cost on average.
    private static let bytesPerSecond = Double(64 << 10)

    /// How long a wait for events may delay the end, in milliseconds.
    private static let wait: Int32 = 500

    init(file: BytePath, stream: any EventStream, reporter: Reporter) {
        self.file = file
        self.stream = stream
        self.reporter = reporter
    }

    /// Returns the status of the end that was asked for.
    mutating func run() throws -> ExitStatus {
        try load()
        var next = Process.monotonicSeconds + Self.interval(record.size)
        while !isAskedToEnd() {
            do throws(ListenFailure) {
                switch try stream.receive(within: Self.wait) {
                case .events(let events): for event in events { try keep(event) }
                case .overrun: lose(1)
                case .nothing: break
                }
            } catch {
                throw Failure(error)
            }
            if hasChanged, Process.monotonicSeconds >= next {
                try save()
                next = Process.monotonicSeconds + Self.interval(record.size)
            }
        }
        if hasChanged { try save() }
        return .done
    }

    private mutating func load() throws(Failure) {
        do throws(Errno) {
            var badLines: [Int] = []
            record = LearnedRecord(try Files.read(file), badLines: &badLines)
            for line in badLines { reporter.warning("\(file):\(line): the line is not an event and is dropped") }
            // A line that was cut off must not swallow the next one.
            if !badLines.isEmpty { try Files.write(record.text, to: file, permissions: Self.permissions) }
        } catch {
            if error != .noEntry { throw Failure(status: .io, message: "\(file): \(error)") }
        }
    }

    /// The record names files of all users.
    private static let permissions = FilePermissions(rawValue: 0o600)

    private mutating func keep(_ event: Event) throws(ListenFailure) {
        if event.dropped > 0 { lose(event.dropped) }
        if let sequence = event.sequence {
            if let last = lastSequence, sequence > last + 1 { lose(sequence - last - 1) }
            lastSequence = sequence
        }
        guard LearnedRecord.isLearned(event) else { return }
        let namesProgram = event.kind == .task || event.kind == .map
        let learned = LearnedEvent(event, program: namesProgram ? event.process.flatMap(findProgram) : nil)
        hasChanged = true
        guard record.add(learned) == .new else { return }
        do throws(Errno) {
            try Files.append(learned.json.text + [ASCII.newline], to: file, permissions: Self.permissions)
        } catch {
            throw .system("\(file)", error)
        }
    }

    private mutating func lose(_ count: UInt64) {
        record.addLost(count)
        hasChanged = true
        reporter.warning("\(counted(Int(clamping: count), "event")) \(count == 1 ? "was" : "were") lost")
    }

    private mutating func save() throws(Failure) {
        do throws(Errno) {
            try Files.write(record.text, to: file, permissions: Self.permissions)
            hasChanged = false
        } catch {
            throw Failure(status: .io, message: "\(file): \(error)")
        }
    }

    static func program(_ process: UInt32) -> LearnedProgram? {
        let link = BytePath("/proc/\(process)/exe".utf8)
        guard let path = try? Files.linkTarget(link) else { return nil }
        // The kernel marks the name of a file that has none any more.
        if path.bytes.suffix(10).elementsEqual(" (deleted)".utf8) { return nil }
        // The link leads to the file itself, whatever lies at its path.
        let identity = (try? Files.status(link))?.identity
        return LearnedProgram(path, device: identity?.deviceText, inode: identity?.inode)
    }
}
