// SPDX-License-Identifier: LGPL-2.1-or-later

import TestSupport
import Testing

/// A misspelled command or option has a near match in its message.
@Suite struct NearMatchTests {
    @Test(arguments: [("laod", "load"), ("stauts", "status"), ("evnts", "events"), ("Check", "check")])
    func commands(_ word: String, _ near: String) {
        let (status, output) = ToolRun().run(word, "--json")
        #expect(status == 2)
        #expect(output.messages == "verictl: error: unknown command '\(word)'; hint: \(near)\n")
        #expect(output.resultText.hasPrefix(#"{"schema":1,"failure":{"status":2,"word":"usage","#))
    }

    @Test func commandsOfACommand() {
        let near = ToolRun().run("context", "creat")
        #expect(near.status == 2)
        #expect(near.output.messages == "verictl: error: unknown command 'creat'; hint: create\n")
        let far = ToolRun().run("context", "x")
        #expect(far.status == 2)
        #expect(
            far.output.messages
                == "verictl: error: unknown command 'x'; hint: verictl context --help lists the commands\n")
        #expect(ToolRun().run("context", "--help").status == 0)
    }

    @Test func options() {
        let (status, output) = ToolRun().run("status", "--jsn")
        #expect(status == 2)
        #expect(output.messages.hasPrefix("verictl: error: Unknown option '--jsn'. Did you mean '--json'?\nUsage: "))
    }

    /// Control characters do not reach a terminal.
    @Test func wordsAreEscaped() {
        let (status, output) = ToolRun().run("\u{1b}[2J")
        #expect(status == 2)
        #expect(output.messages.hasPrefix(#"verictl: error: unknown command '\033[2J'"#))
    }

    @Test func helpIsNoCommandOfOurs() {
        #expect(ToolRun().run("help").status == 0)
        #expect(ToolRun().run("help", "load").status == 0)
    }
}
