// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

/// The files of another machine; Tests/tools/report_test.sh opens such a page, and
/// what a running kernel says is tested in the guest.
@Suite struct ReportTests {
    private let directory = TemporaryDirectory()
    private var tool = ToolRun()

    init() {
        tool.ruleDirectories = ["/etc/verictl.d"]
        tool.stateDirectory = "/var/lib/verictl"
        tool.bootConfiguration = "/etc/verictl/boot.conf"
        for name in ["etc", "etc/verictl.d", "usr", "usr/bin", "var", "var/lib", "var/lib/verictl"] {
            directory.makeDirectory(BytePath(name.utf8))
        }
        directory.write("etc/hostname", "web1\n")
        directory.write("etc/verictl.d/one", line("/usr/bin/one", "0", capabilities: "KILL KILL -", privileges: "-"))
        directory.write("etc/verictl.d/two", line("/usr/bin/two", "0", privileges: "-"))
    }

    private func run(_ words: String...) -> (status: Int32, output: Capture) {
        tool.run(bytes: (["report", "--root", directory.path.description] + words).map { Array($0.utf8) })
    }

    @Test func aPage() {
        let (status, output) = run()
        #expect(status == 0)
        #expect(output.resultText.hasPrefix("<!DOCTYPE html>\n"))
        #expect(output.resultText.contains("<title>web1: what may run</title>"))
    }

    /// An entry without rights is not among those that have some.
    @Test func grantsAreThoseOfTheRuleFiles() {
        let text = run("--json").output.resultText
        #expect(
            text.contains(
                "\"grants\":[{\"path\":\"/usr/bin/one\",\"context\":\"0\",\"flags\":[\"EXE\"],"
                    + "\"capabilities\":[\"KILL\"],\"privileges\":[],\"source\":\"/etc/verictl.d/one:1\"}]"))
        #expect(text.contains("\"in_force\":false,\"rules\":2,\"rule_files\":2,"))
        // Nothing is claimed about packages without a database.
        #expect(text.contains("\"coverage\":null"))
        #expect(text.contains("\"notes\":[\"packages: "))
    }

    @Test func refusalsAreCountedByReasonAndFromATimeOn() {
        let event = { (time: String, path: String, count: Int) in
            "{\"schema\":1,\"time\":\"\(time)\",\"kind\":\"exec\",\"refused\":true,\"enforced\":true,"
                + "\"reason\":\"not-allowed\",\"error\":\"EACCES\",\"context\":0,\"path\":\"\(path)\",\"count\":\(count)}\n"
        }
        directory.write(
            "var/lib/verictl/learned.jsonl",
            event("2020-01-01T00:00:00.000Z", "/old", 4) + event("2021-01-01T00:00:00.000Z", "/new", 2))
        let all = run("--json", "--since", "2019-01-01").output.resultText
        #expect(all.contains("\"total\":6"))
        let new = run("--json", "--since", "2020-06-01").output.resultText
        #expect(new.contains("\"total\":2") && new.contains("/new") && !new.contains("/old"))
        #expect(run("--json").output.resultText.contains("\"total\":0"))
    }

    @Test func aFileIsForItsOwner() throws {
        let file = directory.path.appending(Array("page".utf8))
        let (status, output) = run("-o", file.description)
        #expect(status == 0)
        #expect(output.result.isEmpty)
        #expect(try Files.status(file).permissions.rawValue & 0o777 == 0o600)
        #expect(try Files.read(file).starts(with: "<!DOCTYPE html>".utf8))
    }

    @Test func aFileThatCannotBeWritten() {
        let (status, output) = run("-o", "/nonexistent/page")
        #expect(status == 6)
        #expect(output.messages.contains("/nonexistent/page: No such file or directory"))
    }

    @Test func aTerminalGetsNoPage() {
        var terminal = tool
        terminal.terminal = true
        let words = ["report", "--root", directory.path.description]
        let (status, output) = terminal.run(bytes: words.map { Array($0.utf8) })
        #expect(status == 2)
        #expect(output.result.isEmpty)
        // JSON may go there.
        #expect(terminal.run(bytes: (words + ["--json"]).map { Array($0.utf8) }).status == 0)
    }

    @Test func aPeriodThatMakesNoSense() {
        #expect(run("--since", "soon").status == 2)
        #expect(run("--since", "2h").status == 0)
    }
}
