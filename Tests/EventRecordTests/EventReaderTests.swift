// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Policy
import SystemIO
import TestSupport
import Testing

@testable import EventRecord

func sample() -> Event {
    var event = Event()
    event.time = 1_795_513_367_125_000_000
    event.kind = .exec
    event.reason = .notAllowed
    event.error = 13
    event.isEnforced = false
    event.context = ContextID(0)
    (event.process, event.thread, event.user, event.effectiveUser) = (45, 45, 1000, 1000)
    event.command = Array("s\"h".utf8)
    (event.deviceMajor, event.deviceMinor, event.inode) = (0, 23, 2)
    event.path = "/opt/a b\\c\"d"
    event.algorithm = 3
    event.found = [UInt8](repeating: 0xab, count: 32)
    return event
}

@Suite struct EventReaderTests {
    @Test func readsWhatItPrints() throws {
        var event = sample()
        #expect(try Event(text: Array(event.text.utf8)) == event)
        event.path = BytePath([UInt8(ascii: "/"), 0xff, 0x0a, 0x20])
        #expect(try Event(text: Array(event.text.utf8)) == event)
        event.sequence = 7
        #expect(try Event(text: event.json.text) == event)
        #expect(try Event(text: Array(" ".utf8) + event.json.text + [0x0a]) == event)
    }

    @Test func everyKindOfEvent() throws {
        for number in 1...UInt32(9) {
            var event = sample()
            event.kind = EventKind(number)
            if [.task, .replaced, .create].contains(event.kind) { event.act = Array("socket-connect".utf8) }
            if event.kind == .admin { event.act = Array("context creation".utf8) }
            if [.grant, .create, .replaced, .ungranted].contains(event.kind) {
                (event.error, event.isEnforced) = (0, true)
            }
            event.privileges = [.networkClient, .networkServer]
            #expect(try Event(text: event.json.text) == event)
            let read = try Event(text: Array(event.text.utf8))
            #expect(read == event, "\(event.text)")
        }
    }

    @Test func everyReasonAndError() throws {
        for reason in Reason.all {
            var event = sample()
            event.reason = reason
            #expect(try Event(text: event.json.text).reason == reason)
            #expect(try Event(text: Array(event.text.utf8)).reason == reason)
        }
        for error: UInt32 in [1, 2, 13, 26] {
            var event = sample()
            event.error = error
            #expect(try Event(text: event.json.text).error == error)
        }
    }

    @Test func linesOfTheLog() throws {
        let hex = String(repeating: "cd", count: 32)
        let line = """
            clip: refused exec: reason=2 (digest-mismatch) errno=13 context=0 pid=242 uid=1000 comm="sh" \
            dev=0:23 ino=5 wanted=\(hex) found=\(hex) line=3 rule="rules" path="/opt/a\\x22b"
            """
        let event = try Event(text: Array(line.utf8))
        #expect(event.kind == .exec && event.isEnforced && event.reason == .digestMismatch && event.error == 13)
        #expect(event.path == "/opt/a\"b" && event.inode == 5 && event.device == "0:23")
        #expect(event.wanted == event.found && event.algorithmName == "sha256")
        #expect(event.source == Array("rules".utf8) && event.line == 3)
        let socket = "clip: refused socket: reason=40 (no-privilege) operation=connect family=2 needs=c|s pid=1 uid=0 "
        let other = try Event(text: Array((socket + "comm=\"nc\"").utf8))
        #expect(other.kind == .task && other.privileges == [.networkClient, .networkServer])
        #expect(other.isRefusal && other.command == Array("nc".utf8))
    }

    @Test(arguments: ["", "{", "{}", "[1]", "nonsense", "{\"kind\":\"nothing\"}", "x reason= y"])
    func nonsense(_ text: String) {
        #expect(throws: EventSyntaxError.self) { try Event(text: Array(text.utf8)) }
    }

    @Test func whatLooksLikeAnEvent() {
        #expect(Event.isLikely(Array(sample().text.utf8)))
        #expect(Event.isLikely(sample().json.text))
        #expect(!Event.isLikely(Array("/usr/bin/reason".utf8)))
    }

    @Test(
        arguments: [
            ("1970-01-01", 0), ("1970-01-01T00:00:01Z", 1_000_000_000), ("1970-01-01T00:00:00.125Z", 125_000_000),
            ("2026-11-24T09:42:47.125Z", 1_795_513_367_125_000_000),
        ] as [(String, UInt64)])
    func times(_ text: String, _ time: UInt64) {
        #expect(EventWords.time(text) == time)
    }

    /// Numbers of 64 bits end in the year 2554.
    @Test func timesThatAreTooFar() throws {
        #expect(EventWords.time("2554-07-21T23:34:33.709551615Z") == .max)
        #expect(EventWords.time("2554-07-21T23:34:33.709551616Z") == nil)
        #expect(EventWords.time("2554-07-21T23:34:34Z") == nil)
        #expect(EventWords.time("9999-12-31") == nil)
        let text = "9999-12-31T00:00:00.125Z " + sample().text.drop { $0 != " " }.dropFirst()
        #expect(try Event(text: Array(text.utf8)).time == nil)
        #expect(try Event(text: Array(text.utf8)).path == sample().path)
    }
}
