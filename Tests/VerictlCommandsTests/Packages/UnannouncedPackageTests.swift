// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import TestSupport
import Testing

/// What `verictl package sync` makes of versions that were installed behind the
/// hooks: dpkg's own sums prove nothing about them.
@Suite struct UnannouncedPackageTests {
    private let fixture = PackageFixture()

    init() {
        fixture.install(package("1.0"))
        #expect(fixture.run("package", "sync").status == 0)
    }

    @Test(arguments: ["installed", "unpacked", "half-configured", "triggers-awaited", "config-files"])
    func upgrade(_ state: String) {
        let before = fixture.text("pkg-tool")
        fixture.install(package("2.0"), state)
        for more in [[], ["--keep-new"]] {
            let (status, output) = fixture.tool.run(bytes: (["package", "sync"] + more).map { Array($0.utf8) })
            #expect(status == 6)
            #expect(output.messages.contains("pkg-tool: the package tool 2.0 amd64 was installed without"))
            #expect(output.messages.contains("verictl package preload FILE.deb"))
            #expect(fixture.names == ["pkg-tool"])
            #expect(fixture.text("pkg-tool") == before)
        }
        #expect(fixture.run("package", "sync", "--json").output.resultText.contains("was installed without"))
    }

    @Test func newPackage() {
        fixture.install(package("1", name: "other"))
        #expect(fixture.run("package", "sync").status == 6)
        #expect(fixture.names == ["pkg-tool"])
    }

    /// An installed package can be announced afterwards.
    @Test func announcedAfterwards() {
        fixture.install(package("2.0"))
        #expect(fixture.run("package", "sync").status == 6)
        let path = fixture.publish(package("2.0"))
        #expect(fixture.run("package", "preload", path.description).status == 0)
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.names == ["pkg-tool"])
        #expect(fixture.digests("pkg-tool").contains(sha256("tool 2.0")))
    }

    /// A version of which another content was announced.
    @Test func anotherVersionWasAnnounced() {
        let path = fixture.publish(package("2.0"))
        #expect(fixture.run("package", "preload", path.description).status == 0)
        fixture.install(package("3.0"))
        #expect(fixture.run("package", "sync").status == 6)
        #expect(fixture.lines("pkg-tool")?.first == "#> package tool 1.0 amd64")
    }

    @Test func whereItIsAllowed() {
        fixture.install(package("2.0"))
        fixture.install(package("1", name: "other"))
        fixture.configure("local = refuse\n")
        #expect(fixture.run("package", "sync").status == 6)
        fixture.configure("local = allow\n")
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.names == ["pkg-other", "pkg-tool"])
        #expect(fixture.digests("pkg-tool").contains(sha256("tool 2.0")))
    }

    @Test func rebuild() {
        fixture.install(package("2.0"))
        fixture.install(package("1", name: "other"))
        #expect(fixture.run("package", "sync", "--rebuild").status == 0)
        #expect(fixture.names == ["pkg-other", "pkg-tool"])
        #expect(fixture.run("package", "sync").status == 0)
    }

    @Test func wrongSettings() {
        fixture.configure("local = perhaps\n")
        #expect(fixture.run("package", "sync").status == 3)
        #expect(fixture.names == ["pkg-tool"])
    }

    /// The first run was killed before it had written all files.
    @Test func interruptedFirstRun() {
        fixture.install(package("1", name: "other"))
        fixture.directory.write("root/var/lib/verictl.d/.first", "")
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.names == ["pkg-other", "pkg-tool"])
    }

    /// A file of intents makes the file anew, but not with what has come since.
    @Test func changedIntents() {
        fixture.install(package("1.0", program: "forged, with its sum"))
        #expect(fixture.run("package", "sync").status == 0)
        try? Files.makeDirectory(fixture.root.appending(Array("etc/verictl/intent.d".utf8)))
        fixture.directory.write("root/etc/verictl/intent.d/tool", "/usr/bin/tool 0 e - - - c\n")
        #expect(fixture.run("package", "sync").status == 6)
        #expect(!fixture.digests("pkg-tool").contains(sha256("forged, with its sum")))
        #expect(fixture.lines("pkg-tool")?.count == 4)
        fixture.install(package("1.0"))
        fixture.directory.write("root/etc/verictl/intent.d/tool", "/usr/bin/tool 0 e - - - s\n")
        #expect(fixture.run("package", "sync").status == 6)
        #expect(fixture.run("package", "sync", "--rebuild").status == 0)
        #expect(fixture.digests("pkg-tool").contains(sha256("tool 1.0")))
    }

    /// The same version again, after it was removed.
    @Test func installedAgain() {
        fixture.set(package("1.0"), "config-files")
        #expect(fixture.run("package", "sync").status == 0)
        let before = fixture.text("pkg-tool")
        fixture.install(package("1.0"))
        #expect(fixture.run("package", "sync").status == 6)
        #expect(fixture.text("pkg-tool") == before)
        let path = fixture.publish(package("1.0"))
        #expect(fixture.run("package", "preload", path.description).status == 0)
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.digests("pkg-tool").contains(sha256("tool 1.0")))
    }
}
