// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import EventRecord
import SystemIO
import Tool

/// The command of verictl-events. Its options are those of `verictl events`.
struct EventsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verictl-events", abstract: "Print what the kernel refuses and grants, as it happens.",
        discussion: """
            The command verictl events runs this program. Without an option, it prints the first event. Exit status: \
            0 if events came, with --count if that many came; 1 if the time was over before.
            """)

    @Flag(help: "Print events until interrupted.")
    var follow = false

    @Flag(help: "Also print what went well: verified files and grants.")
    var grants = false

    @Flag(help: "Also print which files are made.")
    var creations = false

    @Flag(help: "Print one JSON object on each line.")
    var json = false

    @Option(help: ArgumentHelp("End after this number of events.", valueName: "n"))
    var count: UInt32?

    @Option(help: ArgumentHelp("End after this number of seconds.", valueName: "s"))
    var timeout: UInt32?

    @Option(help: ArgumentHelp("Print nothing, and keep each refusal once in this file.", valueName: "file"))
    var record: ByteArgument?

    @Option(help: ArgumentHelp("A lock to hold while recording.", valueName: "file"))
    var lock: ByteArgument?

    /// The number of events after which to end; nil if only the time or the user
    /// ends it.
    var limit: UInt32? { !follow && count == nil && timeout == nil ? 1 : count }

    func validate() throws {
        if follow && (count != nil || timeout != nil) {
            throw ValidationError("--follow excludes --count and --timeout.")
        }
        if (record == nil) != (lock == nil) { throw ValidationError("--record and --lock belong together.") }
        if record != nil, follow || grants || creations || json || count != nil || timeout != nil {
            throw ValidationError("--record excludes the options of what is printed.")
        }
        for (name, value) in [("--count", count), ("--timeout", timeout)] where value == 0 {
            throw ValidationError("\(name) must be at least 1.")
        }
    }

    func execute(in surroundings: EventsSurroundings) throws -> ExitStatus {
        if let record, let lock { return try keep(record.path, lock.path, surroundings) }
        do throws(ListenFailure) {
            return try print(try surroundings.listen(grants, creations), surroundings.reporter)
        } catch {
            throw Failure(error)
        }
    }

    /// The lock is taken last, so that a process that waits for it knows that refusals
    /// are heard.
    private func keep(_ file: BytePath, _ lockFile: BytePath, _ surroundings: EventsSurroundings) throws -> ExitStatus {
        Process.holdEnd()
        let stream: any EventStream
        do throws(ListenFailure) {
            stream = try surroundings.listen(false, false)
        } catch {
            throw Failure(error)
        }
        let lock: ProcessLock
        do throws(Errno) {
            try Files.makeDirectory(file.parent)
            lock = try ProcessLock(taking: lockFile)
        } catch {
            throw error == .tryAgain
                ? Failure(status: .no, message: "another process is recording already")
                : Failure(status: .io, message: "\(lockFile): \(error)")
        }
        var recorder = Recorder(file: file, stream: stream, reporter: surroundings.reporter)
        let status = try recorder.run()
        // The lock is held until here.
        _ = consume lock
        return status
    }

    private func print(_ stream: any EventStream, _ reporter: Reporter) throws(ListenFailure) -> ExitStatus {
        let limit = limit
        let end = timeout.map { Process.monotonicSeconds + Double($0) }
        var printed: UInt32 = 0
        while printed != limit {
            switch try stream.receive(within: Self.milliseconds(until: end)) {
            case .events(let events):
                for event in events where printed != limit {
                    let status = reporter.result((json ? event.json.text : Array(event.text.utf8)) + [ASCII.newline])
                    guard status == .done else { return status }
                    // Without a limit, only whether there was an event counts.
                    printed = limit == nil ? 1 : printed + 1
                }
            case .overrun:
                reporter.warning("events were lost, because they came faster than they were read")
            case .nothing:
                if let end, Process.monotonicSeconds >= end { return printed > 0 && limit == nil ? .done : .no }
            }
        }
        return .done
    }

    /// How long to wait at most, or -1 for ever. The time is rounded up: the last
    /// wait would otherwise be one of 0 milliseconds, over and over. It is split
    /// into steps of a minute, because poll(2) counts at most 24 days.
    private static func milliseconds(until end: Double?) -> Int32 {
        guard let end else { return -1 }
        return Int32(min(max(0, end - Process.monotonicSeconds) * 1000, 60_000).rounded(.up))
    }
}

extension Failure {
    /// The failure of a command that cannot listen.
    init(_ failure: ListenFailure) {
        switch failure {
        case .noEvents:
            self.init(
                status: .unavailable, message: "no events can be received here",
                hint: "this kernel runs without clip or without its events, or this is not the initial network "
                    + "namespace")
        case .notPermitted:
            self.init(status: .refused, message: "listening takes CAP_SYS_ADMIN in the initial user namespace")
        case .system(let call, let error):
            self.init(status: .io, message: "\(call): \(error)")
        case .malformed(let message):
            self.init(
                status: .unavailable, message: "a message is not in the form that this tool knows: \(message.problem)")
        }
    }
}
