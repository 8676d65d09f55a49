// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import Testing

@testable import Jails

/// Directories of the old system, of the shapes that it had.
@Suite struct OldJailTests {
    static let update: [String: String] = [
        "context": "501\n", "root": "/update_root\n", "cmd": "/bin/updater\n", "addr": "192.0.2.7/255.255.255.0\n",
        "bcaps": "CAP_NET_BIND_SERVICE\nCAP_SYS_CHROOT\nCAP_SYS_TIME\n", "cflags": "fakeinit\nhide_mount\nvirt_mem\n",
        "nflags": "no_sp\n", "hostname": "update\n", "lback": "127.0.0.1\n",
        "fstab.internal": "# The tree.\n/ / none bind,ro,nodev,noatime\n/var /var none bind,rw,nosuid,nodev,noexec\n",
        "fstab.external": "tmpfs /tmp tmpfs rw,nosuid,nodev,noexec,size=4M,mode=1777\n",
        "fstab.external.d/b": "/usr/lib /usr/lib none bind,ro,nosuid,nodev,noatime,nolock\n",
        "fstab.external.d/a": "proc /proc proc ro,nosuid,nodev,noexec,nolock\n",
    ]

    static func read(_ files: [String: String]) -> OldJail {
        OldJail(files.mapValues { Array($0.utf8) }, name: "update", directory: "/etc/jails/update")
    }

    static func changed(_ name: String, _ text: String?) -> OldJail {
        var files = update
        files[name] = text
        return read(files)
    }

    @Test func aWholeDirectory() {
        let old = Self.read(Self.update)
        #expect(!old.hasErrors)
        let jail = old.jail
        #expect(jail.context.number == 501)
        #expect(jail.root == "/update_root")
        #expect(jail.command == [Array("/bin/updater".utf8)])
        #expect(jail.context.capabilities.names == ["NET_BIND_SERVICE", "SYS_CHROOT", "SYS_TIME"])
        #expect(jail.namespaces == [.mount, .uts, .ipc, .pid])
        #expect(jail.network.addresses.map(\.text) == ["192.0.2.7/32"])
        #expect(jail.network.loopback?.text == "127.0.0.1/32")
        #expect(jail.mounts.map(\.target) == ["/", "/var", "/tmp", "/proc", "/usr/lib"])
        #expect(jail.mounts.map(\.kind).prefix(2) == [.inside, .inside])
        #expect(jail.mounts[2].data == Array("size=4M,mode=1777".utf8))
        #expect(jail.mounts[4].attributes.contains(.noLocks))
        #expect(
            old.diagnostics.map(\.text) == [
                "/etc/jails/update/cflags:3:1: warning: the word has no effect here: 'virt_mem'"
            ])
        #expect(JailCheck.findings(jail, source: []).filter { $0.severity == .error } == [])
    }

    @Test func whatItBecomesIsAJailFile() {
        let jail = Self.read(Self.update).jail
        let again = JailParser(JailPrinter.text(jail), name: "update", source: [])
        #expect(again.diagnostics.map(\.text) == [])
        #expect(again.jail.mounts.map(\.target) == jail.mounts.map(\.target))
        #expect(again.jail.context == jail.context)
        #expect(again.jail.network == jail.network)
    }

    @Test func exactWords() {
        // The old program did not compare the last letter.
        let file = "/etc/jails/update/"
        #expect(
            Self.changed("bcaps", "CAP_SYS_TIMX\n").diagnostics.map(\.text).first
                == "\(file)bcaps:1:1: error: unknown capability 'CAP_SYS_TIMX'; hint: SYS_TIME")
        #expect(
            Self.changed("nsopts", "pit\n").diagnostics.map(\.text).first
                == "\(file)nsopts:1:1: error: unknown namespace 'pit'; hint: pid")
        #expect(Self.changed("nflags", "no_spx\n").hasErrors)
        #expect(Self.changed("fstab.external", "tmpfs /tmp tmpfs rw,noexce\n").hasErrors)
        #expect(Self.changed("fstab.external", "/a /b none bind,size=4M\n").hasErrors)
    }

    @Test(arguments: ["context", "root", "cmd"]) func mandatory(file: String) {
        #expect(Self.changed(file, nil).hasErrors)
        #expect(Self.changed(file, "\n").hasErrors)
    }

    @Test func noProgramAndNoNetwork() {
        let audit = Self.changed("cmd", "/bin/false\n").jail
        #expect(audit.command == [])
        #expect(Self.changed("addr", "255.255.255.255/255.255.255.255\n").jail.network.addresses == [])
        #expect(
            Self.changed("nflags", "").diagnostics.contains {
                $0.hint == "ProtectedTraffic=yes refuses all packets in clear"
            })
    }

    @Test func devicesOfTheNetwork() {
        #expect(Self.changed("nflags", "no_sp\n").jail.context.flags == [])
        let jail = Self.changed("nflags", "no_sp\nhide_netif\n").jail
        #expect(jail.context.flags == .hideInterfaces)
        let again = JailParser(JailPrinter.text(jail), name: "update", source: [])
        #expect(again.jail.context.flags == .hideInterfaces)
    }

    @Test func strangersAreNamed() {
        let old = Self.changed("adr", "192.0.2.1\n")
        #expect(old.diagnostics.map(\.text).contains("/etc/jails/update/adr: warning: unknown file; hint: addr"))
        #expect(Self.changed("netfilter", "").diagnostics.last?.severity == .note)
    }
}
