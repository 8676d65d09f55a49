// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Image
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct LoadTests {
    private let device = RecordingDevice()

    private func sent(_ index: Int = 0) throws -> [Rule] {
        try ImageDecoder.decode(try #require(device.commits.dropFirst(index).first).image)
    }

    @Test func entriesAreAdded() throws {
        let (status, output) = ToolRun(device: device).run(
            "load", "--entry", line("/b"), "--entry", line("/a", flags: "-"))
        #expect(status == 0)
        #expect(device.commits.map(\.mode) == [.add])
        #expect(device.commits[0].options == [])
        #expect(try sent().map(\.path) == ["/a", "/b"])
        #expect(output.result.isEmpty)
        #expect(output.messageLines.last == "2 entries added, 0 removed, 0 unchanged; generation 1")
    }

    @Test func allReplaces() throws {
        let directory = TemporaryDirectory()
        directory.write("one", line("/bin/ls"))
        directory.write("two", line("/bin/sh"))
        var tool = ToolRun(device: device)
        tool.ruleDirectories = [directory.path]
        #expect(tool.run("load", "--all").status == 0)
        #expect(device.commits.map(\.mode) == [.replace])
        #expect(try sent().map(\.path) == ["/bin/ls", "/bin/sh"])
        #expect(try sent().map(\.origin.text) == ["\(directory.path)/one:1", "\(directory.path)/two:1"])
    }

    /// Fault 28, case 18: what a removed package leaves behind does not cost the
    /// others their rules.
    @Test(
        arguments: [
            ([], CommitOptions.skipMissing), (["--strict"], []), (["--skip-missing", "--strict"], .skipMissing),
        ] as [([String], CommitOptions)])
    func allSkipsMissingFiles(_ words: [String], _ options: CommitOptions) {
        let directory = TemporaryDirectory()
        directory.write("one", line("/bin/sh"))
        var tool = ToolRun(device: device)
        tool.ruleDirectories = [directory.path]
        let arguments = ["load", "--all"] + words
        #expect(tool.run(bytes: arguments.map { Array($0.utf8) }).status == 0)
        #expect(device.commits.map(\.options) == [options])
    }

    /// Fault 26, case 08: the entry of a renamed file is not found by its old name.
    @Test func unloadNamesWhatStaysInForce() {
        let directory = TemporaryDirectory()
        directory.write("entries", "context=0 dev=0:1 inode=1 path=/a\ncontext=5 dev=0:1 inode=2 path=/a\n")
        device.knowledge.context = ContextID(0)
        device.outcomes = [CommitOutcome()]
        var tool = ToolRun(device: device)
        tool.securityfs = directory.path
        let unload = { (tool: ToolRun) in tool.run("unload", "--entry", line("/a")).output.messages }
        #expect(!unload(tool).contains("warning"))
        tool.presentName = { _ in .renamed("/b") }
        #expect(
            unload(tool).contains(
                "warning: an entry of context 0 that was listed as /a is still in force; its file is /b now; hint:"))
        #expect(!unload(tool).contains("context 5"))
        tool.presentName = { _ in .notFound }
        #expect(unload(tool).contains("its file has another name now"))
        #expect(!tool.run("unload", "-n", "--entry", line("/a")).output.messages.contains("warning"))
        #expect(!tool.run("unload", "--entry", line("/c")).output.messages.contains("warning"))
    }

    /// Fault 12: contexts that no rule names are reached, where that is possible.
    @Test(
        arguments: [
            (ContextID(0), .allContexts), (ContextID(9), .allContexts), (ContextID(5), CommitOptions()),
            (.own, CommitOptions()),
        ] as [(ContextID, CommitOptions)])
    func allReachesEveryContext(_ context: ContextID, _ options: CommitOptions) {
        let directory = TemporaryDirectory()
        directory.write("one", line("/bin/sh"))
        device.knowledge.context = context
        device.knowledge.updateContext = ContextID(9)
        var tool = ToolRun(device: device)
        tool.ruleDirectories = [directory.path]
        #expect(tool.run("load", "--all").status == 0)
        #expect(tool.run("load", "--all", "-n").status == 0)
        #expect(tool.run("unload", "--all").status == 0)
        #expect(tool.run("load", "-f", directory.path.description, "--replace").status == 0)
        #expect(tool.run("load", "-f", directory.path.description).status == 0)
        #expect(
            device.commits.map(\.options) == [
                options.union(.skipMissing), options.union([.skipMissing, .dryRun]), options, [], [],
            ])
    }

    @Test func refusalOfAContextThatNoRuleNames() {
        device.knowledge.context = ContextID(0)
        var outcome = CommitOutcome()
        outcome.error = .notPermitted
        outcome.reason = .immutable
        device.outcomes = [outcome]
        let (status, output) = ToolRun(device: device).run("unload", "--all")
        #expect(status == 4)
        #expect(output.messages.contains("a context whose entries would be removed"))
        #expect(output.messages.contains("nothing was changed"))
    }

    @Test func filesAndStandardInputAreJoined() throws {
        let directory = TemporaryDirectory()
        let file = directory.write("one", line("/one"))  // no newline at the end: nothing is glued
        var tool = ToolRun(device: device)
        tool.standardInput = Array(line("/two").utf8)
        #expect(tool.run("load", "-f", file.description, "-f", "-").status == 0)
        #expect(try sent().map(\.path) == ["/one", "/two"])
    }

    @Test(
        arguments: [
            (["--skip-missing"], CommitOptions.skipMissing), (["--skip-contexts"], .skipContexts), (["-n"], .dryRun),
            (["--dry-run", "--skip-missing"], [.dryRun, .skipMissing]), (["--beside"], .beside),
        ] as [([String], CommitOptions)])
    func optionsReachTheKernel(_ words: [String], _ options: CommitOptions) {
        let arguments = ["load", "--entry", line("/a")] + words
        #expect(ToolRun(device: device).run(bytes: arguments.map { Array($0.utf8) }).status == 0)
        #expect(device.commits.map(\.options) == [options])
    }

    @Test func nothingIsSentAfterAnError() {
        let (status, output) = ToolRun(device: device).run("load", "--entry", line("/a"), "--entry", "junk")
        #expect(status == 3)
        #expect(device.commits.isEmpty)
        #expect(output.messages.contains("nothing was loaded"))
    }

    @Test func compiledImagesAreSentAsTheyAre() throws {
        let directory = TemporaryDirectory()
        let rules = directory.write("rules", line("/b") + "\n" + line("/a"))
        let image = directory.path.appending(Array("image".utf8))
        #expect(ToolRun().run("compile", "-o", image.description, rules.description).status == 0)
        #expect(ToolRun(device: device).run("load", "--compiled", image.description, "--replace").status == 0)
        #expect(device.commits.map(\.image) == [try Files.read(image)])
        #expect(device.commits.map(\.mode) == [.replace])
        #expect(device.commits.map(\.entries) == [2])
    }

    /// Only what is spoken about is read from the image.
    @Test func entriesOfCompiledImagesAreNamed() throws {
        let directory = TemporaryDirectory()
        let rules = directory.write("rules", line("/b") + "\n" + line("/a", flags: "er"))
        let image = directory.path.appending(Array("image".utf8)).description
        #expect(ToolRun().run("compile", "-o", image, rules.description).status == 0)
        device.knowledge.flagsEnforced = [.executable]
        var accepted = CommitOutcome()
        accepted.results = [CommitResult(index: 1, error: .noEntry, reason: .noFile, isSkipped: true)]
        device.outcomes = [
            refusal(.exists, CommitResult(index: 0, error: .exists, reason: .exists, isSkipped: false)), accepted,
        ]
        let refused = ToolRun(device: device).run("load", "--compiled", image)
        #expect(refused.status == 4)
        #expect(refused.output.messages.hasPrefix("\(rules):2: error: /a: File exists (exists); hint: "))
        let taken = ToolRun(device: device).run("load", "--compiled", image)
        #expect(taken.status == 0)
        #expect(taken.output.messageLines[0] == "\(rules):1: note: /b: there is no such file; entry skipped")
        #expect(taken.output.messageLines[1].contains("flag r (NEEDROOT) is recorded but not enforced"))
        #expect(taken.output.messageLines[1].hasSuffix("(1 entry)"))
    }

    @Test func damagedImagesAreNotSent() throws {
        let directory = TemporaryDirectory()
        let image = directory.write("image", [UInt8](repeating: 0, count: 100))
        #expect(ToolRun(device: device).run("load", "--compiled", image.description).status == 3)
        #expect(ToolRun(device: device).run("load", "--compiled", "/nonexistent").status == 6)
        #expect(device.commits.isEmpty)
    }

    private let allow = "* 7 - - - - - sha256 \(digest)"

    @Test func allowDigestsAreSent() throws {
        let run = ToolRun(device: device).run("load", "--entry", line("/a"), "--entry", allow)
        #expect(run.status == 0)
        #expect(try sent().map(\.isAllowDigest) == [false, true])
        #expect(try sent().map(\.context) == [.own, ContextID(7)])
    }

    @Test func refusedAllowDigestsAreNamed() {
        device.outcomes = [
            refusal(.noEntry, CommitResult(index: 0, error: .noEntry, reason: .noContext, isSkipped: false))
        ]
        let output = ToolRun(device: device).run("load", "--entry", allow).output
        #expect(
            output.messages.hasPrefix(
                "<argument>:1: error: * sha256 abababababababab...: there is no such context (no-context); hint: "))
        let json = ToolRun(device: device).run("load", "--json", "--entry", allow).output.resultText
        #expect(
            json.contains(#"{"index":0,"path":"*","context":7,"algorithm":"sha256","digest":"\#(digest)","source":"#))
    }

    /// As with a context 0 that is active, and a verictl that is not listed.
    @Test func withoutTheRightToCommit() {
        device.commitError = .notPermitted
        let (status, output) = ToolRun(device: device).run("load", "--entry", line("/a"))
        #expect(status == 4)
        #expect(output.messages.contains("refused the request: Operation not permitted; hint: this requires root"))
        #expect(output.messages.contains("privilege V\n"))
    }

    @Test func aThirdEntryIsOneTooMany() {
        device.outcomes = [
            refusal(.exists, CommitResult(index: 0, error: .exists, reason: .exists, isSkipped: false))
        ]
        let output = ToolRun(device: device).run("load", "--beside", "--entry", line("/a")).output
        #expect(output.messages.contains("hint: two entries for this file are in force; unload one of them\n"))
    }

    @Test func otherRefusalsAreExplained() {
        device.outcomes = [
            refusal(
                .notPermitted, CommitResult(index: 0, error: .notPermitted, reason: .immutable, isSkipped: false))
        ]
        let output = ToolRun(device: device).run("load", "--entry", line("/a")).output
        #expect(
            output.messages.contains(
                "(immutable); hint: the level of the context forbids this, or it was possible only once until "
                    + "reboot\n"))
    }

    // MARK: Refusals

    @Test func refusedEntriesAreNamedAtTheirPlace() {
        let directory = TemporaryDirectory()
        let file = directory.write("rules", "#\n" + line("/b") + "\n" + line("/a"))
        device.outcomes = [
            refusal(
                .noEntry, CommitResult(index: 1, error: .noEntry, reason: .noFile, isSkipped: false),
                CommitResult(index: 0, error: .invalid, reason: .unsupportedAlgorithm, isSkipped: false))
        ]
        let (status, output) = ToolRun(device: device).run("load", "-f", file.description)
        #expect(status == 4)
        #expect(
            output.messageLines == [
                "\(file):2: error: /b: No such file or directory (no-file); hint: use --skip-missing to skip such entries",
                "\(file):3: error: /a: Invalid argument (unsupported-algorithm); hint: this kernel has sha256, sha384, sha512, fsverity-sha256, fsverity-sha512",
                "nothing was changed; generation 4",
            ])
    }

    @Test func skippedEntriesAreNotes() {
        var outcome = CommitOutcome()
        outcome.skipped = 2
        outcome.results = [
            CommitResult(index: 0, error: .noEntry, reason: .noContext, isSkipped: true),
            CommitResult(index: 1, error: .noEntry, reason: .noFile, isSkipped: true),
        ]
        outcome.resultsCount = 2
        device.outcomes = [outcome]
        let (status, output) = ToolRun(device: device).run(
            "load", "--entry", line("/a", "1002"), "--entry", line("/b"), "--skip-contexts", "--skip-missing")
        #expect(status == 0)
        #expect(
            output.messageLines == [
                "<argument>:1: note: /a: context 1002: this kernel has no such context; entry skipped",
                "<argument>:1: note: /b: there is no such file; entry skipped",
                "0 entries added, 0 removed, 0 unchanged, 2 skipped; generation 0",
            ])
    }

    @Test func commonRefusalsComeWithAHint() {
        device.knowledge.flagsKnown = [.executable]
        let reasons: [Reason] = [.exists, .duplicate, .unsupportedFlags]
        var outcome = refusal(.exists)
        outcome.results = reasons.indices.map { index in
            CommitResult(index: index, error: .exists, reason: reasons[index], isSkipped: false)
        }
        device.outcomes = [outcome]
        let run = ToolRun(device: device).run(
            "load", "--entry", line("/a"), "--entry", line("/b"), "--entry", line("/c", flags: "er"))
        #expect(run.status == 4)
        #expect(
            run.output.messageLines[0].hasSuffix(
                "(exists); hint: another entry for this file is in force; unload it first, or use --beside"))
        #expect(
            run.output.messageLines[1].hasSuffix(
                "(duplicate); hint: another path of these rules leads to the same file"))
        #expect(run.output.messageLines[2].hasSuffix("(unsupported-flags); hint: this kernel does not support r"))
    }

    @Test func faultsOfTheImageNameTheirPlace() {
        var outcome = refusal(.invalid)
        outcome.errorOffset = 72
        device.outcomes = [outcome]
        let (status, output) = ToolRun(device: device).run("load", "--entry", line("/a"))
        #expect(status == 4)
        #expect(output.messageLines[0] == "verictl: error: the kernel refused: Invalid argument (bad-image) at byte 72")
    }

    @Test func lettersWithoutEffectAreSummedUp() {
        device.knowledge.flagsEnforced = [.executable]
        device.knowledge.privilegesEnforced = []
        let (status, output) = ToolRun(device: device).run(
            "load", "--entry", line("/a", flags: "er", privileges: "cs"), "--entry", line("/b", flags: "er"))
        #expect(status == 0)
        #expect(
            output.messageLines.dropLast() == [
                "verictl: note: flag r (NEEDROOT) is recorded but not enforced by this kernel (2 entries)",
                "verictl: note: privilege c (NETCLIENT) is recorded but not enforced by this kernel (2 entries)",
                "verictl: note: privilege s (NETSERVER) is recorded but not enforced by this kernel (1 entry)",
            ])
    }

    @Test func jsonTellsTheSame() {
        device.outcomes = [
            refusal(.noEntry, CommitResult(index: 0, error: .noEntry, reason: .noFile, isSkipped: false))
        ]
        let (status, output) = ToolRun(device: device).run("load", "--entry", line("/a"), "--json")
        #expect(status == 4)
        #expect(output.messages.isEmpty)
        #expect(
            output.resultText
                == #"{"schema":1,"accepted":false,"dry_run":false,"generation":4,"added":0,"removed":0,"unchanged":0,"#
                + #""skipped":0,"error":"ENOENT","reason":"no-file","error_offset":0,"results":[{"index":0,"path":"/a","#
                + #""context":-1,"source":"<argument>","line":1,"skipped":false,"error":"ENOENT","reason":"no-file"}],"#
                + #""not_enforced":[]}"# + "\n")
    }

    // MARK: The device

    @Test(
        arguments: [
            (Errno.noEntry, 5), (.noDevice, 5), (.noSuchDevice, 5), (.accessDenied, 4), (.notPermitted, 4),
            (Errno(24), 6),
        ] as [(Errno, Int32)])
    func openingTheDevice(_ error: Errno, _ status: Int32) {
        var tool = ToolRun()
        tool.openError = error
        let run = tool.run("load", "--entry", line("/a"))
        #expect(run.status == status)
        #expect(run.output.messages.hasPrefix("verictl: error: /dev/veriexec: "))
        #expect(run.output.messages.contains("; hint: ") == (status != 6))
    }

    @Test func otherInterfacesAreLeftAlone() {
        device.knowledge.abiVersion = 2
        #expect(ToolRun(device: device).run("load", "--entry", line("/a")).status == 5)
        device.infoError = .notTerminal
        #expect(ToolRun(device: device).run("load", "--entry", line("/a")).status == 5)
        #expect(device.commits.isEmpty)
    }

    @Test(
        arguments: [
            ["load", "--all", "--beside"], ["load", "-f", "x", "--replace", "--beside"],
            ["unload", "--all", "--beside"], ["gen", "--allow", "--flags", "e", "/bin/true"],
            ["gen", "--allow", "--privs", "c", "/bin/true"], ["gen", "--allow", "--caps-inh", "KILL", "/bin/true"],
            ["load"], ["load", "--all", "--entry", "x"], ["load", "--all", "-f", "x"], ["unload"],
            ["unload", "--all", "-f", "x"], ["nonsense"], [], ["check", "--nonsense"], ["gen"], ["compile", "--check"],
            ["gen", "--context", "x", "/bin/true"], ["gen", "--caps-eff", "BOGUS", "/bin/true"],
            ["gen", "-j", "0", "/a"],
            ["--nonsense"], ["show", "--context", "x"],
        ])
    func usageErrors(_ arguments: [String]) {
        let run = ToolRun(device: device).run(bytes: arguments.map { Array($0.utf8) })
        #expect(run.status == 2)
        #expect(run.output.result.isEmpty)
        #expect(!run.output.messages.isEmpty)
    }

    @Test(arguments: [["--help"], ["--version"], ["help", "load"], ["load", "--help"], ["gen", "-h"]])
    func helpGoesToStandardOutput(_ arguments: [String]) {
        let run = ToolRun().run(bytes: arguments.map { Array($0.utf8) })
        #expect(run.status == 0)
        #expect(!run.output.result.isEmpty)
        #expect(run.output.messages.isEmpty)
    }
}

@Suite struct UnloadTests {
    private let device = RecordingDevice()

    @Test func entriesAreRemovedByKey() throws {
        let (status, output) = ToolRun(device: device).run(
            "unload", "--entry", "/a 7 eZ BOGUS - - Q newhash dummy")
        #expect(status == 0)
        #expect(device.commits.map(\.mode) == [.remove])
        #expect(device.commits[0].options == [.skipMissing, .skipContexts])
        let rules = try ImageDecoder.decode(device.commits[0].image)
        #expect(rules.map(\.key) == [RuleKey(.file("/a"), context: ContextID(7))])
        #expect(rules[0].flags == [])
        #expect(output.messages.contains("unknown flag (ignored) 'Z'"))
    }

    /// They are found by their digest, so that it is kept.
    @Test func allowDigestsAreRemoved() throws {
        #expect(ToolRun(device: device).run("unload", "--entry", "* 7 - - - - - sha384 \(digest)").status == 3)
        #expect(ToolRun(device: device).run("unload", "--entry", "* 7 e - - - c sha256 \(digest)").status == 0)
        #expect(device.commits.map(\.options) == [[.skipMissing, .skipContexts]])
        let rules = try ImageDecoder.decode(device.commits[0].image)
        #expect(
            rules == [
                .allow(
                    .sha256, [UInt8](repeating: 0xab, count: 32), context: ContextID(7),
                    origin: RuleOrigin(source: Array("<argument>".utf8), line: 1))
            ])
    }

    /// Of two entries the digest says which; without it nothing is sent.
    @Test func besideRemovesTheOneWithTheDigest() throws {
        let tool = ToolRun(device: device)
        #expect(tool.run("unload", "--beside", "--entry", "/a 7 e - - - c sha256 dummy").status == 3)
        #expect(device.commits.isEmpty)
        let unknown = "/a 7 eZ - - - c sha512 \(digest)\(digest)"
        #expect(tool.run("unload", "--beside", "--entry", unknown).status == 0)
        #expect(device.commits.map(\.options) == [[.skipMissing, .skipContexts, .beside]])
        let rule = try #require(try ImageDecoder.decode(device.commits[0].image).first)
        #expect(rule.algorithm == .sha512)
        #expect(rule.digest == [UInt8](repeating: 0xab, count: 64))
        #expect(rule.flags == [] && rule.privileges == [])
        // Two digests of one file would be one too few in one commit.
        let both = ["/a 7 e - - - c sha256 \(digest)", "/a 7 e - - - c sha512 \(digest)\(digest)"]
        #expect(tool.run("unload", "--beside", "--entry", both[0], "--entry", both[1]).status == 3)
    }

    @Test func allReplacesByNothing() throws {
        #expect(ToolRun(device: device).run("unload", "--all").status == 0)
        #expect(device.commits.map(\.mode) == [.replace])
        #expect(try ImageDecoder.decode(device.commits[0].image).isEmpty)
    }

    @Test func missingEntriesAreSuccess() throws {
        device.outcomes = [
            refusal(.noEntry, CommitResult(index: 0, error: .noEntry, reason: .noEntry, isSkipped: false)),
            CommitOutcome(),
        ]
        #expect(ToolRun(device: device).run("unload", "--entry", line("/a"), "--entry", line("/b")).status == 0)
        #expect(device.commits.count == 2)
        #expect(try ImageDecoder.decode(device.commits[1].image).map(\.path) == ["/b"])
    }

    @Test func otherRefusalsAreFailures() {
        device.outcomes = [
            refusal(.notPermitted, CommitResult(index: 0, error: .notPermitted, reason: .permission, isSkipped: false))
        ]
        #expect(ToolRun(device: device).run("unload", "--entry", line("/a")).status == 4)
        #expect(device.commits.count == 1)
    }
}

@Suite struct CompileTests {
    private let directory = TemporaryDirectory()

    @Test func sameRulesSameBytesWhateverTheirOrder() throws {
        let file = directory.write("rules", line("/b") + "\n" + line("/a") + "\n")
        let (status, output) = ToolRun().run("compile", file.description)
        #expect(status == 0)
        #expect(try ImageDecoder.decode(output.result).map(\.path) == ["/a", "/b"])
        let again = ToolRun().run("compile", file.description).output
        #expect(again.result == output.result)
        // The identity: 64 hexadecimal digits at the start of the message.
        #expect(output.messages.prefix { $0.isHexDigit }.count == 64)
        #expect(output.messages == again.messages)
    }

    @Test func staleFilesAreFound() {
        let rules = directory.write("rules", line("/a"))
        let image = directory.path.appending(Array("image".utf8)).description
        #expect(ToolRun().run("compile", "-o", image, "--check", rules.description).status == 1)
        #expect(ToolRun().run("compile", "-o", image, rules.description).status == 0)
        #expect(ToolRun().run("compile", "-o", image, "--check", rules.description).status == 0)
        directory.write("rules", line("/b"))
        #expect(ToolRun().run("compile", "-o", image, "--check", rules.description).status == 1)
        #expect(ToolRun().run("compile", "-o", "/nonexistent/x", rules.description).status == 6)
    }

    @Test func noImageForATerminalOrWithErrors() {
        var tool = ToolRun()
        tool.terminal = true
        #expect(tool.run("compile", "/dev/null").status == 2)
        let run = ToolRun().run("compile", directory.write("rules", "junk").description)
        #expect(run.status == 3)
        #expect(run.output.result.isEmpty)
    }
}
