// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import TestSupport
import Testing

/// `verictl gen` for packages of Debian.
@Suite struct GenPackagesTests {
    private let fixture = PackageFixture()

    private func names(_ output: Capture) -> [String] {
        let parsed = RuleParser(source: []).parse(output.result)
        #expect(!parsed.hasErrors)
        #expect(parsed.rules.allSatisfy { $0.isAllowDigest })
        return parsed.rules.compactMap { $0.name?.description }
    }

    @Test func fromDeb() {
        let path = package("1.0").build(in: fixture.directory)
        let (status, output) = fixture.run("gen", "--from-deb", path.description)
        #expect(status == 0)
        #expect(output.messages.isEmpty)
        #expect(output.resultText.hasPrefix("#> package tool 1.0 amd64\n* 0 - - - - - sha256 "))
        #expect(names(output) == ["/etc/tool/bin/hook", "/usr/bin/tool", "/var/lib/dpkg/info/tool.postinst"])
        #expect(fixture.run("gen", "--from-deb", path.description).output.result == output.result)
    }

    @Test func fromDebWithErrors() {
        let path = package("1.0").build(in: fixture.directory)
        let broken = fixture.directory.write("broken.deb", "!<arch>\n")
        let (status, output) = fixture.run("gen", "--from-deb", path.description, "--from-deb", broken.description)
        #expect(status == 6)
        #expect(output.messages.contains("broken.deb: "))
        #expect(names(output).count == 3)
    }

    @Test func installedPackages() {
        fixture.install(package("1.0", name: "b"))
        fixture.install(package("2.0", name: "a"))
        let (status, output) = fixture.run(
            "gen", "--root", fixture.root.description, "--all-packages", "--context", "7")
        #expect(status == 0)
        let lines = output.resultText.split(separator: "\n")
        #expect(lines.count == 8)
        #expect(lines[0] == "#> package a 2.0 amd64")
        #expect(lines[1].hasPrefix("* 7 "))
        #expect(lines[4] == "#> package b 1.0 amd64")

        let one = fixture.run("gen", "--root", fixture.root.description, "--package", "b").output
        #expect(names(one) == ["/etc/b/bin/hook", "/usr/bin/b", "/var/lib/dpkg/info/b.postinst"])
        let (missing, messages) = fixture.run("gen", "--root", fixture.root.description, "--package", "zzz")
        #expect(missing == 6)
        #expect(messages.messages.contains("zzz: no such package is installed"))
    }

    @Test func aFileForEachPackage() {
        fixture.install(package("1.0", name: "b"))
        fixture.install(package("2.0", name: "a"))
        fixture.directory.makeDirectory("out")
        let out = fixture.directory.path.appending(Array("out".utf8))
        #expect(
            fixture.run("gen", "--root", fixture.root.description, "--all-packages", "-o", out.description).status == 0)
        let files = (try? Files.list(out).map { String(decoding: $0.name, as: UTF8.self) }) ?? []
        #expect(files == ["pkg-a", "pkg-b"])
    }

    /// dpkg may have put the file of a package elsewhere.
    @Test func diversions() {
        fixture.install(package("1.0"))
        fixture.directory.write("root/usr/bin/tool.distrib", "tool 1.0", mode: 0o755)
        fixture.directory.write("root/usr/bin/tool", "another", mode: 0o755)
        fixture.directory.write(
            "root/var/lib/dpkg/diversions", "/usr/bin/tool\n/usr/bin/tool.distrib\nother\n")
        let (status, output) = fixture.run("gen", "--root", fixture.root.description, "--package", "tool")
        #expect(status == 0)
        #expect(names(output).contains("/usr/bin/tool.distrib"))
        #expect(!names(output).contains("/usr/bin/tool"))
    }

    /// Where /bin is a link, a file has one name.
    @Test func mergedDirectories() {
        var old = package("1.0")
        old.files["bin/shell"] = "shell"
        fixture.directory.makeDirectory("root/usr")
        fixture.directory.makeDirectory("root/usr/bin")
        fixture.directory.makeLink("root/bin", to: "usr/bin")
        fixture.install(old)
        let (status, output) = fixture.run("gen", "--root", fixture.root.description, "--package", "tool")
        #expect(status == 0)
        #expect(names(output).contains("/usr/bin/shell"))
    }

    @Test(arguments: [
        ["gen"], ["gen", "--all-packages", "/bin/true"], ["gen", "--package", "a", "--all-packages"],
        ["gen", "--package", "a", "--flags", "e"], ["gen", "--from-deb", "x", "-r"],
    ])
    func usage(_ arguments: [String]) {
        #expect(fixture.tool.run(bytes: arguments.map { Array($0.utf8) }).status == 2)
    }
}
