// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Bytes
import Device
import EventRecord
import SystemIO
import TestSupport
import Testing
import Tool

@testable import Events

/// Stands for the kernel: each wait returns the next element.
private final class Twin: EventStream {
    var received: [ReceivedEvents]
    var failure: ListenFailure?

    init(_ received: [ReceivedEvents], failure: ListenFailure? = nil) {
        self.received = received
        self.failure = failure
    }

    func receive(within milliseconds: Int32) throws(ListenFailure) -> ReceivedEvents {
        if let failure, received.isEmpty { throw failure }
        guard !received.isEmpty else {
            Process.sleep(milliseconds: UInt32(clamping: milliseconds))
            return .nothing
        }
        return received.removeFirst()
    }
}

private final class ClosedOutput: OutputSink {
    func writeResult(_ bytes: [UInt8]) throws(Errno) { throw Errno(32) }
    func writeMessage(_ bytes: [UInt8]) {}
}

private func refusal() -> Event {
    var event = Event()
    event.kind = .exec
    event.error = 13
    event.reason = .digestMismatch
    return event
}

@Suite struct EventsOptionsTests {
    private func parse(_ words: String...) throws -> EventsCommand {
        try #require(try EventsCommand.parseAsRoot(words) as? EventsCommand)
    }

    @Test func whatEndsIt() throws {
        #expect(try parse().limit == 1)
        #expect(try parse("--follow").limit == nil)
        #expect(try parse("--timeout", "3").limit == nil)
        #expect(try parse("--timeout", "3").timeout == 3)
        #expect(try parse("--count", "2", "--timeout", "3").limit == 2)
    }

    @Test func flags() throws {
        let options = try parse("--grants", "--json", "--creations")
        #expect(options.grants)
        #expect(options.creations)
        #expect(try !parse("--grants").creations)
        #expect(options.json)
        #expect(try !parse().json)
    }

    @Test(arguments: [
        ["--count"], ["--count", "0"], ["--count", "-1"], ["--count", "x"], ["--timeout", "1.5"], ["x"],
        ["--follow", "--count", "1"], ["--follow", "--timeout", "1"], ["--timeout", "0"], ["--count", "4294967296"],
    ])
    func nonsense(_ words: [String]) {
        #expect(throws: (any Error).self) { try EventsCommand.parseAsRoot(words) }
        let (status, output) = EventsRun().run(words)
        #expect(status == .usage)
        #expect(output.result.isEmpty)
        #expect(output.messages.hasPrefix("verictl: error: "))
        #expect(output.messages.contains("Usage: verictl-events "))
    }
}

/// One run of the tool with everything around it replaced.
private struct EventsRun {
    var stream = Twin([])
    var listenFailure: ListenFailure?
    var output: (any OutputSink)?

    func run(_ words: [String]) -> (status: Tool.ExitStatus, output: Capture) {
        let capture = Capture()
        let environment = Environment(
            program: "verictl", output: output ?? capture, readStandardInput: { () throws(Errno) in [] })
        let (stream, listenFailure) = (stream, listenFailure)
        let surroundings = EventsSurroundings(
            environment: environment,
            listen: { _, _ throws(ListenFailure) in
                if let listenFailure { throw listenFailure }
                return stream
            })
        return (EventsTool.run(words.map { Array($0.utf8) }, in: surroundings), capture)
    }

    func run(_ words: String...) -> (status: Tool.ExitStatus, output: Capture) { run(words) }
}

@Suite struct EventsCommandTests {
    @Test func theFirstEventEndsIt() {
        let run = EventsRun(stream: Twin([.nothing, .events([refusal(), refusal()])]))
        let (status, output) = run.run()
        #expect(status == .done)
        #expect(output.resultText == refusal().text + "\n")
        #expect(output.messages.isEmpty)
    }

    @Test func aNumberOfEvents() {
        let run = EventsRun(stream: Twin([.events([refusal()]), .overrun, .events([refusal(), refusal()])]))
        let (status, output) = run.run("--count", "2", "--json")
        #expect(status == .done)
        #expect(output.resultText.split(separator: "\n").count == 2)
        #expect(output.resultText.hasPrefix(#"{"schema":1,"#))
        #expect(
            output.messages
                == "verictl: warning: events were lost, because they came faster than they were read\n")
    }

    @Test func theTimeIsOver() {
        #expect(EventsRun().run("--timeout", "1").status == .no)
        let one = EventsRun(stream: Twin([.events([refusal()])])).run("--timeout", "1")
        #expect(one.status == .done)
        #expect(!one.output.result.isEmpty)
        let few = EventsRun(stream: Twin([.events([refusal()])])).run("--timeout", "1", "--count", "2")
        #expect(few.status == .no)
    }

    @Test func followingGoesOnUntilTheStreamFails() {
        let stream = Twin([.events([refusal()]), .events([refusal()])], failure: .system("poll", .busy))
        let (status, output) = EventsRun(stream: stream).run("--follow")
        #expect(status == .io)
        #expect(output.resultText.split(separator: "\n").count == 2)
        #expect(output.messages == "verictl: error: poll: \(Errno.busy)\n")
    }

    @Test(
        arguments: [
            (.noEvents, .unavailable, "no events can be received here; hint: this kernel runs without clip"),
            (.notPermitted, .refused, "listening takes CAP_SYS_ADMIN in the initial user namespace"),
            (.system("bind", .accessDenied), .io, "bind: Permission denied"),
            (.malformed(MalformedMessage(problem: "short")), .unavailable, "short"),
        ] as [(ListenFailure, Tool.ExitStatus, String)])
    func failures(_ failure: ListenFailure, _ wanted: Tool.ExitStatus, _ text: String) {
        var run = EventsRun()
        run.listenFailure = failure
        let (status, output) = run.run("--timeout", "1")
        #expect(status == wanted)
        #expect(output.messages.hasPrefix("verictl: error: "))
        #expect(output.messages.contains(text))
        #expect(output.result.isEmpty)
        let json = run.run("--json")
        #expect(json.status == wanted)
        #expect(
            json.output.resultText.hasPrefix(
                #"{"schema":1,"failure":{"status":\#(wanted.rawValue),"word":"\#(wanted.word)","#))
    }

    @Test func anOutputThatIsClosed() {
        let run = EventsRun(stream: Twin([.events([refusal()])]), output: ClosedOutput())
        #expect(run.run("--follow").status == .io)
    }

    @Test func aMisspelledOption() {
        let (status, output) = EventsRun().run("--folow")
        #expect(status == .usage)
        #expect(output.messages.hasPrefix("verictl: error: Unknown option '--folow'. Did you mean '--follow'?\n"))
    }

    @Test func help() {
        let (status, output) = EventsRun().run("--help")
        #expect(status == .done)
        #expect(output.resultText.contains("USAGE: verictl-events "))
    }
}
