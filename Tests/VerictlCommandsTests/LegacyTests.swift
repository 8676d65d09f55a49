// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Image
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

private func parse(_ words: String...) throws -> LegacyArguments.Request {
    try LegacyArguments.parse(words.map { Array($0.utf8) })
}

@Suite struct LegacyArgumentsTests {
    @Test func bundlesAndOrders() throws {
        let expected = LegacyArguments.Request.action(.load, .file("rules"), dryRun: false)
        #expect(try parse("-l", "-f", "rules") == expected)
        #expect(try parse("-lf", "rules") == expected)
        #expect(try parse("-lfrules") == expected)
        #expect(try parse("-f", "rules", "-l") == expected)
        #expect(try parse("-frules", "stray", "-l", "--", "-u") == expected)
        #expect(try parse("-Dlf", "-") == .action(.load, .file("-"), dryRun: true))
        #expect(try parse("-uc", "text") == .action(.unload, .text(Array("text".utf8)), dryRun: false))
        #expect(try parse("-pD") == .action(.printLevel, nil, dryRun: true))
        #expect(try parse("-p", "junk") == .action(.printLevel, nil, dryRun: false))
    }

    @Test func argumentsOfOptionsMayLookLikeOptions() throws {
        #expect(try parse("-L", "-") == .action(.setLevel(.init(context: nil, level: [])), nil, dryRun: false))
        #expect(try parse("-l", "-c", "-u") == .action(.load, .text(Array("-u".utf8)), dryRun: false))
        #expect(try parse("-U-1") == .action(.updateContext(.own), nil, dryRun: false))
    }

    @Test func helpActsWhenItIsReached() throws {
        #expect(try parse("-h", "-z") == .help)
        #expect(try parse("-lH") == .longHelp)
        #expect(try parse("-v") == .version)
        #expect(throws: LegacyArguments.Failure.self) { try parse("-z", "-h") }
        #expect(throws: LegacyArguments.Failure.self) { try parse("-l", "-l", "-h") }
    }

    @Test(
        arguments: [
            "-l", "-u", "-l -f a -f b", "-l -c a -f b", "-l -c a -c b", "-l -u -f a", "-l -l -f a", "-l -f", "-z",
            "-x", "-x -f a", "-X -f a", "-y -f a", "-D", "-f a", "-c a", "-L", "-L bogus", "-L 5-", "-L foo-active",
            "-U", "-U x", "-e -d", "-lz -f a", "-p -m", "-l --file a",
        ])
    func refuses(_ command: String) {
        #expect(throws: LegacyArguments.Failure.self) {
            try LegacyArguments.parse(command.split(separator: " ").map { Array($0.utf8) })
        }
    }

    /// The pairing is checked at the end, the syntax of -L while reading.
    @Test func syntaxComesBeforePairing() {
        let failure = #expect(throws: LegacyArguments.Failure.self) { try parse("-l", "-L", "bogus") }
        #expect(failure?.message.hasPrefix("-L: ") == true)
    }

    /// -p, -m, -U, -L, -e and -d ignore a source.
    @Test(arguments: ["-p", "-m", "-U5", "-Lactive", "-e", "-d"])
    func ignoredSources(_ option: String) throws {
        #expect(throws: Never.self) { try parse(option, "-f", "x") }
    }
}

@Suite struct LegacyModeTests {
    private let device = RecordingDevice()

    /// IF-06
    @Test func countsEntries() {
        device.knowledge.entries = 412
        let (status, output) = ToolRun(device: device).run("-m")
        #expect(status == 0)
        #expect(output.resultText == "412 entries\n")
        #expect(ToolRun(device: nil).run("-m").status == 1)
        #expect(ToolRun(device: nil).run("-m", "-D").output.resultText == "count entries\n")
    }

    @Test func loadsFromStandardInput() throws {
        var tool = ToolRun(device: device)
        tool.standardInput = Array("\(line("/b"))\n\(line("/a"))\n".utf8)
        let (status, output) = tool.run("-l", "-f", "-")
        #expect(status == 0)
        #expect(output.result.isEmpty && output.messages.isEmpty)
        #expect(device.commits.map(\.mode) == [.add])
        #expect(try ImageDecoder.decode(device.commits[0].image).count == 2)
    }

    @Test func loadsOneEntry() {
        #expect(ToolRun(device: device).run("-lc", line("/a")).status == 0)
        #expect(device.commits.count == 1)
    }

    @Test func unloadsWithADummyDigest() {
        let run = ToolRun(device: device).run("-u", "-c", "/a -1 eZ - - - c sha256 dummy")
        #expect(run.status == 0)
        #expect(device.commits.map(\.mode) == [.remove])
    }

    @Test func aFileWithoutEntriesIsASuccessWithoutARequest() {
        #expect(ToolRun(device: device).run("-l", "-f", "/dev/null").status == 0)
        #expect(device.commits.isEmpty)
        #expect(ToolRun(device: device).run("-l", "-c", "").status == 1)
    }

    @Test func everyFailureIsOne() {
        #expect(ToolRun().run("-l", "-c", line("/a")).status == 1)
        #expect(ToolRun(device: device).run("-l", "-c", "junk").status == 1)
        #expect(ToolRun(device: device).run("-l", "-f", "/nonexistent").status == 1)
        #expect(ToolRun(device: device).run("-z").status == 1)
        device.outcomes = [
            refusal(.noEntry, CommitResult(index: 0, error: .noEntry, reason: .noFile, isSkipped: false))
        ]
        #expect(ToolRun(device: device).run("-l", "-c", line("/a")).status == 1)
    }

    /// The device comes before the rules, as it always has.
    @Test func theDeviceComesFirst() {
        let run = ToolRun().run("-l", "-c", "junk")
        #expect(run.status == 1)
        #expect(run.output.messages.contains("/dev/veriexec"))
        #expect(!run.output.messages.contains("fields"))
    }

    @Test func dryRunNeedsNoDevice() {
        let directory = TemporaryDirectory()
        let file = directory.write("rules", line("/b") + "\n" + line("/a") + "\n")
        let run = ToolRun().run("-D", "-l", "-f", file.description)
        #expect(run.status == 0)
        #expect(run.output.resultText == "load \(line("/b"))\nload \(line("/a"))\n")
        #expect(ToolRun().run("-Dl", "-c", "junk").status == 1)
    }

    @Test(
        arguments: [
            (["-x", "-c", "611 active CHOWN cs"], "create context 611 active CHOWN cs\n"),
            (["-X", "-c", "611 - - -"], "delete context 611 inactive - -\n"),
            (["-y", "-c", "0x258 - KILL cs"], "narrow context 600 inactive KILL cs\n"),
            (["-e"], "set level of the current context to active\n"),
            (["-d"], "set level of the current context to inactive\n"),
            (["-L", "0-active:ctx_immutable"], "set level of context 0 to active:ctx_immutable\n"),
            (["-L", "active"], "set level of the current context to active\n"),
            (["-U", "501"], "set update context to 501\n"), (["-p"], "get level of the current context\n"),
        ])
    func requestsArePrinted(_ arguments: [String], _ request: String) {
        let dry = ToolRun(device: device).run(bytes: (arguments + ["-D"]).map { Array($0.utf8) })
        #expect(dry.status == 0)
        #expect(dry.output.resultText == request)
        #expect(ToolRun().run(bytes: (arguments + ["-D"]).map { Array($0.utf8) }).status == 0)
        #expect(device.contextRequests.isEmpty)
        #expect(device.commits.isEmpty)
    }

    private static func entry(
        _ context: UInt32, _ level: UInt32, _ capabilities: UInt64, _ privileges: UInt64
    ) -> ContextEntry {
        ContextEntry(
            context: ContextID(context), level: ContextLevel(rawValue: level),
            capabilities: CapabilitySet(rawValue: capabilities), privileges: Privileges(rawValue: privileges))
    }

    @Test(
        arguments: [
            (
                ["-x", "-c", "611 active:enforce_mntro:self_immutable CHOWN|KILL|NET_BIND_SERVICE Pcs"],
                .create(entry(611, 0x109, 0x421, 0x2c))
            ),
            (["-xc", "612 inactive - -"], .create(entry(612, 0, 0, 0))),
            (["-X", "-c", "5 - - -"], .delete(ContextID(5))),
            (["-y", "-c", "0x5 - KILL cs"], .narrow(entry(5, 0, 0x20, 0xc))),
            (["-e"], .setLevel(.active, .own)), (["-d"], .setLevel([], .own)),
            (["-L", "active:enforce_exec:permissive"], .setLevel(ContextLevel(rawValue: 0x2401), .own)),
            (["-L5-active:seal"], .setLevel([.active, .seal], ContextID(5))),
            (["-L", "0-inactive"], .setLevel([], ContextID(0))),
            (["-U", "501"], .setUpdate(ContextID(501))), (["-U", "0"], .setUpdate(ContextID(0))),
            (["-U", "-1"], .setUpdate(.own)),
        ] as [([String], RecordingDevice.ContextRequest)])
    func requestsAreSent(_ arguments: [String], _ request: RecordingDevice.ContextRequest) {
        device.knowledge.context = ContextID(0)
        for number in [UInt32(0), 5] { device.contexts[ContextID(number)] = ContextState(context: ContextID(number)) }
        let run = ToolRun(device: device).run(bytes: arguments.map { Array($0.utf8) })
        #expect(run.status == 0)
        // A level that stays active is compared with the present one before.
        #expect(device.contextRequests.filter { $0 != .get(.own) } == [request])
        #expect(run.output.result.isEmpty && run.output.messages.isEmpty)
        #expect(device.commits.isEmpty)
    }

    @Test func theLevelIsPrintedAsANumber() {
        device.knowledge.context = ContextID(7)
        device.contexts[ContextID(7)] = ContextState(context: ContextID(7))
        #expect(ToolRun(device: device).run("-p").output.resultText == "0\n")
        device.contexts[ContextID(7)]?.level = [.active, .enforceExec]
        let (status, output) = ToolRun(device: device).run("-p", "junk")
        #expect(status == 0)
        #expect(output.resultText == "1025\n")
    }

    @Test(arguments: [["-x", "-c", "611 active CHOWN cs"], ["-X", "-c", "611 - - -"], ["-e"], ["-p"], ["-U", "501"]])
    func refusalsAreTold(_ arguments: [String]) {
        let bytes = arguments.map { Array($0.utf8) }
        device.contextRefusal = ContextRefusal(error: .notPermitted, reason: .immutable)
        let refused = ToolRun(device: device).run(bytes: bytes)
        #expect(refused.status == 1)
        #expect(refused.output.messages.contains("(immutable: Operation not permitted)"))
        #expect(refused.output.result.isEmpty)
        device.contextRefusal = ContextRefusal(error: .notTerminal)
        let old = ToolRun(device: device).run(bytes: bytes)
        #expect(old.status == 1)
        #expect(old.output.messages.contains("this kernel does not support the request"))
        #expect(ToolRun().run(bytes: bytes).status == 1)
        #expect(device.contextRequests.filter { arguments == ["-p"] || $0 != .get(.own) }.count == 2)
    }

    @Test func unknownLevelsAreNamed() {
        device.knowledge.levelsEnforced = [.active, .enforceExec]
        device.contextRefusal = ContextRefusal(error: .invalid, reason: .badLevel)
        let run = ToolRun(device: device).run("-L", "seal")
        #expect(run.status == 1)
        #expect(
            run.output.messages.contains("(bad-level: Invalid argument); hint: this kernel has active, enforce_exec\n"))
    }

    /// The device comes before the context, as it does before the rules.
    @Test func theDeviceComesBeforeTheContext() {
        #expect(ToolRun().run("-x", "-c", "junk").output.messages.contains("/dev/veriexec"))
        let run = ToolRun(device: device).run("-x", "-c", "junk")
        #expect(run.status == 1)
        #expect(device.contextRequests.isEmpty)
    }

    @Test(arguments: ["611 active CHOWN", "abc - - -", "611 0x1 - -"])
    func badContextsAreRefusedEvenDry(_ text: String) {
        #expect(ToolRun().run("-Dx", "-c", text).status == 1)
    }

    @Test func helpAndVersion() {
        #expect(ToolRun().run("-h").status == 0)
        #expect(ToolRun().run("-v").output.resultText == "verictl - Version \(VerictlTool.version)\n")
        let long = ToolRun().run("-H").output.resultText
        for word in ["NET_BIND_SERVICE", "CHECKPOINT_RESTORE", "CONTEXT", "lvl_immutable", "U UNSHARE", "sha512"] {
            #expect(long.contains(word))
        }
        #expect(long.split(separator: "\n").allSatisfy { $0.utf8.count <= 80 })
    }
}
