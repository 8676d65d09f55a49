// SPDX-License-Identifier: LGPL-2.1-or-later

import Device
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

/// Programs get an answer whatever happens, and know which schema it follows.
@Suite struct JSONTests {
    private let directory = TemporaryDirectory()

    /// Exactly one line, which begins with the schema.
    private func document(_ run: (status: Int32, output: Capture)) -> String {
        let lines = run.output.resultText.split(separator: "\n")
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("{\"schema\":1,") == true)
        return String(lines.first ?? "")
    }

    private func failure(_ status: Int32, _ word: String, _ run: (status: Int32, output: Capture)) {
        #expect(run.status == status)
        #expect(document(run).hasPrefix("{\"schema\":1,\"failure\":{\"status\":\(status),\"word\":\"\(word)\","))
        #expect(!run.output.messages.isEmpty)
    }

    @Test(arguments: [
        ["status"], ["show"], ["features"], ["explain", "/bin/sh"], ["load", "--entry", line("/a")],
        ["unload", "--entry", line("/a")], ["unload", "--all"], ["enable"], ["disable"], ["level"],
        ["context", "list"], ["context", "show"], ["context", "create", "7"], ["context", "delete", "7"],
        ["context", "narrow", "7"], ["update-context", "7"], ["events"],
    ])
    func withoutClip(_ arguments: [String]) {
        failure(5, "unavailable", ToolRun().run(bytes: (arguments + ["--json"]).map { Array($0.utf8) }))
    }

    @Test(arguments: [
        ["load"], ["status", "--bogus"], ["bogus"], ["compile"], ["context", "show", "x"], ["mounts", "stray"],
    ])
    func usage(_ arguments: [String]) {
        failure(2, "usage", ToolRun().run(bytes: (arguments + ["--json"]).map { Array($0.utf8) }))
    }

    @Test func rulesThatDoNotParse() {
        let image = "\(directory.path)/image"
        for arguments in [["load", "-f", "-"], ["unload", "-f", "-"], ["compile", "-o", image, "-"]] {
            var tool = ToolRun(device: RecordingDevice())
            tool.standardInput = Array("junk".utf8)
            let run = tool.run(bytes: (arguments + ["--json"]).map { Array($0.utf8) })
            failure(3, "syntax", run)
            #expect(document(run).contains("\"diagnostics\":[{\"file\":\"<stdin>\",\"line\":1,"))
            #expect(tool.device?.commits.isEmpty == true)
        }
    }

    @Test func filesThatCannotBeRead() {
        failure(6, "io", ToolRun().run("load", "-f", "/nonexistent", "--json"))
        failure(6, "io", ToolRun().run("load", "--compiled", "/nonexistent", "--json"))
        failure(6, "io", ToolRun().run("check", "--root", "/nonexistent", "--json", "/dev/null"))
        failure(6, "io", ToolRun().run("mounts", "--mountinfo", "/nonexistent", "--json"))
    }

    @Test func requestsThatAreRefused() {
        let device = RecordingDevice()
        device.commitError = .notPermitted
        failure(4, "refused", ToolRun(device: device).run("load", "--entry", line("/a"), "--json"))
        failure(4, "refused", ToolRun(device: RecordingDevice()).run("context", "show", "7", "--json"))
    }

    @Test func withoutTheOptionFailuresAreForPeopleOnly() {
        for arguments in [["status"], ["load"], ["load", "-f", "/nonexistent"]] {
            let run = ToolRun().run(bytes: arguments.map { Array($0.utf8) })
            #expect(run.status != 0)
            #expect(run.output.result.isEmpty)
        }
    }

    @Test func theWordAfterTwoDashesIsNoOption() {
        #expect(ToolRun().run("context", "enter", "7", "--", "tool", "--json").output.result.isEmpty)
    }

    @Test func genNamesTheFilesWithoutAnEntry() {
        let run = ToolRun().run("gen", "--json", "/nonexistent/tool")
        #expect(run.status == 6)
        #expect(
            document(run).hasSuffix(
                "\"problems\":[{\"path\":\"/nonexistent/tool\",\"message\":\"No such file or directory\"}]}"))
    }
}
