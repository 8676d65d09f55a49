// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import TestSupport
import Testing

/// Rules without digests: `gen --intent`, and those that `package sync` joins.
@Suite struct IntentTests {
    private let fixture = PackageFixture()

    private func intent(_ text: String) -> String { fixture.directory.write("intent", text).description }

    private func lines(_ output: Capture) -> [String] {
        output.resultText.split(separator: "\n").map { $0.split(separator: " ").dropLast().joined(separator: " ") }
    }

    private func gen(_ text: String, _ more: String...) -> (status: Int32, output: Capture) {
        let words = ["gen", "--root", fixture.root.description, "--intent", intent(text)] + more
        return fixture.tool.run(bytes: words.map { Array($0.utf8) })
    }

    @Test func filesOfTheRoot() {
        fixture.install(package("1.0", name: "a"))
        fixture.install(package("1.0", name: "b"))
        let (status, output) = gen(
            "# ours\n/usr/bin/[ab]  0 e NET_RAW NET_RAW - c # both\n\n/usr/share/doc/*/readme 7 l - - - -\n")
        #expect(status == 0, "\(output.messages)")
        #expect(
            lines(output) == [
                "/usr/bin/a 0 e NET_RAW NET_RAW - c sha256", "/usr/bin/b 0 e NET_RAW NET_RAW - c sha256",
                "/usr/share/doc/a/readme 7 l - - - - sha256", "/usr/share/doc/b/readme 7 l - - - - sha256",
            ])
        let digest = String(decoding: Hex.encode(sha256("a 1.0")), as: UTF8.self)
        #expect(output.resultText.hasPrefix("/usr/bin/a 0 e NET_RAW NET_RAW - c sha256 \(digest)\n"))
    }

    @Test func nothingMatches() {
        fixture.install(package("1.0"))
        let (status, output) = gen("/usr/bin/tool 0 e - - - -\n/usr/bin/z* 0 e - - - -\n")
        #expect(status == 3)
        #expect(output.messages.contains("intent:2:1: error: field 1: no file is there for '/usr/bin/z*'"))
        #expect(output.result.isEmpty)
    }

    @Test(arguments: [
        ("/usr/bin/tool 0 e - - -", "6 fields instead of 7"), ("/usr/bin/tool 0 e - - - - sha256 00", "9 fields"),
        ("* 0 - - - - -", "for files by their paths"), ("/usr/bin/tool 0 Q - - - -", "intent:1:17: error: field 3"),
    ])
    func wrongLines(_ line: String, _ message: String) {
        fixture.install(package("1.0"))
        let (status, output) = gen(line + "\n")
        #expect(status == 3)
        #expect(output.messages.contains(message))
    }

    @Test func contradiction() {
        fixture.install(package("1.0"))
        let (status, output) = gen("/usr/bin/tool 0 e - - - -\n/usr/bin/* 0 e - - - c\n")
        #expect(status == 3)
        #expect(output.messages.contains("says something different"))
    }

    @Test func packages() {
        let path = package("1.0").build(in: fixture.directory)
        let (status, output) = gen("/usr/bin/* 0 e - - - c\n", "--from-deb", path.description)
        #expect(status == 0, "\(output.messages)")
        #expect(output.resultText.hasPrefix("#> package tool 1.0 amd64\n* 0 "))
        #expect(lines(output).last == "/usr/bin/tool 0 e - - - c sha256")
        #expect(gen("/usr/bin/other 0 e - - - c\n", "--from-deb", path.description).status == 3)
    }

    @Test func usage() {
        #expect(gen("", "/usr/bin/tool").status == 2)
        #expect(gen("", "--allow").status == 2)
    }

    // MARK: package sync

    private func entries() -> [Rule] {
        let text = (try? Files.read(fixture.made.appending(Array("pkg-tool".utf8)))) ?? []
        return RuleParser(source: []).parse(text).rules.filter { !$0.isAllowDigest }
    }

    private func putIntent(_ directory: String, _ text: String) {
        let path = BytePath("root/\(directory)/verictl/intent.d".utf8)
        try? Files.makeDirectory(fixture.directory.path.appending(path.bytes))
        fixture.directory.write(path.appending(Array("tool".utf8)), text)
    }

    /// A package that brings rules without digests.
    private func granting(_ text: String, _ version: String, name: String = "tool") -> DebianPackage {
        var package = package(version, name: name)
        package.files["usr/share/verictl/intent.d/\(name)"] = text
        return package
    }

    /// A file for a package that the package does not have grants nothing.
    @Test func fileOfAnotherPackage() {
        putIntent("usr/share", "/usr/bin/tool 0 e - - - c\n")
        fixture.install(package("1.0"))
        for _ in 1...2 {
            let (status, output) = fixture.run("package", "sync")
            #expect(status == 6)
            #expect(output.messages.contains("intent.d/tool: by dpkg's list, the file is not of the package"))
            #expect(entries().isEmpty)
            #expect(fixture.lines("pkg-tool")?.count == 4)
        }
        putIntent("etc", "/usr/bin/tool 0 e - - - c\n")
        #expect(fixture.run("package", "sync").status == 0)
        #expect(entries().count == 1)
    }

    /// The right to change rules comes from the package verictl or from the administrator.
    @Test func rightToChangeRules() {
        let rule = "/usr/bin/tool 0 e - - - Vc\n"
        fixture.install(granting(rule, "1.0"))
        let (status, output) = fixture.run("package", "sync")
        #expect(status == 6)
        #expect(output.messages.contains("only the package verictl may bring a rule with the privilege V"))
        #expect(entries().isEmpty)
        putIntent("etc", rule)
        #expect(fixture.run("package", "sync").status == 0)
        #expect(entries().count == 1)
    }

    @Test func rightOfVerictl() {
        fixture.install(granting("/usr/bin/verictl 0 e - - - V\n", "1.0", name: "verictl"))
        #expect(fixture.run("package", "sync").status == 0)
        #expect(fixture.digests("pkg-verictl").contains(sha256("verictl 1.0")))
        #expect(fixture.lines("pkg-verictl")?.count == 6)
    }

    /// A grant is for what is configured, and follows the digest.
    @Test func upgrade() {
        func own(_ version: String) -> DebianPackage { granting("/usr/bin/tool 0 e - - - c\n", version) }
        fixture.install(own("1.0"))
        #expect(fixture.run("package", "sync").status == 0)
        #expect(entries().map(\.digest) == [sha256("tool 1.0")])
        let path = fixture.publish(own("2.0"))
        #expect(fixture.run("package", "preload", path.description).status == 0)
        fixture.install(own("2.0"), "half-configured")
        #expect(fixture.run("package", "sync").status == 0)
        #expect(entries().map(\.digest) == [sha256("tool 1.0")])
        fixture.install(own("2.0"))
        #expect(fixture.run("package", "sync").status == 0)
        #expect(entries().map(\.digest) == [sha256("tool 2.0")])
        #expect(fixture.names == ["pkg-tool"])

        // The administrator's file replaces that of the package, at once.
        putIntent("etc", "/usr/bin/tool 0 e - - - s\n")
        #expect(fixture.run("package", "sync").status == 0)
        #expect(entries().map { String(decoding: $0.privileges.letters, as: UTF8.self) } == ["s"])
        #expect(fixture.run("package", "sync").output.messages.contains("0 rule files written"))
    }

    /// dpkg's sums are no proof; the digest of the package was.
    @Test func noGrantForAnotherContent() {
        putIntent("etc", "/usr/bin/tool 0 e - - - c\n")
        let path = fixture.publish(package("2.0"))
        #expect(fixture.run("package", "preload", path.description).status == 0)
        fixture.install(package("2.0", program: "forged, with its sum"))
        let (status, output) = fixture.run("package", "sync")
        #expect(status == 6)
        #expect(output.messages.contains("/usr/bin/tool: the content is not that of the package"))
        #expect(entries().isEmpty)
    }

    @Test func errorsInAPackagesFile() {
        putIntent("etc", "/usr/bin/tool 0 e - - - c\n/usr/bin/gone 0 e - - - c\nnonsense\n")
        fixture.install(package("1.0"))
        let (status, output) = fixture.run("package", "sync")
        #expect(status == 3)
        #expect(output.messages.contains("intent.d/tool:2:1: error"))
        #expect(output.messages.contains("intent.d/tool:3:1: error"))
        #expect(entries().count == 1)
    }
}
