// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import EventRecord
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

private func refusal(_ path: BytePath, _ byte: UInt8 = 0xab) -> Event {
    var event = Event()
    (event.kind, event.reason, event.error, event.isEnforced) = (.exec, .notAllowed, 13, false)
    (event.time, event.context, event.path) = (1_000_000_000, ContextID(0), path)
    (event.algorithm, event.found) = (3, [UInt8](repeating: byte, count: 32))
    return event
}

@Suite final class LearnTests {
    private let scratch = TemporaryDirectory()
    private var run: ToolRun

    init() {
        let device = RecordingDevice()
        device.knowledge.context = ContextID(0)
        device.contexts = [ContextID(0): ContextState(context: ContextID(0))]
        run = ToolRun(device: device)
        run.learning.record = scratch.path.appending(Array("record".utf8))
        run.learning.lock = scratch.path.appending(Array("lock".utf8))
        run.learning.rules = scratch.path.appending(Array("verictl.d/learned".utf8))
        run.learning.kernelLog = scratch.write("kmsg", "6,1,2,-;nothing of clip\n")
        run.learning.systemd = scratch.path.appending(Array("none".utf8))
        run.ruleDirectories = [scratch.path.appending(Array("verictl.d".utf8))]
    }

    private func write(_ events: [Event]) {
        var record = LearnedRecord()
        for event in events { record.add(LearnedEvent(event)) }
        scratch.write("record", record.text)
    }

    private var learned: String? {
        (try? Files.read(run.learning.rules)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Without a name, because the file is not there any more.
    private static let first = "* 0 - - - - - sha256 \(String(repeating: "ab", count: 32))"

    // MARK: suggest

    @Test func suggestPrintsRulesThatCheckTakes() {
        write([refusal("/opt/a"), refusal("/opt/b", 1)])
        let (status, output) = run.run("suggest")
        #expect(status == 0)
        #expect(output.resultText.contains("\n\(Self.first)\n"))
        var check = run
        check.standardInput = output.result
        #expect(check.run("check", "--strict", "-").status == 0)
        let json = run.run("suggest", "--json").output.resultText
        #expect(json.hasPrefix("{\"schema\":1,\"proposals\":[{\"rule\":\"\(Self.first)\""))
    }

    @Test func suggestTellsOfLoss() {
        var record = LearnedRecord()
        record.addLost(3)
        scratch.write("record", record.text)
        #expect(run.run("suggest").output.messages.contains("3 events were lost"))
    }

    @Test func suggestOfAFileOrNothing() {
        #expect(run.run("suggest").status == 0)
        #expect(run.run("suggest", "--from", "/nonexistent/file").status == 6)
        run.standardInput = refusal("/opt/a").json.text
        #expect(run.run("suggest", "--from", "-").output.resultText.contains(Self.first))
        #expect(!run.run("suggest", "--from", "-", "--since", "30m").output.resultText.contains(Self.first))
        #expect(run.run("suggest", "--since", "nonsense").status == 2)
    }

    // MARK: review

    @Test func reviewNeedsATerminal() {
        write([refusal("/opt/a")])
        #expect(run.run("learn", "review").status == 2)
        #expect(learned == nil)
    }

    @Test func acceptLeaveAndQuit() throws {
        write([refusal("/opt/a"), refusal("/opt/b", 1), refusal("/opt/c", 2)])
        run.answers = ["a", "l", "q"]
        let (status, output) = run.run("learn", "review")
        #expect(status == 1)
        #expect(output.messages.contains("1 rule accepted, 1 left, 1 open"))
        #expect(try #require(learned).hasSuffix("\n\(Self.first)\n"))
        // What was accepted is not asked for again, and stays as it is.
        let before = learned
        run.answers = ["l", "l"]
        #expect(run.run("learn", "review").status == 0)
        #expect(learned == before)
    }

    @Test func whyAndNonsenseAskAgain() {
        write([refusal("/opt/a")])
        run.answers = ["w", "x", ""]
        let (status, output) = run.run("learn", "review")
        #expect(status == 1)
        #expect(output.messages.contains("It grants nothing"))
        #expect(output.messages.contains("one letter is expected"))
        #expect(learned == nil)
    }

    @Test func editInline() throws {
        write([refusal("/opt/a")])
        let digest = String(repeating: "cd", count: 32)
        run.answers = ["e", "nonsense", "e", "", "e", "/opt/a 0 e - - - - sha256 \(digest)"]
        let (status, output) = run.run("learn", "review")
        #expect(status == 0)
        #expect(output.messages.contains("too few fields"))
        #expect(try #require(learned).hasSuffix("# edited in the review\n/opt/a 0 e - - - - sha256 \(digest)\n"))
    }

    @Test func editWithAnEditor() throws {
        write([refusal("/opt/a")])
        run.variables = ["EDITOR": "any --option"]
        run.answers = ["e"]
        let digest = String(repeating: "cd", count: 32)
        run.learning.run = { words throws(Errno) in
            let file = BytePath(words[4])
            #expect(words[2] == Array("$EDITOR \"$1\"".utf8))
            try Files.write(Array("# comment\n* 0 - - - - - sha256 \(digest)\n".utf8), to: file)
            return 0
        }
        #expect(run.run("learn", "review").status == 0)
        #expect(try #require(learned).hasSuffix("* 0 - - - - - sha256 \(digest)\n"))
    }

    @Test func contradictionsAndBrokenFiles() throws {
        let other = String(repeating: "cd", count: 32)
        scratch.makeDirectory("verictl.d")
        scratch.write("verictl.d/learned", "/opt/a 0 e - - - - sha256 \(other)")
        write([refusal("/opt/b")])
        let edited = "/opt/a 0 e - - - - sha256 \(String(repeating: "ef", count: 32))"
        run.answers = ["e", edited, "e", "/opt/a 0 e - - - - sha256 \(other)"]
        let (status, output) = run.run("learn", "review")
        #expect(status == 0)
        #expect(output.messages.contains("learned:1 is another rule for the same file"))
        #expect(output.messages.contains("has this rule already"))
        #expect(learned == "/opt/a 0 e - - - - sha256 \(other)")
        scratch.write("verictl.d/learned", "broken\n")
        run.answers = ["a"]
        #expect(run.run("learn", "review").status == 3)
        #expect(learned == "broken\n")
    }

    // MARK: start, stop, status

    @Test func statusWithoutARecorder() {
        write([refusal("/opt/a"), refusal("/opt/a")])
        let (status, output) = run.run("learn", "status", "--json")
        #expect(status == 1)
        #expect(
            output.resultText.contains("\"recording\":false,\"pid\":null,\"different\":1,\"refusals\":2,\"lost\":0"))
        #expect(run.run("learn", "stop").status == 0)
    }

    @Test func statusWithARecorder() throws {
        let lock = try ProcessLock(taking: run.learning.lock)
        #expect(run.run("learn", "status").status == 0)
        #expect(throws: Errno.tryAgain) { _ = try ProcessLock(taking: run.learning.lock) }
        _ = consume lock
        #expect(run.run("learn", "status").status == 1)
    }

    @Test func theUnitOfSystemd() {
        run.learning.systemd = scratch.path
        run.learning.unitDirectories = [scratch.path]
        scratch.write("verictl-learn.service", "")
        run.learning.run = { words throws(Errno) in
            #expect(
                words.map { String(decoding: $0, as: UTF8.self) } == ["systemctl", "start", "verictl-learn.service"])
            return 5
        }
        run.learning.start = { _ in
            Issue.record("a program was started")
            return nil
        }
        let (status, output) = run.run("learn", "start")
        #expect(status == 5)
        #expect(output.messages.contains("systemctl start verictl-learn.service ended with status 5"))
    }

    // MARK: explain

    @Test func explainAnEvent() {
        let event = refusal("/opt/a")
        for argument in [event.text, String(decoding: event.json.text, as: UTF8.self)] {
            let (status, output) = run.run("explain", argument)
            #expect(status == 0)
            #expect(output.resultText.hasPrefix("would be refused to run /opt/a\n"))
            #expect(output.resultText.contains("next     verictl gen --allow --context 0 /opt/a"))
        }
        run.standardInput = event.json.text + [0x0a, 0x0a] + Array("broken".utf8)
        let (status, output) = run.run("explain", "-")
        #expect(status == 3)
        #expect(output.messages.contains("<stdin>:3 is not an event"))
        #expect(output.resultText.contains("would be refused"))
        #expect(run.run("explain", "/bin/sh", event.text).status == 2)
        #expect(run.run("explain").status == 2)
    }

    @Test func theRuleThatNamesTheDigest() {
        scratch.makeDirectory("verictl.d")
        scratch.write("verictl.d/pkg-x", "#> package x 1 amd64\n\(Self.first) # /opt/a\n")
        let json = run.run("explain", "--json", refusal("/opt/copy").text).output.resultText
        #expect(json.contains("\"allowed_now_by\":\"\(scratch.path)/verictl.d/pkg-x:2\",\"found_name\":\"/opt/a\""))
    }

    @Test func theLastRefusals() {
        #expect(run.run("explain", "--last").status == 1)
        let line =
            "clip: refused exec: reason=34 (not-allowed) errno=13 context=0 pid=1 uid=0 comm=\"sh\" path=\"/opt/l\""
        scratch.write("kmsg", "6,1,2,-;other\n5,2,3,-;\(line)\n")
        #expect(run.run("explain", "--last").output.resultText.hasPrefix("refused to run /opt/l\n"))
        var late = refusal("/opt/b", 1)
        late.time = 5_000_000_000
        write([late, refusal("/opt/a")])
        #expect(run.run("explain", "--last").output.resultText.hasPrefix("would be refused to run /opt/b\n"))
        let both = run.run("explain", "--last", "2").output.resultText
        #expect(both.hasPrefix("would be refused to run /opt/a\n") && both.contains("/opt/b"))
        #expect(run.run("explain", "--last", "0").status == 2)
        #expect(run.run("explain", "--last", "/bin/sh").status == 2)
    }
}
