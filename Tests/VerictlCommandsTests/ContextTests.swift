// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

/// CX-*: the commands; the old letters are in LegacyTests.
@Suite struct ContextTests {
    private let device = RecordingDevice()
    private let directory = TemporaryDirectory()

    init() {
        device.knowledge.context = ContextID(0)
        var admin = ContextState(context: ContextID(0))
        admin.level = [.active, .levelImmutable]
        admin.capabilities = .all
        admin.privileges = .all
        admin.serial = 1
        var jail = ContextState(context: ContextID(501))
        jail.capabilities = CapabilitySet(bit: 5)
        jail.privileges = .networkClient
        jail.serial = 9
        jail.entries = 2
        jail.digests = 3
        device.contexts = [ContextID(0): admin, ContextID(501): jail]
    }

    private func run(_ words: String...) -> (status: Int32, output: Capture) {
        var tool = ToolRun(device: device)
        tool.securityfs = directory.path
        return tool.run(bytes: words.map { Array($0.utf8) })
    }

    // MARK: list, show

    @Test func list() {
        directory.write(
            "status",
            """
            abi_version 1
            context.0.entries 1
            context.0.level 0x401
            context.0.cap_bound 0x21
            context.0.priv_bound 0x4
            context.0.serial 1
            context.0.digests 0
            context.501.entries 2
            context.501.digests 1
            context.501.level 0x0
            context.7.entries 5

            """)
        let (status, output) = run("context", "list")
        #expect(status == 0)
        #expect(
            output.resultText == """
                0    active:enforce_exec, 1 entry, 0 allow digests
                501  inactive, 2 entries, 1 allow digest
                7    5 entries

                """)
        #expect(
            run("context", "list", "--json").output.resultText
                == #"{"schema":1,"contexts":[{"context":0,"entries":1,"digests":0,"level":["active","enforce_exec"],"#
                + #""capabilities":["CHOWN","KILL"],"privileges":"c","privilege_names":["NETCLIENT"],"serial":1},{"context":501,"entries":2,"#
                + #""digests":1,"level":[]},{"context":7,"entries":5}]}"# + "\n")
        #expect(device.contextRequests.isEmpty)
    }

    @Test func show() {
        let (status, output) = run("context", "show", "501", "0")
        #expect(status == 0)
        #expect(
            output.resultText == """
                context         501
                  level         inactive
                  capabilities  KILL
                  privileges    c
                  serial        9
                  entries       2
                  digests       3

                context         0
                  level         active:lvl_immutable
                  capabilities  all
                  privileges    all
                  serial        1
                  entries       0
                  digests       0

                """)
        #expect(
            run("context", "show", "0x1f5", "--json").output.resultText
                == #"{"schema":1,"contexts":[{"context":501,"level":[],"capabilities":["KILL"],"privileges":"c","privilege_names":["NETCLIENT"],"#
                + #""serial":9,"entries":2,"digests":3}]}"# + "\n")
        #expect(run("context", "show").output.resultText.hasPrefix("context         0\n"))
    }

    @Test func showOfWhatIsNotThere() {
        let (status, output) = run("context", "show", "501", "7")
        #expect(status == 4)
        #expect(output.result.isEmpty)
        #expect(
            output.messages
                == "verictl: error: context 7: there is no such context "
                + "(no-context: No such file or directory)\n")
    }

    // MARK: addresses

    @Test func createWithAddresses() throws {
        let jail = ContextID(600)
        let words = ["context", "create", "600", "--address", "10.0.0.5/32", "--address", "fd00::/64"]
        #expect(ToolRun(device: device).run(bytes: words.map { Array($0.utf8) }).status == 0)
        let wanted = try ["10.0.0.5/32", "fd00::/64"].map { try #require(NetworkAddress(Array($0.utf8))) }
        #expect(device.addresses[jail] == wanted)
        // The same again is no failure; other addresses are one.
        device.createRefusal = ContextRefusal(error: .exists, reason: .exists)
        #expect(run("context", "create", "600", "--address", "10.0.0.5", "--address", "fd00::/64").status == 0)
        #expect(device.addresses[jail] == wanted)
        #expect(run("context", "create", "600", "--address", "10.0.0.5/32").status == 4)
    }

    @Test(arguments: [
        ("10.0.0.256", "is no network address"), ("10.0.0.5/33", "is no network address"),
        ("10.0.0.5/24", "10.0.0.0/24 is the range, /32 one address"), ("fd00::g", "is no network address"),
        ("fd00::5/64", "fd00::/64 is the range, /128 one address"),
    ])
    func badAddress(_ text: String, _ message: String) {
        let (status, output) = run("context", "create", "600", "--address", text)
        #expect(status == 1)
        #expect(output.messages.contains(message))
        #expect(device.contextRequests.isEmpty)
    }

    /// A context that cannot have all its addresses does not stay.
    @Test func refusedAddress() {
        device.contextRefusal = ContextRefusal(error: .noSpace, reason: .tooMany)
        device.acceptedContextRequests = 2
        let (status, _) = run("context", "create", "600", "--address", "10.0.0.5", "--address", "10.0.0.6")
        #expect(status == 4)
        #expect(device.contextRequests.last == .delete(ContextID(600)))
    }

    // MARK: create, narrow, delete

    @Test func create() {
        let (status, output) = run(
            "context", "create", "0x258", "--level", "active:enforce_exec", "--caps", "KILL|CHOWN", "--privs", "cs")
        #expect(status == 0)
        #expect(output.result.isEmpty)
        #expect(output.messages == "context 600 created\n")
        let expected = ContextEntry(
            context: ContextID(600), level: [.active, .enforceExec], capabilities: CapabilitySet(rawValue: 0x21),
            privileges: Privileges(rawValue: 0xc))
        #expect(device.contextRequests == [.create(expected)])
    }

    @Test func privilegesByName() {
        #expect(run("context", "create", "600", "--privs", "netclient,NETSERVER").status == 0)
        let expected = ContextEntry(context: ContextID(600), privileges: Privileges(rawValue: 0xc))
        #expect(device.contextRequests == [.create(expected)])
        #expect(run("context", "create", "601", "--privs", "netclint").status == 2)
        #expect(run("context", "create", "601", "--privs", "FUSE").status == 2)
        #expect(device.contextRequests.count == 1)
    }

    /// What is not given is not allowed.
    @Test func createWithoutBounds() {
        let (status, output) = run("context", "create", "7", "--json")
        #expect(status == 0)
        #expect(device.contextRequests.first == .create(ContextEntry(context: ContextID(7))))
        #expect(
            output.resultText
                == #"{"schema":1,"context":7,"level":[],"capabilities":[],"privileges":"-","privilege_names":[],"serial":0,"entries":0,"#
                + #""digests":0}"# + "\n")
    }

    /// Boot scripts may run twice, but another context is not the same one.
    @Test func createAgain() {
        device.createRefusal = ContextRefusal(error: .exists, reason: .exists)
        let same = run("context", "create", "501", "--caps", "KILL", "--privs", "c")
        #expect(same.status == 0)
        #expect(same.output.messages == "context 501 already exists\n")
        for other in [["--caps", "CHOWN", "--privs", "c"], ["--caps", "KILL", "--privs", "c", "--level", "active"]] {
            let words = ["context", "create", "501"] + other
            let run = ToolRun(device: device).run(bytes: words.map { Array($0.utf8) })
            #expect(run.status == 4)
            #expect(run.output.messages.contains("create context 501: File exists (exists)"))
        }
    }

    @Test func narrow() {
        let (status, output) = run("context", "narrow", "501", "--caps", "KILL")
        #expect(status == 0)
        #expect(output.messages == "context 501 narrowed\n")
        let expected = ContextEntry(context: ContextID(501), capabilities: CapabilitySet(bit: 5))
        #expect(device.contextRequests == [.narrow(expected)])
        let json = run("context", "narrow", "501", "--json").output.resultText
        #expect(json.contains(#""capabilities":[],"privileges":"-""#))
    }

    @Test func delete() {
        let (status, output) = run("context", "delete", "501", "7")
        #expect(status == 0)
        #expect(output.messages == "context 501 deleted\ncontext 7 did not exist\n")
        #expect(device.contextRequests == [.delete(ContextID(501)), .delete(ContextID(7))])
        #expect(run("context", "delete", "501", "--json").output.resultText == #"{"schema":1,"deleted":[]}"# + "\n")
    }

    @Test(
        arguments: [
            ["context", "create", "7"], ["context", "narrow", "501"], ["context", "delete", "501"],
            ["context", "show"], ["context", "enter", "501", "--", "true"], ["level"], ["level", "active"],
            ["update-context", "501"], ["disable"], ["enable"],
        ])
    func refusals(_ words: [String]) {
        let bytes = words.map { Array($0.utf8) }
        device.contextRefusal = ContextRefusal(error: .notPermitted, reason: .noPrivilege)
        let refused = ToolRun(device: device).run(bytes: bytes)
        #expect(refused.status == 4)
        #expect(refused.output.messages.contains(": this program was not granted the required privilege (no-pri"))
        #expect(refused.output.result.isEmpty && refused.output.programs.isEmpty)
        #expect(device.contextRequests.count == 1)
        device.contextRefusal = ContextRefusal(error: .notTerminal)
        #expect(ToolRun(device: device).run(bytes: bytes).status == 5)
        #expect(ToolRun().run(bytes: bytes).status == 5)
    }

    @Test(
        arguments: [
            ["context"], ["context", "create"], ["context", "create", "x"], ["context", "create", "-1"],
            ["context", "create", "4294967295"], ["context", "create", "7", "--level", "bogus"],
            ["context", "create", "7", "--caps", "ALL"], ["context", "create", "7", "--privs", "Q"],
            ["context", "delete"], ["context", "show", "main"], ["context", "enter", "7"],
            ["context", "enter", "7", "true"], ["context", "enter", "7", "--"], ["context", "enter", "--", "true"],
            ["level", "--context", "x"], ["level", "0x1"], ["level", ""], ["level", "active", "seal"],
            ["update-context"], ["update-context", "-1"], ["enable", "--force"], ["enable", "active"],
            ["disable", "active"],
        ])
    func usage(_ words: [String]) {
        let run = ToolRun(device: device).run(bytes: words.map { Array($0.utf8) })
        #expect(run.status == (words == ["context"] ? 0 : 2))
        #expect(run.output.programs.isEmpty)
        #expect(device.contextRequests.isEmpty)
    }

    // MARK: enter

    @Test func enter() {
        var tool = ToolRun(device: device)
        let (status, output) = tool.run("context", "enter", "501", "--", "sh", "-c", "exit 3", "--", "--json")
        // The twin answers as if there were no such command.
        #expect(status == 127)
        #expect(output.programs == [["sh", "-c", "exit 3", "--", "--json"]])
        #expect(output.messages == "verictl: error: sh: No such file or directory\n")
        #expect(device.contextRequests == [.open(ContextID(501)), .enter(ContextID(501))])
        tool.becomeError = .accessDenied
        #expect(tool.run("context", "enter", "501", "--", "sh").status == 126)
    }

    @Test func aContextThatCannotBeEnteredRunsNothing() {
        device.contextRefusal = ContextRefusal(error: .notPermitted)
        device.acceptedContextRequests = 1
        let (status, output) = run("context", "enter", "501", "--", "true")
        #expect(status == 4)
        #expect(output.messages == "verictl: error: enter context 501: Operation not permitted\n")
        #expect(device.contextRequests.count == 2)
        #expect(output.programs.isEmpty)
        #expect(run("context", "enter", "7", "--", "true").output.programs.isEmpty)
    }

    @Test func whatKeepsAProcessOutIsHintedAt() {
        device.contextRefusal = ContextRefusal(error: .busy)
        device.acceptedContextRequests = 1
        let (status, output) = run("context", "enter", "501", "--", "true")
        #expect(status == 4)
        #expect(output.messages.contains("enter context 501: Device or resource busy; hint: this process is traced"))
    }

    // MARK: level, update-context, disable

    @Test func printsALevel() {
        #expect(run("level").output.resultText == "active:lvl_immutable\n")
        #expect(run("level", "--context", "501").output.resultText == "inactive\n")
        #expect(
            run("level", "--json").output.resultText
                == #"{"schema":1,"context":0,"level":["active","lvl_immutable"]}"# + "\n")
        #expect(run("level", "--context", "7").status == 4)
        #expect(
            device.contextRequests
                == [.get(.own), .get(ContextID(501)), .get(.own), .get(ContextID(7))])
    }

    @Test func setsALevel() {
        let (status, output) = run("level", "--context", "501", "active:enforce_lib")
        #expect(status == 0)
        #expect(output.messages == "context 501: active:enforce_lib\n")
        let context = ContextID(501)
        #expect(
            device.contextRequests == [.get(context), .setLevel([.active, .enforceLib], context), .get(context)])
        #expect(
            run("level", "--context", "501", "-", "--json").output.resultText
                == #"{"schema":1,"context":501,"level":[]}"# + "\n")
    }

    @Test func whatStaysIsTold() {
        let (status, output) = run("level", "inactive")
        #expect(status == 0)
        #expect(
            output.messageLines == [
                "verictl: note: words of the old level could not be removed", "context 0: active:lvl_immutable",
            ])
    }

    @Test func setsTheUpdateContext() {
        let (status, output) = run("update-context", "502")
        #expect(status == 0)
        #expect(output.messages == "context 502 is the update context\n")
        #expect(device.contextRequests == [.setUpdate(ContextID(502))])
        // Once until reboot: the same one again is no request.
        device.knowledge.updateContext = ContextID(502)
        let again = run("update-context", "502", "--json").output
        #expect(again.resultText == #"{"schema":1,"update_context":502}"# + "\n")
        #expect(device.contextRequests.count == 1)
        _ = run("update-context", "503")
        #expect(device.contextRequests.last == .setUpdate(ContextID(503)))
    }

    @Test func disable() {
        let kept = run("disable")
        #expect(kept.status == 1)
        #expect(kept.output.messages.contains("context 0: active:lvl_immutable\n"))
        device.contexts[ContextID(0)]?.level = [.active, .enforceExec]
        let (status, output) = run("disable")
        #expect(status == 0)
        #expect(output.messages == "context 0: inactive\n")
        #expect(device.contextRequests.filter { $0 == .setLevel([], .own) }.count == 2)
        #expect(run("disable", "--json").output.resultText == #"{"schema":1,"context":0,"level":[]}"# + "\n")
    }
}
