// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import DevicePolicy
import SystemIO
import TestSupport
import Testing

@testable import DevctlCommands

/// What the command line has in common with that of verictl.
@Suite struct CommandLineTests {
    private static let verbs = [
        "check", "load", "unload", "show", "diff", "status", "explain", "resolve", "lock", "mounts",
    ]

    @Test(arguments: verbs)
    func everyVerbHasHelp(_ verb: String) {
        let (status, output) = DevctlRun().run(verb, "--help")
        #expect(status == 0)
        #expect(output.resultText.contains("USAGE: devctl \(verb) "))
        #expect(output.resultText.contains("--json"))
        #expect(output.messages.isEmpty)
    }

    @Test func helpAndVersion() {
        let (status, output) = DevctlRun().run("--help")
        #expect(status == 0)
        for verb in Self.verbs { #expect(output.resultText.contains("\n  \(verb) ")) }
        #expect(DevctlRun().run("help").output.result == output.result)
        #expect(DevctlRun().run("--version").output.resultText == "\(DevctlTool.version)\n")
        let nothing = DevctlRun().run()
        #expect(nothing.status == 2)
        #expect(nothing.output.result.isEmpty)
        #expect(nothing.output.messages.contains("USAGE: devctl "))
    }

    @Test(arguments: [
        ("laod", "load"), ("unlaod", "unload"), ("stauts", "status"), ("explian", "explain"), ("mount", "mounts"),
    ])
    func aMisspelledVerb(_ word: String, _ near: String) {
        let (status, output) = DevctlRun().run(word, "--all")
        #expect(status == 2)
        #expect(output.messages == "devctl: error: unknown command '\(word)'; hint: \(near)\n")
        #expect(output.result.isEmpty)
    }

    @Test func aWordThatIsLikeNoVerb() {
        let (status, output) = DevctlRun().run("frobnicate")
        #expect(status == 2)
        #expect(
            output.messages == "devctl: error: unknown command 'frobnicate'; hint: devctl --help lists the commands\n")
    }

    @Test(arguments: [
        ("load", "--al", "--all"), ("load", "--skip-mising", "--skip-missing"),
        ("lock", "--alow-empty", "--allow-empty"),
        ("show", "--jsn", "--json"), ("unload", "--rul", "--rule"),
    ])
    func aMisspelledOption(_ verb: String, _ option: String, _ near: String) {
        let (status, output) = DevctlRun().run(verb, option)
        #expect(status == 2)
        #expect(output.messages.hasPrefix("devctl: error: Unknown option '\(option)'. Did you mean '\(near)'?\n"))
        #expect(output.messages.contains("Usage: devctl \(verb) "))
    }

    @Test func aMisspelledOptionBesideAnArgument() {
        let (status, output) = DevctlRun().run("explain", "8:1", "--wnat", "rw")
        #expect(status == 2)
        #expect(output.messages.contains("Unknown option '--wnat'. Did you mean '--want'?"))
    }

    /// The names that the options had before, and the letters.
    @Test func optionsKeepTheirNames() {
        let directory = TemporaryDirectory()
        let file = directory.write("rules", "8 0 15 1 r\n").description
        let devctl = DevctlRun()
        for arguments in [
            ["-f", file], ["-f\(file)"], ["--file", file], ["--file=\(file)"], ["--rule", "8 0 15 1 r"],
            ["--rule", "8 1 0 2 -", "-f", file, "--skip-missing", "--dry-run", "--json"],
        ] {
            #expect(devctl.run(bytes: (["load"] + arguments).map { Array($0.utf8) }).status == 0)
            #expect(devctl.run(bytes: (["unload"] + arguments).map { Array($0.utf8) }).status == 0)
        }
        #expect(devctl.twin?.commits.map(\.options).suffix(2) == [.dryRun, [.dryRun, .skipMissing]])
        for arguments in [["-f", file], ["--file", file], ["--rule", "8 0 15 1 r"], [file], ["--", file]] {
            #expect(devctl.run(bytes: (["check"] + arguments).map { Array($0.utf8) }).status == 0)
        }
        #expect(devctl.run("load", "-h").status == 0)
        #expect(devctl.run("load", "--all", "-f", file).status == 2)
        #expect(devctl.run("load", file).status == 2)
    }

    @Test func namesOfFilesAreBytes() {
        let directory = TemporaryDirectory()
        let path = directory.write(BytePath([0xff, 0x41]), "8 0 15 1 r\n")
        let (status, output) = DevctlRun().run(bytes: [Array("load".utf8), Array("-f".utf8), path.bytes])
        #expect(status == 0)
        #expect(output.messages.hasPrefix("1 rule added"))
    }

    @Test func errorsOfRulesAreCounted() {
        let (status, output) = DevctlRun().run("load", "--rule", "8 0 15 1 q")
        #expect(status == 3)
        #expect(output.messageLines.last == "devctl: error: the rules have 1 error; nothing was sent to the kernel")
    }
}

/// Every command answers in JSON with --json, also if it fails.
@Suite struct DevctlJSONTests {
    private func devctl() -> DevctlRun {
        let twin = Twin()
        twin.live.rules = [DeviceRule(number(8, 0), range: 15, priority: 1, permissions: [.read])]
        return DevctlRun(twin: twin, nodes: ["/dev/sda1": number(8, 1)])
    }

    @Test(
        arguments: [
            (["check", "--rule", "8 0 15 1 r"], 0, #""rules":[{"major":8,"minor":0,"range":15,"#),
            (["load", "--rule", "8 0 15 1 r"], 0, #""accepted":true,"dry_run":false,"#),
            (["unload", "-n", "--rule", "8 0 15 1 r"], 0, #""accepted":true,"dry_run":true,"#),
            (["show"], 0, #""rules":[{"major":8,"#), (["status"], 1, #""locked":false,"#),
            (["explain", "/dev/sda1"], 0, #""device":"8:1","rule":{"major":8,"#),
            (["resolve", "/dev/sda1"], 0, #""devices":[{"major":8,"minor":1,"range":0}]"#),
            (["lock", "-n"], 0, #""locked":false,"changed":false,"dry_run":true,"#),
        ] as [([String], Int32, String)])
    func answers(_ arguments: [String], _ wanted: Int32, _ members: String) {
        let (status, output) = devctl().run(bytes: (arguments + ["--json"]).map { Array($0.utf8) })
        #expect(status == wanted)
        #expect(output.resultText.hasPrefix(#"{"schema":1,"# + members))
        #expect(output.resultText.hasSuffix("}\n"))
    }

    @Test(
        arguments: [
            (["laod"], 2, "usage"), (["load", "--bogus"], 2, "usage"), (["load"], 2, "usage"),
            (["explain", "8:1", "--want", "q"], 2, "usage"), (["load", "--rule", "8 1"], 3, "syntax"),
            (["diff"], 6, "io"), (["resolve", "/dev/sdb"], 1, "no"), (["explain", "/dev/sdb"], 6, "io"),
            (["mounts", "--mountinfo", "/nonexistent"], 6, "io"),
        ] as [([String], Int32, String)])
    func failures(_ arguments: [String], _ wanted: Int32, _ word: String) {
        let (status, output) = devctl().run(bytes: (arguments + ["--json"]).map { Array($0.utf8) })
        #expect(status == wanted)
        #expect(
            output.resultText.hasPrefix(
                #"{"schema":1,"failure":{"status":\#(wanted),"word":"\#(word)","message":""#))
        #expect(output.messages.contains("devctl: error: "))
    }

    @Test(arguments: ["show", "status", "lock"])
    func noDevice(_ verb: String) {
        let (status, output) = DevctlRun(twin: nil).run(verb, "--json")
        #expect(status == 5)
        #expect(output.resultText.contains(#""word":"unavailable","message":"/dev/devctl: No such file"#))
    }

    /// A refusal of the kernel has the members that `verictl load` has.
    @Test func aRefusal() {
        let devctl = devctl()
        var refusal = CommitOutcome()
        refusal.error = .exists
        refusal.reason = .exists
        refusal.generation = 7
        refusal.results = [CommitResult(index: 0, error: .exists, reason: .exists, isSkipped: false)]
        devctl.twin?.refusal = refusal
        let (status, output) = devctl.run("load", "--rule", "8 0 15 2 r", "--json")
        #expect(status == 4)
        #expect(
            output.resultText
                == #"{"schema":1,"accepted":false,"dry_run":false,"generation":7,"added":0,"removed":0,"unchanged":0,"#
                + #""skipped":0,"error":"EEXIST","reason":"exists","results":[{"index":0,"major":8,"minor":0,"#
                + #""range":15,"priority":2,"permissions":"r","source":"<argument>","line":1,"skipped":false,"#
                + #""error":"EEXIST","reason":"exists"}]}"# + "\n")
    }

    @Test func aRefusalInWords() {
        let devctl = devctl()
        var refusal = CommitOutcome()
        refusal.error = .notPermitted
        refusal.reason = .permission
        devctl.twin?.refusal = refusal
        let (status, output) = devctl.run("load", "--rule", "8 0 15 2 r")
        #expect(status == 4)
        #expect(
            output.messageLines == [
                "devctl: error: the kernel refused: Operation not permitted (permission); hint: a change takes "
                    + "CAP_SYS_ADMIN in the initial user namespace and context 0; if that is active, devctl listed "
                    + "with the privilege V (VERICTL)",
                "nothing was changed; generation 0",
            ])
    }
}
