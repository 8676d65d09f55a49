// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Testing

@testable import Policy

@Suite struct BootTests {
    private func parse(_ text: String) -> BootParser { BootParser(Array(text.utf8), source: Array("boot.conf".utf8)) }

    @Test func everyKey() {
        let parser = parse(
            """
            # a comment
            mode = enforcing
              level=enforce_exec:wx_memory\t# why
            latches = nosuid_root tpe=1 rootcap=0xff tpe_gid=100

            lock = mounts lvl_immutable devices
            contexts = 611 active KILL|CHOWN cs
            contexts = 612 inactive - -
            on-failure = stop
            """)
        #expect(parser.diagnostics.isEmpty)
        let settings = parser.settings
        #expect(settings.mode == .enforcing)
        #expect(settings.level == [.enforceExec, .wxMemory])
        #expect(settings.activeLevel == [.active, .enforceExec, .wxMemory])
        #expect(
            settings.latches == [
                BootLatch("nosuid_root"), BootLatch("tpe"), BootLatch("rootcap", "0xff"), BootLatch("tpe_gid", "100"),
            ])
        #expect(settings.lock.mounts && settings.lock.devices)
        #expect(settings.lock.level == .levelImmutable)
        #expect(settings.contexts.map(\.context.number) == [611, 612])
        #expect(settings.onFailure == .stop)
    }

    /// A machine without the file is left as it is.
    @Test func nothingIsOff() {
        for text in ["", "# only a comment\n", "\n\n"] {
            #expect(parse(text).settings == BootSettings())
            #expect(!parse(text).hasErrors)
        }
        #expect(BootSettings().mode == .off)
    }

    @Test(
        arguments: [
            ("mod = off", "boot.conf:1:1: error: unknown key 'mod'; hint: mode"),
            ("\nmode = of", "boot.conf:2:8: error: unknown value 'of'; hint: off, permissive, enforcing"),
            (
                "mode",
                "boot.conf:1:1: error: the key has no value: 'mode'"
                    + "; hint: write 'mode = VALUE', or remove the line"
            ),
            (
                "mode =  # off",
                "boot.conf:1:1: error: the key has no value: 'mode'"
                    + "; hint: write 'mode = VALUE', or remove the line"
            ),
            ("mode = off\nmode = off", "boot.conf:2:1: error: the key is there already, in line 1: 'mode'"),
            (
                "level = enforce_exec:enforce_lb",
                "boot.conf:1:22: error: unknown level word 'enforce_lb'"
                    + "; hint: enforce_lib"
            ),
            (
                "level = permissive",
                "boot.conf:1:9: error: the word is no part of this key: 'permissive'"
                    + "; hint: mode = permissive"
            ),
            ("latches = tpe nosuid_rot", "boot.conf:1:15: error: unknown latch 'nosuid_rot'; hint: nosuid_root"),
            ("latches = tpe=0", "boot.conf:1:11: error: bad value of a latch: 'tpe=0'; hint: the only value is 1"),
            (
                "latches = rootcap",
                "boot.conf:1:11: error: bad value of a latch: 'rootcap'"
                    + "; hint: rootcap=BITS, in hexadecimal"
            ),
            ("latches = mount", "boot.conf:1:11: error: unknown latch 'mount'; hint: lock = mounts"),
            (
                "lock = mounts active",
                "boot.conf:1:15: error: unknown lock 'active'"
                    + "; hint: mounts, devices, lvl_immutable or another word of a level"
            ),
            ("contexts = 5 active KIL -", "boot.conf:1:21: error: field 3: unknown capability 'KIL'; hint: KILL"),
            ("on-failure = halt", "boot.conf:1:14: error: unknown value 'halt'; hint: continue, stop"),
        ])
    func faults(_ text: String, _ message: String) {
        let parser = parse(text)
        #expect(parser.diagnostics.map(\.text) == [message])
        #expect(parser.hasErrors)
    }

    /// One bad line does not hide what the others say.
    @Test func everyLineIsRead() {
        let parser = parse("colour = red\nmode = enforcing\nlevel = nope\n")
        #expect(parser.diagnostics.count == 2)
        #expect(parser.settings.mode == .enforcing)
    }

    @Test func whatALatchSays() {
        #expect(BootLatch("tpe").isSet(in: "1\n"))
        #expect(!BootLatch("tpe").isSet(in: "0\n"))
        // A mask only loses bits, and requirements are only added.
        #expect(BootLatch("rootcap", "0xff").isSet(in: "0xf\n"))
        #expect(!BootLatch("rootcap", "ff").isSet(in: "0x1ff\n"))
        #expect(BootLatch("require", "3").isSet(in: "0x7\n"))
        #expect(!BootLatch("require", "8").isSet(in: "0x7\n"))
        #expect(BootLatch("tpe_gid", "0100").isSet(in: "100\n"))
    }

    @Test(
        arguments: [
            ("", "mode = off\n"),
            ("mode = enforcing\n", "mode = off\n"),
            (
                "# top\n  mode=enforcing # why\nlevel = enforce_exec\n",
                "# top\n  mode=off # why\nlevel = enforce_exec\n"
            ),
            ("level = enforce_exec", "level = enforce_exec\nmode = off\n"),
            ("mode = # none", "mode = off # none"),
            ("mode\n", "mode = off\n"),
            ("#mode = enforcing\n", "#mode = enforcing\nmode = off\n"),
        ])
    func oneValueIsChanged(_ before: String, _ after: String) {
        let edited = BootEditor.setting("mode", to: "off", in: Array(before.utf8))
        #expect(String(decoding: edited, as: UTF8.self) == after)
        #expect(BootEditor.setting("mode", to: "off", in: edited) == edited)
    }
}
