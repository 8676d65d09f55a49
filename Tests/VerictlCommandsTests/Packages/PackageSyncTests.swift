// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Policy
import SystemIO
import TestSupport
import Testing

/// `verictl package sync` and `list`, with a dpkg database of the test's own.
@Suite struct PackageSyncTests {
    private let fixture = PackageFixture()

    private let code = ["/etc/tool/bin/hook", "/usr/bin/tool", "/var/lib/dpkg/info/tool.postinst"]

    private func lines(_ version: String) -> [String] { ["#> package tool \(version) amd64"] + code }

    @Test func whatIsInstalled() {
        fixture.install(package("1.0"))
        let (status, output) = fixture.run("package", "sync")
        #expect(status == 0)
        #expect(fixture.lines("pkg-tool") == lines("1.0"))
        #expect(fixture.digests("pkg-tool").contains(sha256("tool 1.0")))
        #expect(output.messages.contains("the rules were not loaded"))
        // Again, and nothing is done.
        #expect(fixture.run("package", "sync").output.messages.contains("0 rule files written, 0 removed"))
        let (_, list) = fixture.run("package", "list")
        #expect(list.resultText == "tool 1.0 amd64  3 digests\n")
    }

    /// The digests of a package that was authenticated are taken over; what may
    /// differ comes from the disk.
    @Test func upgrade() {
        fixture.install(package("1.0"))
        #expect(fixture.run("package", "sync").status == 0)
        let path = fixture.publish(package("2.0"))
        #expect(fixture.run("package", "preload", path.description).status == 0)
        #expect(fixture.names == ["new-tool", "pkg-tool"])
        #expect(fixture.digests("new-tool").contains(sha256("tool 2.0")))
        #expect(fixture.digests("pkg-tool").contains(sha256("tool 1.0")))

        // Before and after unpacking, both are allowed; however often it is run.
        for state in ["half-installed", "unpacked", "half-configured"] {
            fixture.install(package(state == "half-installed" ? "1.0" : "2.0"), state)
            #expect(fixture.run("package", "sync").status == 0)
            #expect(fixture.names == ["new-tool", "pkg-tool"])
            #expect(fixture.digests("pkg-tool").contains(sha256("tool 1.0")))
        }
        var changed = package("2.0")
        changed.files["etc/tool/bin/hook"] = "#!/bin/sh\n# mine\n"
        changed.install(fixture.directory, root: "root")
        fixture.set(package("2.0"), "installed")
        let (status, output) = fixture.run("package", "sync")
        #expect(status == 0)
        #expect(output.messages.contains("/etc/tool/bin/hook: a configuration file that was changed"))
        #expect(fixture.names == ["pkg-tool"])
        #expect(fixture.lines("pkg-tool")?.first == "#> package tool 2.0 amd64")
        let digests = fixture.digests("pkg-tool")
        #expect(digests.contains(sha256("tool 2.0")))
        #expect(!digests.contains(sha256("tool 1.0")))
        #expect(digests.contains(sha256("#!/bin/sh\n# mine\n")))
        #expect(digests.contains(sha256("#!/bin/sh\n")))
    }

    /// dpkg alone, without apt's hook, where that is allowed.
    @Test func upgradeThatNobodyAnnounced() {
        fixture.install(package("1.0"))
        #expect(fixture.run("package", "sync").status == 0)
        fixture.configure("local = allow\n")
        fixture.install(package("2.0"), "half-configured")
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.names == ["new-tool", "pkg-tool"])
        fixture.install(package("2.0"))
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.names == ["pkg-tool"])
        #expect(fixture.lines("pkg-tool") == lines("2.0"))
    }

    /// A dpkg that was killed leaves what it noted last beside the status file.
    @Test func dpkgThatWasKilled() {
        fixture.install(package("1.0"))
        #expect(fixture.run("package", "sync").status == 0)
        let path = fixture.publish(package("2.0"))
        #expect(fixture.run("package", "preload", path.description).status == 0)
        fixture.directory.makeDirectory("root/var/lib/dpkg/updates")
        fixture.directory.write("root/var/lib/dpkg/updates/0001", package("1.0").status("half-installed"))
        fixture.directory.write("root/var/lib/dpkg/updates/tmp.i", "Package: other")
        fixture.directory.write("root/var/lib/dpkg/updates/0002", package("2.0").status("unpacked"))
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.names == ["new-tool", "pkg-tool"])
    }

    @Test func versionsThatDidNotCome() {
        fixture.install(package("1.0"))
        let (old, other) = (fixture.publish(package("2.0")), fixture.publish(package("1", name: "other")))
        #expect(fixture.run("package", "preload", old.description, other.description).status == 0)
        #expect(fixture.run("package", "sync", "--keep-new").status == 0)
        #expect(fixture.names == ["new-other", "new-tool", "pkg-tool"])
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.names == ["pkg-tool"])
        #expect(fixture.lines("pkg-tool") == lines("1.0"))
    }

    @Test func removal() {
        var removable = package("1.0")
        removable.scripts["postrm"] = "#!/bin/sh\n# purge\n"
        fixture.install(removable)
        #expect(fixture.run("package", "sync").status == 0)
        try? Files.remove(fixture.root.appending(Array("usr/bin/tool".utf8)))
        try? Files.remove(fixture.root.appending(Array("var/lib/dpkg/info/tool.postinst".utf8)))
        fixture.set(removable, "config-files")
        #expect(fixture.run("package", "sync").status == 0)
        // Purging runs the script, and the configuration file may still be run.
        #expect(
            fixture.lines("pkg-tool")
                == ["#> package tool 1.0 amd64 config-files", "/etc/tool/bin/hook", "/var/lib/dpkg/info/tool.postrm"])
        #expect(fixture.run("package", "list").output.resultText == "tool 1.0 amd64  2 digests, removed\n")
        fixture.forget("tool")
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.names.isEmpty)
    }

    @Test func filesThatAreNotThoseOfThePackage() {
        fixture.install(package("1.0"))
        fixture.directory.write("root/usr/bin/tool", "changed", mode: 0o755)
        let (status, output) = fixture.run("package", "sync")
        #expect(status == 6)
        #expect(output.messages.contains("/usr/bin/tool: the content is not that of the package"))
        #expect(fixture.lines("pkg-tool") == ["#> package tool 1.0 amd64", code[0], code[2]])
    }

    @Test func namesWithDots() {
        fixture.install(package("1.0", name: "python3.11"))
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.names == ["pkg-python3_11"])
    }

    /// Other rules of the directory are not touched.
    @Test func otherFiles() {
        fixture.install(package("1.0"))
        try? Files.makeDirectory(fixture.made)
        fixture.directory.write("root/var/lib/verictl.d/learned", "")
        fixture.directory.write("root/var/lib/verictl.d/pkg-mine", "# by hand\n")
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.names == ["learned", "pkg-mine", "pkg-tool"])
    }

    @Test func rulesAreLoaded() {
        let device = RecordingDevice()
        device.contexts[ContextID(0)] = ContextState(context: ContextID(0))
        let fixture = PackageFixture(device: device)
        fixture.install(package("1.0"))
        let (status, output) = fixture.run("package", "sync", "--json")
        #expect(status == 0)
        #expect(output.resultText.contains("pkg-tool"))
        #expect(device.commits.map(\.mode) == [.replace])
        #expect(device.commits.map(\.entries) == [3])
    }

    @Test func noDatabase() {
        let fixture = PackageFixture()
        try? Files.remove(fixture.root.appending(Array("var/lib/dpkg/status".utf8)))
        #expect(fixture.run("package", "sync").status == 6)
    }
}
