// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import TestSupport
import Testing
import Tool

@Suite struct ReporterTests {
    private let output = Capture()

    private func reporter(colour: Bool = false, program: String = "devctl") -> Reporter {
        let environment = Environment(
            program: program, output: output, readStandardInput: { () throws(Errno) in [] }, usesColour: colour)
        return Reporter(environment)
    }

    @Test func messagesBeginWithTheNameOfTheTool() {
        reporter().error("no", hint: "try again")
        reporter(program: "verictl").warning("doubtful")
        reporter().note("by the way")
        reporter().line("done")
        #expect(
            output.messageLines == [
                "devctl: error: no; hint: try again", "verictl: warning: doubtful", "devctl: note: by the way", "done",
            ])
        #expect(output.result.isEmpty)
    }

    @Test func coloursAreForTheSeverityAlone() {
        reporter(colour: true).diagnostics([
            Diagnostic(.error, .unreadable, source: Array(": error: ".utf8), message: "x")
        ])
        #expect(output.messages == ": error: : \u{1b}[1;31merror\u{1b}[0m: x\n")
    }

    @Test func documentsBeginWithTheirSchema() {
        #expect(reporter().result(JSONDocument([("a", .bool(true))]), then: .no) == .no)
        #expect(output.resultText == "{\"schema\":1,\"a\":true}\n")
    }

    @Test func failuresAreForProgramsToo() {
        let failure = Failure(status: .refused, message: "no \"way\"")
        #expect(reporter().failure(failure) == .refused)
        #expect(output.result.isEmpty)
        #expect(reporter().failure(failure, json: true) == .refused)
        #expect(
            output.resultText
                == #"{"schema":1,"failure":{"status":4,"word":"refused","message":"no \"way\"","hint":null}}"# + "\n")
        #expect(output.messageLines == ["devctl: error: no \"way\"", "devctl: error: no \"way\""])
    }

    @Test func aResultThatCannotBeWrittenIsAnError() {
        final class Full: OutputSink {
            var messages: [UInt8] = []
            func writeResult(_ bytes: [UInt8]) throws(Errno) { throw .noBuffers }
            func writeMessage(_ bytes: [UInt8]) { messages += bytes }
        }
        let full = Full()
        let reporter = Reporter(
            Environment(program: "verictl", output: full, readStandardInput: { () throws(Errno) in [] }))
        #expect(reporter.result([1], then: .no) == .io)
        #expect(String(decoding: full.messages, as: UTF8.self).hasPrefix("verictl: error: standard output: "))
    }
}

@Suite struct ExitStatusTests {
    /// Scripts depend on the numbers; programs that read JSON on the words.
    @Test func numbersAndWords() {
        let all: [(Tool.ExitStatus, Int32, String)] = [
            (.done, 0, "done"), (.no, 1, "no"), (.usage, 2, "usage"), (.syntax, 3, "syntax"),
            (.refused, 4, "refused"), (.unavailable, 5, "unavailable"), (.io, 6, "io"),
            (.cannotRun, 126, "cannot-run"), (.notFound, 127, "not-found"),
        ]
        for (status, number, word) in all {
            #expect(status.rawValue == number)
            #expect(status.word == word)
        }
    }

    @Test(arguments: [(0, "0 entries"), (1, "1 entry"), (2, "2 entries")])
    func numbersWithTheirNoun(_ count: Int, _ text: String) {
        #expect(counted(count, "entry", "entries") == text)
    }
}

@Suite struct ProgressMeterTests {
    @Test func shorterTextsCoverLongerOnes() {
        let output = Capture()
        let meter = ProgressMeter(output)
        meter.finish()
        #expect(output.messages.isEmpty)
        meter.update("three")
        meter.update("two")
        meter.finish()
        #expect(output.messages == "\rthree\rtwo  \n")
    }
}
