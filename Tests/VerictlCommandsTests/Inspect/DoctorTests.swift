// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Crypto
import Image
import Loading
import Policy
import SystemIO
import TestSupport
import Testing
import Tool

@testable import VerictlCommands

/// The files of another machine; what a running kernel says is tested in the guest.
@Suite struct DoctorTests {
    private let directory = TemporaryDirectory()
    private var tool = ToolRun()

    init() {
        tool.ruleDirectories = ["/etc/verictl.d", "/var/lib/verictl.d"]
        tool.stateDirectory = "/var/lib/verictl"
        tool.bootConfiguration = "/etc/verictl/boot.conf"
        for name in [
            "etc", "etc/verictl", "etc/verictl.d", "etc/systemd", "etc/systemd/system",
            "etc/systemd/system/sysinit.target.wants", "etc/systemd/system/multi-user.target.wants", "usr", "usr/bin",
            "usr/lib", "usr/lib/systemd", "usr/libexec", "usr/libexec/clip", "var", "var/lib", "var/lib/verictl.d",
            "var/lib/dpkg", "boot",
        ] {
            directory.makeDirectory(BytePath(name.utf8))
        }
        directory.write("usr/lib/systemd/systemd", "")
        directory.write("usr/libexec/clip/verictl-events", "")
        directory.write("usr/libexec/clip/verictl-sign", "")
        directory.makeLink("etc/systemd/system/sysinit.target.wants/verictl-load.service", to: "/lib/x")
        directory.makeLink("etc/systemd/system/multi-user.target.wants/verictl-lock.service", to: "/lib/x")
        directory.write("usr/bin/su", "su", mode: 0o4755)
        directory.write("etc/verictl.d/su", line("/usr/bin/su", "0"))
        directory.write("etc/verictl/boot.conf", "mode = enforcing\nlevel = enforce_exec\n")
        directory.write("boot/config-6.12", "CONFIG_SECURITY_CLIP=y\nCONFIG_SECURITYFS=y\n")
        directory.write("var/lib/verictl.d/pkg-login", "#> package login 1:4.13 amd64\n")
        directory.write(
            "var/lib/dpkg/status",
            """
            Package: login
            Status: install ok installed
            Description: system login tools
             Package: not a field
            Version: 1:4.13

            Package: gone
            Status: deinstall ok config-files
            Version: 1
            """)
    }

    private func run(_ words: String...) -> (status: Int32, output: Capture) {
        tool.run(bytes: (["doctor", "--root", directory.path.description] + words).map { Array($0.utf8) })
    }

    @Test func aGoodMachine() {
        let (status, output) = run()
        #expect(status == 0)
        #expect(
            output.resultText == """
                [--] configuration: /boot/config-6.12 lacks SECURITY_CLIP_NAMES, SECURITY_CLIP_EVENTS
                [--] kernel: this is another machine's; device, latches, sysctls and mounts are not looked at
                [ok] rules: 1 entry in 2 files
                [ok] set-user-id: every such file has an entry
                [ok] packages: all 1 have rules of their version
                [ok] boot.conf: mode = enforcing, level = enforce_exec
                [--] image: there is no compiled policy: the next boot compiles the rules; next: verictl boot load
                [ok] units: verictl-load.service and verictl-lock.service are enabled
                [ok] programs: verictl-events and verictl-sign are installed

                """)
    }

    @Test(
        arguments: [
            ("etc/verictl.d/bad", "junk", "[!!] rules: "),
            ("boot/config-6.12", "CONFIG_X=y\n", "[!!] configuration: /boot/config-6.12 has no SECURITY_CLIP; next: "),
            ("etc/verictl/boot.conf", "mod = off\n", "[!!] boot.conf: "),
            (
                "var/lib/verictl.d/pkg-login", "#> package login 1:4.12 amd64\n",
                "[!!] packages: rules of another version: login; next: verictl package sync"
            ),
        ])
    func problems(_ file: String, _ text: String, _ line: String) {
        directory.write(BytePath(file.utf8), text)
        let (status, output) = run()
        #expect(status == 1)
        #expect(output.resultText.contains("\n" + line) || output.resultText.hasPrefix(line), "\(output.resultText)")
        #expect(output.resultText.split(separator: "\n").count { $0.hasPrefix("[!!]") } == 1)
    }

    @Test(
        arguments: [
            ("etc/systemd/system/sysinit.target.wants/verictl-load.service", "units"),
            ("usr/libexec/clip/verictl-events", "programs"), ("usr/libexec/clip/verictl-sign", "programs"),
        ])
    func whatIsNotThere(_ file: String, _ name: String) throws {
        try Files.remove(directory.path.appending(Array(file.utf8)))
        let (status, output) = run("--json")
        #expect(status == 1)
        #expect(output.resultText.hasPrefix(#"{"schema":1,"problems":1,"checks":["#))
        #expect(output.resultText.contains(#"{"check":"\#(name)","state":"problem","text":"#))
    }

    /// The lock would come before the rules.
    @Test func deviceRules() {
        directory.write("etc/verictl/boot.conf", "mode = enforcing\nlevel = enforce_exec\nlock = mounts\n")
        #expect(run().status == 0)
        directory.makeDirectory("etc/devctl.d")
        directory.write("etc/devctl.d/disks", "8 0 15 1 rdxs\n")
        let (status, output) = run()
        #expect(status == 1)
        #expect(output.resultText.contains("[!!] devices: boot lock would make the table final without the rules of"))
        directory.makeLink("etc/systemd/system/sysinit.target.wants/devctl-load.service", to: "/lib/x")
        #expect(run().status == 0)
    }

    @Test func latches() {
        directory.makeDirectory("latches")
        for (name, kind) in BootLatch.kinds where kind == .flag {
            directory.write(BytePath("latches/\(name)".utf8), name == "tpe" ? "1\n" : "0\n")
        }
        directory.write("latches/mount", "1\n")
        let look = { (name: String) in
            var surroundings = Surroundings(
                Environment(
                    program: "verictl", output: Capture(), readStandardInput: { () throws(Errno) in [] }),
                openDevice: { () throws(Errno) in throw .noEntry })
            surroundings.latchDirectory = directory.path.appending(Array(name.utf8))
            var doctor = Doctor(surroundings, root: "/")
            doctor.lookAtLatches()
            return doctor.checks.map { "\($0.state.mark) \($0.text)" }
        }
        #expect(look("latches") == ["[--] set: tpe; mounts and devices are not locked"])
        for (name, kind) in BootLatch.kinds where kind == .flag {
            directory.write(BytePath("latches/\(name)".utf8), "1\n")
        }
        directory.write("latches/mount", "0\n")
        #expect(look("latches").first?.hasPrefix("[ok] set: nosuid_root exec_permission ") == true)
        #expect(look("nowhere") == ["[--] cannot be read: this kernel has no such latch"])
    }

    /// What `doctor` says of the compiled policy of a machine that was booted.
    @Test func theImage() throws {
        let machine = BootFixture()
        machine.conf("mode = enforcing\n")
        var surroundings = Surroundings(
            Environment(program: "verictl", output: Capture(), readStandardInput: { () throws(Errno) in [] }),
            openDevice: { () throws(Errno) in throw .noEntry })
        surroundings.ruleDirectories = machine.tool.ruleDirectories
        surroundings.stateDirectory = machine.tool.stateDirectory
        let image = { [surroundings] in
            var doctor = Doctor(surroundings, root: "/")
            doctor.lookAtImage()
            return doctor.checks.map {
                "\($0.state.mark) \($0.name): \($0.text)\($0.step.map { "; next: \($0)" } ?? "")"
            }
            .joined()
        }
        #expect(machine.run("boot", "load").status == 0)
        #expect(image() == "[ok] image: it is what the rules compile to")
        let (good, record) = (machine.bytes("state/policy.img") ?? [], machine.text("state/policy.record"))
        let other = try ImageEncoder.encode([Rule(path: "/x", digest: [UInt8](repeating: 1, count: 32))])
        machine.directory.write("state/policy.img", other)
        #expect(
            image().hasPrefix("[!!] image: it is not the one that policy.record describes; the next boot compiles "))
        // Record and image fit each other, but not the rules.
        let identity = String(decoding: Hex.encode(try Hasher(.sha256).digest(of: other)), as: UTF8.self)
        let rest = record.split(separator: "\n").filter { !$0.hasPrefix("identity ") && !$0.hasPrefix("size ") }
        machine.directory.write(
            "state/policy.record",
            "identity \(identity)\nsize \(other.count)\n" + rest.joined(separator: "\n") + "\n")
        #expect(image().hasPrefix("[!!] image: it is not what the rules compile to, although "))
        machine.directory.write("state/policy.img", good)
        machine.directory.write("state/policy.record", record)
        #expect(image() == "[ok] image: it is what the rules compile to")
        machine.rules(line("/bin/ls", "0"))
        #expect(image().hasPrefix("[--] image: the rules were changed since; the next boot compiles them; next: "))
    }

    @Test func notes() throws {
        directory.write("usr/bin/passwd", "x", mode: 0o4755)
        try Files.remove(directory.path.appending(Array("etc/verictl/boot.conf".utf8)))
        try Files.remove(directory.path.appending(Array("var/lib/verictl.d/pkg-login".utf8)))
        let (status, output) = run()
        #expect(status == 0)
        let text = output.resultText
        #expect(text.contains("[--] set-user-id: without an entry: /usr/bin/passwd; next: "))
        #expect(text.contains("[--] boot.conf: is not there: the next boot loads nothing; next: verictl enable --boot"))
        #expect(text.contains("[--] packages: no rule file is that of a package; 1 are installed; next: "))
    }
}
