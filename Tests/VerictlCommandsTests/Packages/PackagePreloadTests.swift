// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import SystemIO
import TestSupport
import Testing
import Tool

@Suite struct PackagePreloadTests {
    private let device = RecordingDevice()
    private let fixture: PackageFixture

    init() {
        fixture = PackageFixture(device: device)
    }

    @Test func packagesOfApt() {
        let paths = [package("1.0"), package("2.1~rc1", name: "other")].map(fixture.publish)
        fixture.tool.standardInput = Array(paths.map { "\($0)\n" }.joined().utf8)
        let (status, output) = fixture.run("package", "preload", "--apt")
        #expect(status == 0)
        #expect(output.messages.contains("6 digests of 2 packages allowed"))
        #expect(fixture.names == ["new-other", "new-tool"])
        #expect(device.commits.map(\.mode) == [.add])
        // The hook is the same in both.
        #expect(device.commits.map(\.entries) == [5])
        #expect(fixture.run("package", "preload", "--apt").status == 0)
        #expect(
            fixture.run("package", "list").output.resultText.contains(
                "tool 1.0 amd64       3 digests, not yet installed"))
    }

    @Test func nothingIsToBeUnpacked() {
        fixture.tool.standardInput = []
        #expect(fixture.run("package", "preload", "--apt").status == 0)
        #expect(device.commits.isEmpty)
    }

    /// One that is refused refuses all.
    @Test func changedByOneByte() throws {
        let (good, bad) = (fixture.publish(package("1.0")), fixture.publish(package("1.0", name: "other")))
        var bytes = try Files.read(bad)
        bytes[bytes.count - 1] ^= 1
        fixture.directory.write("other_1.0_amd64.deb", bytes)
        let (status, output) = fixture.run("package", "preload", good.description, bad.description)
        #expect(status == 1)
        #expect(output.messages.contains("other"))
        let json = fixture.run("package", "preload", "--json", good.description, bad.description)
        #expect(json.status == 1)
        #expect(json.output.resultText.hasPrefix("{\"schema\":1,\"failure\":{\"status\":1,\"word\":\"no\","))
        #expect(fixture.names.isEmpty)
        #expect(device.commits.isEmpty)
    }

    /// The archive is whole, and not what apt's lists have.
    @Test func anotherFileOfTheVersion() {
        let path = fixture.publish(package("1.0"))
        fixture.note(package("1.0"), digest: [UInt8](repeating: 1, count: 32))
        fixture.directory.makeDirectory("root/etc")
        fixture.directory.makeDirectory("root/etc/verictl")
        for settings in ["", "local = allow\n"] {
            fixture.directory.write("root/etc/verictl/packages.conf", settings)
            let (status, output) = fixture.run("package", "preload", path.description)
            #expect(status == 1)
            #expect(output.messages.contains("is not the package tool 1.0 amd64 of apt's lists"))
            #expect(fixture.names.isEmpty)
        }
        #expect(device.commits.isEmpty)
    }

    @Test func packagesThatAptDoesNotHave() {
        let (known, local) = (
            fixture.publish(package("1.0")), package("1.0", name: "mine").build(in: fixture.directory)
        )
        let (status, output) = fixture.run("package", "preload", known.description, local.description)
        #expect(status == 1)
        #expect(output.messages.contains("apt's lists do not have the package mine 1.0 amd64"))
        #expect(fixture.names.isEmpty)

        fixture.directory.makeDirectory("root/etc")
        fixture.directory.makeDirectory("root/etc/verictl")
        fixture.directory.write("root/etc/verictl/packages.conf", "# of this machine\nlocal = allow # for now\n")
        #expect(fixture.run("package", "preload", known.description, local.description).status == 0)
        #expect(fixture.names == ["new-mine", "new-tool"])
    }

    @Test(arguments: ["local = yes", "locl = allow", "local", "local = allow deny"])
    func wrongSettings(_ line: String) {
        fixture.directory.makeDirectory("root/etc")
        fixture.directory.makeDirectory("root/etc/verictl")
        fixture.directory.write("root/etc/verictl/packages.conf", "# x\n\(line)\n")
        let path = fixture.publish(package("1.0"))
        let (status, output) = fixture.run("package", "preload", path.description)
        #expect(status == 3)
        #expect(output.messages.contains("packages.conf:2: "))
        #expect(fixture.names.isEmpty)
    }

    @Test func kernelWithoutClip() {
        let fixture = PackageFixture()
        let path = fixture.publish(package("1.0"))
        let (status, output) = fixture.run("package", "preload", path.description, "--json")
        #expect(status == 0)
        #expect(output.messages.contains("were only written"))
        #expect(output.resultText.contains("\"loaded\":false"))
        #expect(fixture.names == ["new-tool"])
    }

    /// Nothing is left behind that a later load would allow.
    @Test func kernelThatRefuses() {
        device.commitError = .notPermitted
        let path = fixture.publish(package("1.0"))
        #expect(fixture.run("package", "preload", path.description).status == 4)
        #expect(fixture.names.isEmpty)
    }

    /// What an earlier run has written is there again, to the byte.
    @Test func kernelThatRefusesTheSecondTime() {
        let old = fixture.publish(package("1.0"))
        #expect(fixture.run("package", "preload", old.description).status == 0)
        let before = fixture.text("new-tool")
        #expect(before != nil)
        device.commitError = .notPermitted
        let (path, other) = (fixture.publish(package("2.0")), fixture.publish(package("1", name: "other")))
        #expect(fixture.run("package", "preload", path.description, other.description).status == 4)
        #expect(fixture.names == ["new-tool"])
        #expect(fixture.text("new-tool") == before)
        device.commitError = nil
        #expect(fixture.run("package", "preload", path.description).status == 0)
        #expect(fixture.lines("new-tool")?.first == "#> package tool 2.0 amd64")
    }

    /// The first of two versions would be what is restored otherwise.
    @Test func kernelThatRefusesTwoVersions() {
        device.commitError = .notPermitted
        let paths = ["1.0", "2.0"].map { fixture.publish(package($0)).description }
        #expect(fixture.run("package", "preload", paths[0], paths[1]).status == 4)
        #expect(fixture.names.isEmpty)
    }

    /// What apt answers must not depend on who asks: APT_CONFIG names other lists.
    @Test func programsHaveAnEnvironmentOfTheirOwn() throws {
        let environment = Environment(program: "verictl", output: Capture(), readStandardInput: { [] })
        let surroundings = Surroundings(environment, openDevice: { () throws(Errno) in throw .noEntry })
        let words = try surroundings.runProgram([Array("/usr/bin/env".utf8)])
        #expect(
            String(decoding: words, as: UTF8.self).split(separator: "\n").sorted()
                == ["LC_ALL=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
    }

    @Test func usage() {
        #expect(fixture.run("package", "preload").status == 2)
        #expect(fixture.run("package", "preload", "--apt", "x.deb").status == 2)
    }
}
