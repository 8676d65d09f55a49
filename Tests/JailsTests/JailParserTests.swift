// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import Testing

@testable import Jails

@Suite struct JailParserTests {
    static let whole = """
        # A web server.
        [Context]
        Number=2001
        Level=active
        Capabilities=NET_BIND_SERVICE SETUID
        Privileges=NETCLIENT|NETSERVER
        Confidentiality=3
        KernelLog=yes

        [Namespaces]
        Own=mount uts ipc net time
        MonotonicOffset=-3600
        BootTimeOffset=86400
        HostName=web

        [Root]
        Path=/srv/jails/web
        Options=ro,nodev,noatime

        [Mounts]
        Bind=/usr/lib /usr/lib ro,nosuid,nodev,noatime,nolock
        BindInside=/var/a\\040b /mnt rw,noexec
        Mount=proc /proc ro,nosuid,nodev,noexec,hidepid=2
        Change=/mnt nosuid
        Devices=/dev

        [Network]
        Address=192.0.2.1/32
        Address=2001:db8::/64
        LoopbackAddress=127.0.0.3/32
        Veth=ve-web eth1
        HostAddress=192.0.2.254/24
        DeviceAddress=192.0.2.1/24
        Gateway=192.0.2.254/32
        LiveAddresses=yes

        [Program]
        Command=/usr/sbin/nginx -g 'daemon off;'
        User=www-data
        SupplementaryGroups=10 adm
        Environment=A=b
        Output=none
        NoNewPrivileges=yes
        StopTimeout=9

        [Limits]
        Memory=536870912
        Tasks=64
        Processor=50%

        """

    static func read(_ text: String) -> JailParser {
        JailParser(Array(text.utf8), name: "web", source: Array("f".utf8))
    }

    static func errors(_ text: String) -> [String] {
        read("[Context]\nNumber=7\n" + text).diagnostics.map(\.text)
    }

    @Test func everyKeyIsRead() {
        let reader = Self.read(Self.whole)
        #expect(reader.diagnostics.map(\.text) == [])
        let jail = reader.jail
        #expect(jail.context.number == 2001)
        #expect(jail.context.level == .active)
        #expect(jail.context.capabilities.names == ["SETUID", "NET_BIND_SERVICE"])
        #expect(jail.context.privileges == [.networkClient, .networkServer])
        #expect(jail.context.flags == [.kernelLog, .liveAddresses])
        #expect(jail.namespaces == [.mount, .uts, .ipc, .net, .time])
        #expect(jail.clocks.monotonic == -3600)
        #expect(jail.clocks.bootTime == 86400)
        #expect(jail.network.pair == DevicePair(host: Array("ve-web".utf8), inside: Array("eth1".utf8)))
        #expect(jail.network.deviceAddresses.map(\.text) == ["192.0.2.1/24"])
        #expect(jail.rootAttributes == [.readOnly, .noDevices, .noAccessTime])
        #expect(jail.mounts.count == 7)
        #expect(jail.mounts[1].source == "/var/a b")
        #expect(jail.mounts[2].data == Array("hidepid=2".utf8))
        #expect(jail.network.addresses.map(\.text) == ["192.0.2.1/32", "2001:db8::/64"])
        #expect(jail.command.last == Array("daemon off;".utf8))
        #expect(jail.limits.settings.map(\.value) == ["536870912", "64", "50000 100000"])
        #expect(jail.mounts[0].line == 21)
    }

    @Test func whatIsPrintedIsReadAgain() {
        let jail = Self.read(Self.whole).jail
        let again = JailParser(JailPrinter.text(jail), name: "web", source: Array("f".utf8))
        #expect(again.diagnostics.map(\.text) == [])
        var (one, other) = (jail, again.jail)
        for index in one.mounts.indices { one.mounts[index].line = 0 }
        for index in other.mounts.indices { other.mounts[index].line = 0 }
        #expect(one == other)
    }

    @Test(arguments: [
        ("[Mount]\nA=b", "f:3:1: error: unknown section '[Mount]'; hint: Mounts"),
        ("[Root]\nPth=/a", "f:4:1: error: unknown key in [Root]: 'Pth'; hint: Path"),
        ("[Root]\nMemory=1", "f:4:1: error: unknown key in [Root]: 'Memory'; hint: it belongs into [Limits]"),
        ("[Root]\nPath=", "f:4:1: error: the key has no value: 'Path'; hint: remove the line"),
        ("[Root]\nPath", "f:4:1: error: not Key=Value: 'Path'"),
        ("[Root]\nPath=a/b", "f:4:6: error: not an absolute path: 'a/b'"),
        ("[Root]\nPath=/a/../b", "f:4:6: error: a path with . or ..: '/a/../b'"),
        ("[Root]\nPath=/a\nPath=/b", "f:5:1: error: the key is there already, in line 4: 'Path'"),
        (
            "[Mounts]\nBind=/a /b noexce,ro",
            "f:4:6: error: unknown option 'noexce'; hint: noexec"
        ),
        ("[Mounts]\nMount=tmpfs /b nodve", "f:4:7: error: unknown option 'nodve'; hint: nodev"),
        (
            "[Context]\nCapabilities=NET_BIND_SERVIC",
            "f:4:14: error: unknown capability 'NET_BIND_SERVIC'; "
                + "hint: NET_BIND_SERVICE"
        ),
        (
            "[Network]\nAddress=192.0.2.1/24",
            "f:4:9: error: not one address and not a range, in which the bits behind the prefix are 0: "
                + "'192.0.2.1/24'; hint: 192.0.2.0/24, or without the prefix"
        ),
        ("[Program]\nCommand=nginx", "f:4:9: error: not an absolute path: 'nginx'"),
        ("[Program]\nCommand=/a 'b", "f:4:9: error: a quote is not closed: '/a 'b'"),
        ("[Program]\nNoNewPrivileges=true", "f:4:17: error: neither yes nor no: 'true'"),
        (
            "[Namespaces]\nOwn=mnt",
            "f:4:5: error: unknown namespace 'mnt'; hint: user, cgroup, ipc, uts, net, time, pid, mount"
        ),
        ("[Namespaces]\nBootTimeOffset=1d", "f:4:16: error: not a number of seconds: '1d'; hint: 3600 or -3600"),
        (
            "[Network]\nVeth=a/b",
            "f:4:6: error: not names of network devices: 'a/b'; hint: Veth=ve-web, or Veth=ve-web eth0"
        ),
        (
            "[Network]\nVeth=a-name-that-is-too-long",
            "f:4:6: error: not names of network devices: 'a-name-that-is-too-long'; "
                + "hint: Veth=ve-web, or Veth=ve-web eth0"
        ),
        ("[Limits]\nProcessor=50", "f:4:11: error: not a share of one processor: '50'; hint: 50%"),
    ]) func mistakesHaveAPlace(text: String, wanted: String) {
        #expect(Self.errors(text) == [wanted])
    }

    @Test func aJailNeedsAContext() {
        #expect(
            Self.read("[Root]\nPath=/a").diagnostics.map(\.text) == [
                "f: error: no context; hint: Number= in [Context]"
            ])
        #expect(Self.read("[Context]\nNumber=1").hasErrors)
        #expect(
            Self.read("Number=7").diagnostics.map(\.text).first
                == "f:1:1: error: a key before the first section: 'Number'")
    }

    @Test(arguments: ["web", "rm_b", "501"]) func names(name: String) {
        #expect(Jail.isName(Array(name.utf8)))
    }

    @Test(arguments: ["", ".", "..", "a/b", "-x", "a.conf", "a\nb", String(repeating: "a", count: 65)])
    func badNames(name: String) {
        #expect(!Jail.isName(Array(name.utf8)))
    }
}
