// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Loading
import SystemIO
import TestSupport
import Testing
import Tool

@testable import VerictlCommands

/// What `verictl events` hands over, to which program.
@Suite struct EventsCommandTests {
    private final class Calls {
        var list: [(program: BytePath, arguments: [String])] = []
    }

    /// Nothing can be handed over to in a test: every try fails, in the way of
    /// the program's name.
    private func run(
        _ arguments: String..., errors: [BytePath: Errno] = [:]
    ) -> (status: Int32, messages: String, calls: Calls) {
        let output = Capture()
        let calls = Calls()
        var surroundings = Surroundings(
            Environment(program: "verictl", output: output, readStandardInput: { () throws(Errno) in [] }),
            openDevice: { () throws(Errno) in throw .noEntry })
        surroundings.environment.helperDirectories = ["/own", "/usr/libexec/clip"]
        surroundings.environment.become = { words in
            let program = BytePath(words[0])
            calls.list.append((program, words.dropFirst().map { String(decoding: $0, as: UTF8.self) }))
            return errors[program] ?? .noEntry
        }
        let status = VerictlTool.run((["events"] + arguments).map { Array($0.utf8) }, in: surroundings)
        return (status, output.messages, calls)
    }

    @Test func looksInEveryPlace() {
        let (status, messages, calls) = run("--json", "--creations", "--grants", "--count", "007", "--timeout", "5")
        #expect(status == 5)
        #expect(calls.list.map(\.program) == ["/own/verictl-events", "/usr/libexec/clip/verictl-events"])
        let wanted = ["--grants", "--creations", "--json", "--count", "7", "--timeout", "5"]
        #expect(calls.list.allSatisfy { $0.arguments == wanted })
        #expect(messages.contains("verictl-events is not installed"))
        #expect(messages.contains("/own, /usr/libexec/clip"))
    }

    @Test func doesNotGoOnAfterAnotherError() {
        let (status, messages, calls) = run("--follow", errors: ["/own/verictl-events": .accessDenied])
        #expect(status == 5)
        #expect(calls.list.count == 1)
        #expect(calls.list[0].arguments == ["--follow"])
        #expect(messages.contains("/own/verictl-events: Permission denied"))
    }

    @Test(arguments: [
        ["--count", "0"], ["--timeout", "-1"], ["--follow", "--count", "1"], ["--follow", "--timeout", "1"],
        ["--count", "1000000001"], ["more"],
    ])
    func nonsense(_ arguments: [String]) {
        let output = Capture()
        var surroundings = Surroundings(
            Environment(program: "verictl", output: output, readStandardInput: { () throws(Errno) in [] }),
            openDevice: { () throws(Errno) in throw .noEntry })
        surroundings.environment.helperDirectories = ["/own"]
        #expect(VerictlTool.run((["events"] + arguments).map { Array($0.utf8) }, in: surroundings) == 2)
    }
}
