// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import Testing

@testable import Jails

@Suite struct JailCheckTests {
    static func findings(_ lines: String) -> [String] {
        let reader = JailParserTests.read("[Context]\nNumber=7\n[Root]\nPath=/srv/a\nOptions=ro\n" + lines)
        #expect(reader.diagnostics == [])
        return JailCheck.findings(reader.jail, source: Array("f".utf8)).filter { $0.severity != .note }.map(\.text)
    }

    @Test func writableAndExecutable() {
        #expect(
            Self.findings("[Mounts]\nMount=tmpfs /tmp mode=1777") == [
                "f:7:1: error: writable and executable: '/tmp'; hint: ro or noexec; WritableExecutable= if it must be so"
            ])
        #expect(Self.findings("[Mounts]\nMount=tmpfs /tmp noexec") == [])
        #expect(Self.findings("[Mounts]\nBind=/a /b rw").count == 1)
        #expect(Self.findings("[Mounts]\nBind=/a /b ro") == [])
        #expect(Self.findings("[Mounts]\nBind=/a /b ro,rw").count == 1)
        #expect(Self.findings("[Mounts]\nBind=/a /b rw\nWritableExecutable=/b") == [])
        #expect(Self.findings("[Mounts]\nDevices=/dev") == [])
    }

    @Test func theRootToo() {
        var jail = Jail(name: "a")
        jail.root = "/srv/a"
        #expect(JailCheck.findings(jail, source: []).map(\.code) == [.writableExecutable])
        jail.rootAttributes = .noExecute
        #expect(JailCheck.findings(jail, source: []) == [])
        jail.rootAttributes = []
        var cover = MountLine(.inside, "/", at: "/")
        cover.attributes = .readOnly
        jail.mounts = [cover]
        #expect(JailCheck.findings(jail, source: []) == [])
    }

    @Test func whatDoesNotFit() {
        #expect(
            Self.findings("[Namespaces]\nOwn=uts") == [
                "f: error: a root directory takes a mount namespace; hint: Own= in [Namespaces]"
            ])
        #expect(Self.findings("[Namespaces]\nOwn=mount user").count == 1)
        #expect(
            Self.findings("[Namespaces]\nMonotonicOffset=1") == [
                "f: error: offsets of clocks take a time namespace; hint: Own= in [Namespaces]"
            ])
        #expect(Self.findings("[Namespaces]\nOwn=mount time\nMonotonicOffset=1") == [])
        #expect(
            Self.findings("[Network]\nAddress=192.0.2.1\nVeth=a") == [
                "f: error: Veth= takes a network namespace; hint: Own= in [Namespaces]"
            ])
        #expect(Self.findings("[Network]\nAddress=192.0.2.1\nVeth=a\n[Namespaces]\nOwn=mount net") == [])
        #expect(Self.findings("[Network]\nVeth=a\n[Namespaces]\nOwn=mount net").count == 1)
        #expect(
            Self.findings("[Network]\nGateway=192.0.2.1") == [
                "f: error: HostAddress=, DeviceAddress= and Gateway= take Veth="
            ])
        #expect(Self.findings("[Namespaces]\nOwn=mount user\nUsers=0 1000 1\nGroups=0 1000 1") == [])
        #expect(
            Self.findings("[Context]\nCapabilities=SYS_ADMIN") == [
                "f: warning: the capability SYS_ADMIN: mounts, and namespaces of others"
            ])
        #expect(Self.findings("[Context]\nLevel=active:enforce_exec").count == 1)
        let user = "[Namespaces]\nOwn=mount user\nUsers=0 1000 1\nGroups=0 1000 1\n[Mounts]\n"
        #expect(Self.findings(user + "Bind=/a /b ro,noatime").count == 1)
        #expect(Self.findings(user + "Mount=proc /proc ro,noatime") == [])
    }

    @Test func betweenJails() {
        let one = JailParserTests.read("[Context]\nNumber=7\n[Network]\nAddress=192.0.2.0/24").jail
        var other = JailParserTests.read("[Context]\nNumber=8\n[Network]\nAddress=192.0.2.9").jail
        other.name = "other"
        #expect(JailCheck.findings(among: [(one, []), (other, [])]).map(\.severity) == [.warning])
        other.network.addresses = [NetworkAddress(bytes: [0, 0, 0, 0], prefix: 0)]
        #expect(JailCheck.findings(among: [(one, []), (other, [])]) == [])
        other.context.number = 7
        #expect(JailCheck.findings(among: [(one, []), (other, [])]).map(\.severity) == [.note])
    }

    @Test func thePlanIsInOrder() {
        let jail = JailParserTests.read(JailParserTests.whole).jail
        let words = JailPlan.steps(jail).map(\.word)
        let wanted = [
            "lock", "cgroup", "context", "address", "namespaces", "network", "host-name", "network", "clocks", "root",
            "mount", "root", "state", "descriptors", "user", "context", "program",
        ]
        var reduced: [String] = []
        for word in words where word != reduced.last { reduced.append(word) }
        #expect(reduced == wanted)
        #expect(!JailPlan.steps(jail, onlySetup: true).map(\.word).contains("program"))
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1/32"), ("10.0.0.0/255.0.0.0", "10.0.0.0/8"), ("::", "::/128"), ("::1", "::1/128"),
        ("2001:DB8::1:0:0:2/64", "2001:db8::1:0:0:2/64"), ("::ffff:192.0.2.1", "::ffff:c000:201/128"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8/128"), ("0.0.0.0/0", "0.0.0.0/0"),
    ]) func addresses(text: String, wanted: String) {
        #expect(NetworkAddress(Array(text.utf8))?.text == wanted)
    }

    @Test(arguments: [
        "", "192.0.2", "192.0.2.256", "192.0.2.1/33", "1::2::3", "1:2:3:4:5:6:7:8:9", "::1/129", "10.0.0.0/255.0.255.0",
        "12345::", ":1", "1:2:3:4:5:6:7::8",
    ]) func badAddresses(text: String) {
        #expect(NetworkAddress(Array(text.utf8)) == nil)
    }
}
