// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import EventRecord
import Glibc
import SystemIO
import TestSupport
import Testing
import Tool

@testable import Events

private final class Stream: EventStream {
    var received: [ReceivedEvents]
    /// What the disk has at the next request for an event.
    var seen: [[UInt8]] = []
    let file: BytePath

    init(_ received: [ReceivedEvents], file: BytePath) {
        (self.received, self.file) = (received, file)
    }

    func receive(within milliseconds: Int32) throws(ListenFailure) -> ReceivedEvents {
        seen.append((try? Files.read(file)) ?? [])
        return received.isEmpty ? .nothing : received.removeFirst()
    }
}

@Suite struct RecorderTests {
    private let scratch = TemporaryDirectory()
    private var file: BytePath { scratch.path.appending(Array("learned.jsonl".utf8)) }

    private func refusal(_ inode: UInt64, path: BytePath) -> Event {
        var event = Event()
        (event.kind, event.reason, event.error, event.isEnforced) = (.exec, .notAllowed, 13, false)
        (event.inode, event.path, event.process) = (inode, path, 1)
        return event
    }

    private func run(_ received: [ReceivedEvents]) throws -> (Stream, Capture) {
        let stream = Stream(received, file: file)
        let output = Capture()
        var recorder = Recorder(
            file: file, stream: stream,
            reporter: Reporter(
                Environment(program: "verictl", output: output, readStandardInput: { () throws(Errno) in [] })))
        recorder.findProgram = { $0 == 1 ? LearnedProgram("/bin/program", device: "8:1", inode: 5) : nil }
        recorder.isAskedToEnd = { stream.received.isEmpty }
        #expect(try recorder.run() == .done)
        return (stream, output)
    }

    @Test func aNewRefusalIsOnTheDiskAtOnce() throws {
        let (stream, _) = try run([
            .events([refusal(1, path: "/a")]), .events([refusal(1, path: "/a"), refusal(2, path: "/b")]), .nothing,
        ])
        #expect(stream.seen.map { $0.split(separator: 0x0a).count } == [0, 1, 2])
        var bad: [Int] = []
        let record = LearnedRecord(try Files.read(file), badLines: &bad)
        #expect(record.events.map(\.count) == [2, 1])
        #expect(try Files.status(file).permissions.rawValue == 0o600)
    }

    @Test func goesOnWithWhatIsThere() throws {
        _ = try run([.events([refusal(1, path: "/a")])])
        _ = try run([.events([refusal(1, path: "/a"), refusal(2, path: "/b")])])
        var bad: [Int] = []
        #expect(LearnedRecord(try Files.read(file), badLines: &bad).events.map(\.count) == [2, 1])
    }

    @Test func lossIsRecordedAndTold() throws {
        var first = refusal(1, path: "/a")
        first.sequence = 5
        var second = refusal(2, path: "/b")
        (second.sequence, second.dropped) = (9, 2)
        let (_, output) = try run([.events([first, second]), .overrun])
        var bad: [Int] = []
        #expect(LearnedRecord(try Files.read(file), badLines: &bad).lost == 6)
        #expect(output.messages.contains("2 events were lost"))
        #expect(output.messages.contains("3 events were lost"))
    }

    /// A large record is written as a whole less often.
    @Test func theCostOfCountsIsBounded() {
        #expect(Recorder.interval(0) == 30)
        #expect(Recorder.interval(1 << 20) == 30)
        #expect(Recorder.interval(LearnedRecord.largestSize) == 256)
    }

    @Test func theProgramOfATask() throws {
        var event = refusal(0, path: "/a")
        (event.kind, event.path, event.inode, event.act) = (.task, nil, nil, Array("connect".utf8))
        _ = try run([.events([event])])
        var bad: [Int] = []
        #expect(
            LearnedRecord(try Files.read(file), badLines: &bad).events.map(\.program) == [
                LearnedProgram("/bin/program", device: "8:1", inode: 5)
            ])
    }

    @Test func theFileOfAProcess() throws {
        let program = try #require(Recorder.program(UInt32(getpid())))
        let identity = try Files.status(program.path).identity
        #expect((program.device, program.inode) == (identity.deviceText, identity.inode))
        #expect(Recorder.program(0) == nil)
    }
}
