// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Jails
import Policy
import SystemIO
import Testing
import Tool

@testable import Containers

@Suite struct AccountsTests {
    static let accounts = Accounts(
        passwd: Array("root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/srv:/bin/false\nbad\n9:x:7:7::/:\n".utf8),
        group: Array("root:x:0:\nwww:x:34:\nlog:x:40:other,web\nssl:x:41:web\n".utf8))

    static func identity(_ user: String?, _ group: String? = nil, _ groups: [String] = []) throws(Failure)
        -> Accounts.Identity
    {
        try accounts.identity(
            user: user.map { Array($0.utf8) }, group: group.map { Array($0.utf8) },
            groups: groups.map { Array($0.utf8) })
    }

    @Test func aName() throws {
        let identity = try Self.identity("web")
        #expect(identity.user == 33)
        #expect(identity.group == 34)
        #expect(identity.groups == [40, 41])
        #expect(identity.home == Array("/srv".utf8))
        #expect(try Self.identity("33") == identity)
    }

    @Test func rootByDefault() throws {
        #expect(try Self.identity(nil) == Accounts.Identity())
        #expect(try Self.identity(nil, "www").group == 34)
    }

    @Test func aNumberWithoutAnAccount() throws {
        #expect(throws: Failure.self) { try Self.identity("1234") }
        let identity = try Self.identity("1234", "5678", ["log", "9999", "5678"])
        #expect(identity.user == 1234)
        #expect(identity.group == 5678)
        #expect(identity.groups == [40, 9999])
    }

    @Test(arguments: ["nobdy", "", "-1", "4294967295", "0x7"]) func noSuchUser(name: String) {
        #expect(throws: Failure.self) { try Self.identity(name, "www") }
    }

    @Test func noSuchGroup() {
        #expect(throws: Failure.self) { try Self.identity("web", "ww") }
        #expect(throws: Failure.self) { try Self.identity("web", nil, ["ww"]) }
    }

    @Test func theStateIsReadAgain() {
        let state = RunState(
            context: 2001, serial: .max, process: 7, started: 1, keepsContext: true, stopTimeout: 5,
            namespaces: [.mount, .pid], isOnlySetUp: false)
        #expect(RunState(state.text) == state)
        #expect(RunState(Array(state.text.dropLast(15))) == nil)
        #expect(RunState(Array("context=x\n".utf8)) == nil)
        #expect(RunState([]) == nil)
    }

    @Test func theSetupCommandHasItsOldVariables() {
        var jail = Jail(name: "web")
        jail.context.number = 2001
        jail.namespaces = [.pid, .net]
        jail.hostName = Array("w".utf8)
        jail.network.addresses = [NetworkAddress(bytes: [192, 0, 2, 1], prefix: 32)]
        #expect(
            SetupCommand.environment(jail, 7).dropFirst() == [
                "NS_PID=7", "JAIL_NAME=web", "JAIL_XID=2001", "JAIL_NSOPTS=PN", "JAIL_HOSTNAME=w",
                "JAIL_ADDR_0=192.0.2.1/32",
            ])
    }
}
