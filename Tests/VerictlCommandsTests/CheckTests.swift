// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Generation
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct CheckTests {
    private let directory = TemporaryDirectory()

    private func check(_ text: String, _ options: String...) -> (status: Int32, output: Capture) {
        let file = directory.write("rules", text)
        return ToolRun().run(bytes: (["check"] + options).map { Array($0.utf8) } + [file.bytes])
    }

    @Test func cleanRules() {
        let (status, output) = check(line("/a") + "\n")
        #expect(status == 0)
        #expect(output.result.isEmpty)
        #expect(output.messages == "0 errors, 0 warnings in 1 file, 1 entry\n")
    }

    @Test func allErrorsAreReported() {
        let (status, output) = check("junk\n\(line("/a"))\n\(line("b"))\n")
        #expect(status == 3)
        #expect(output.result.isEmpty)
        let file = "\(directory.path)/rules"
        #expect(output.messageLines.count == 3)
        #expect(output.messageLines[0].hasPrefix("\(file):1:5: error: field 2: too few fields: 1 of 9"))
        #expect(
            output.messageLines[1] == "\(file):3:1: error: field 1: path must be absolute 'b'; hint: begin it with /")
        #expect(output.messageLines[2] == "2 errors, 0 warnings in 1 file, 1 entry")
    }

    @Test func warningsOnlyCountWhenStrict() {
        let inert = line("/a", flags: "-")
        #expect(check(inert).status == 0)
        #expect(check(inert, "--strict").status == 1)
        #expect(check(line("/a"), "--strict").status == 0)
        #expect(check("junk", "--strict").status == 3)
    }

    @Test func jsonGoesToStandardOutputAlone() {
        let (status, output) = check(line("/a", flags: "ex"), "--json")
        #expect(status == 3)
        #expect(output.messages.isEmpty)
        let expected =
            #"{"schema":1,"files":1,"entries":0,"errors":1,"warnings":0,"diagnostics":[{"file":"\#(directory.path)/rules","#
            + #""line":1,"column":8,"severity":"error","code":"bad-letter","field":3,"message":"unknown flag","#
            + #""token":"x","hint":"valid letters: IelNLsikrujRO"}]}"# + "\n"
        #expect(output.resultText == expected)
    }

    @Test func printsLettersForNames() {
        let (status, output) = check("\(line("/b", privileges: "netclient|unshare"))\n\(line("/a"))\n", "--print")
        #expect(status == 0)
        #expect(output.resultText == line("/b", privileges: "cU") + "\n" + line("/a") + "\n")
        #expect(output.messages.contains("hint: in letters: cU"))
        #expect(check("junk\n\(line("/a"))", "--print").output.result.isEmpty)
        #expect(check(line("/a"), "--print", "--json").status == 2)
    }

    @Test func standardInput() {
        var tool = ToolRun()
        tool.standardInput = Array(line("b").utf8)
        let (status, output) = tool.run("check", "-")
        #expect(status == 3)
        #expect(output.messages.hasPrefix("<stdin>:1:1: error"))
    }

    @Test func missingFiles() {
        let (status, output) = ToolRun().run("check", "/nonexistent/rules")
        #expect(status == 6)
        #expect(output.messages.hasPrefix("/nonexistent/rules: error: cannot be read: No such file or directory\n"))
    }

    @Test func namesThatAreNoText() {
        let file = directory.write(BytePath(Array("r".utf8) + [0xff]), line("/a"))
        #expect(ToolRun().run(bytes: [Array("check".utf8), file.bytes]).status == 0)
    }

    @Test func colourOnlyWhenAsked() {
        let file = directory.write("bad", "junk")
        var tool = ToolRun()
        #expect(!tool.run("check", file.description).output.messageBytes.contains(0x1b))
        tool.colour = true
        #expect(
            tool.run("check", file.description).output.messages.contains(":1:5: \u{1b}[1;31merror\u{1b}[0m: field 2"))
    }
}

/// What the rule wx_memory would refuse is told before a program fails.
@Suite struct MemoryCheckTests {
    private let directory = TemporaryDirectory()
    private let root: BytePath

    init() throws {
        for (name, segments) in [
            ("rwx", [ELFImage.Segment.load(7), .stack(6)]), ("stack", [.load(5), .stack(7)]),
            ("bss", [.load(5, memorySize: 9), .stack(6)]), ("good", [.load(5), .load(6), .stack(6)]),
        ] {
            directory.write(BytePath(name.utf8), ELFImage(2, segments).bytes, mode: 0o755)
        }
        var library = ELFImage(3, [.load(5)])
        library.dynamic = [(22, 0)]
        directory.write("lib.so", library.bytes)
        directory.write("narrow", ELFImage(2, isWide: false, [.load(5)]).bytes, mode: 0o755)
        directory.write("script", "#!/bin/sh\n", mode: 0o755)
        directory.write("cut", ELFImage(2, [.load(7)]).bytes.dropLast(70), mode: 0o755)
        root = try Files.realPath(directory.path)
    }

    private func codes(_ json: String) -> [String] {
        json.split(separator: "\"code\":\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }

    @Test(
        arguments: [
            ("rwx", "e", ["writable-code"]), ("stack", "e", ["executable-stack"]),
            ("bss", "er", ["code-without-content"]), ("good", "e", []), ("script", "e", []), ("cut", "e", []),
            ("narrow", "e", ["executable-stack"]), ("lib.so", "l", ["executable-stack", "text-relocations"]),
            ("missing", "e", []),
        ])
    func check(_ name: String, _ flags: String, _ wanted: [String]) {
        let rules = directory.write("rules", "\n" + line("\(root)/\(name)", flags: flags, privileges: "-"))
        let (status, output) = ToolRun().run("check", "--json", rules.description)
        #expect(status == 0)
        #expect(codes(output.resultText) == wanted)
        #expect(output.resultText.contains("\"line\":2") == !wanted.isEmpty)
        #expect(ToolRun().run("check", "--strict", rules.description).status == (wanted.isEmpty ? 0 : 1))
        // Under a root, that of the system is not looked at.
        let other = directory.write("other", line("/\(name)", flags: flags, privileges: "-"))
        #expect(codes(ToolRun().run("check", "--json", other.description).output.resultText) == [])
        let inRoot = ToolRun().run("check", "--json", "--root", root.description, other.description).output.resultText
        #expect(codes(inRoot) == wanted)
    }

    @Test func theTextNamesTheFlag() {
        let rules = directory.write("rules", line("\(root)/rwx"))
        #expect(
            ToolRun().run("check", rules.description).output.messageLines[0]
                == "\(rules):1:1: warning: field 1: a segment at 0xb0 is writable and executable, which wx_memory "
                + "refuses '\(root)/rwx'; hint: flag j exempts the program")
    }

    @Test func gen() {
        let (status, output) = ToolRun().run("gen", "\(root)/rwx", "\(root)/good", "\(root)/lib.so")
        #expect(status == 0)
        #expect(output.resultText.split(separator: "\n").count == 3)
        #expect(
            output.messageLines == [
                "\(root)/rwx: warning: a segment at 0xb0 is writable and executable, which wx_memory refuses; hint: "
                    + "flag j exempts the program",
                "\(root)/lib.so: warning: the file has no PT_GNU_STACK header, so its stack becomes "
                    + "executable, which wx_memory refuses; hint: the programs that load it need flag j",
                "\(root)/lib.so: warning: the code is modified when it is loaded (text relocations), which wx_memory "
                    + "refuses; hint: the programs that load it need flag j",
            ])
        #expect(codes(ToolRun().run("gen", "--json", "\(root)/rwx").output.resultText) == ["writable-code"])
        #expect(ToolRun().run("gen", "--allow", "\(root)/rwx").output.messages.isEmpty)
    }

    /// Letter or not, the bit says it.
    @Test func exempted() {
        let makesCode = EntryFlags(rawValue: 1 << 13)
        for flags: EntryFlags in [.executable, [.executable, makesCode]] {
            let rule = Rule(path: root.appending(Array("rwx".utf8)), flags: flags, digest: [])
            let warnings = FileCheck.warnings(RuleTable([rule]), root: "/")
            #expect(warnings.isEmpty == flags.contains(makesCode))
        }
    }

    @Test func linksOutOfTheRoot() {
        directory.makeDirectory("stage")
        directory.makeLink("stage/tool", to: root.appending(Array("rwx".utf8)))
        let rules = directory.write("rules", line("/tool"))
        let stage = "\(root)/stage"
        #expect(!ToolRun().run("check", "--root", stage, rules.description).output.messages.contains("wx_memory"))
        #expect(ToolRun().run("check", "--root", "\(root)/rwx", rules.description).status == 6)
    }
}

@Suite struct DropInTests {
    @Test(arguments: ["foo", "foo.conf", "foo-bar", "10-base.conf", "libc6_amd64", "dpkg-tool", "a.b.conf"])
    func ruleFiles(_ name: String) {
        #expect(DropIns.reasonToSkip(Array(name.utf8)) == nil)
    }

    @Test(
        arguments: [
            ".hidden", ".foo.conf", "foo~", "foo.conf~", "#foo#", "foo.bak", "foo.conf.bak", "foo.dpkg-old",
            "foo.dpkg-new", "foo.dpkg-dist", "foo.conf.dpkg-tmp", "foo.rpmnew", "foo.rpmsave", "foo.rpmorig",
            "foo.orig",
            "foo.rej", "foo.swp", "foo.pacnew", "foo.pacsave", "foo.ucf-dist", "foo.old", "foo.tmp", "foo.txt",
            "foo.rules", "foo.conf.disabled", "~",
        ])
    func otherFiles(_ name: String) {
        #expect(DropIns.reasonToSkip(Array(name.utf8)) != nil)
    }

    @Test func directoriesAreReadInOrderAndFilesSkippedWithANote() {
        let directory = TemporaryDirectory()
        directory.write("b.conf", line("/b"))
        directory.write("a", line("/a"))
        directory.write("a.dpkg-old", "junk")
        let (status, output) = ToolRun().run(bytes: [Array("check".utf8), directory.path.bytes])
        #expect(status == 0)
        #expect(
            output.messageLines == [
                "\(directory.path)/a.dpkg-old: note: skipped (package leftover)",
                "0 errors, 0 warnings in 2 files, 2 entries",
            ])
        directory.makeDirectory("sub")
        let mixed = ToolRun().run(bytes: [Array("check".utf8), directory.path.bytes])
        #expect(mixed.status == 3)
        #expect(mixed.output.messages.contains("\(directory.path)/sub: error: a directory among rule files; hint: "))
    }

    @Test func laterDirectoriesReplaceFilesOfEarlierOnes() {
        let (usr, etc) = (TemporaryDirectory(), TemporaryDirectory())
        usr.write("app", "junk that must not be read")
        usr.write("base", line("/etc/passwd"))
        etc.write("app", line("/app"))
        var tool = ToolRun(device: RecordingDevice())
        tool.ruleDirectories = [usr.path, "/nonexistent", etc.path]
        let (status, output) = tool.run("check")
        #expect(status == 0)
        #expect(output.messages.contains("\(usr.path)/app: note: replaced by \(etc.path)/app"))
        #expect(output.messages.contains("2 entries"))
        #expect(tool.run("load", "--all").status == 0)
    }

    @Test func aLinkToNullMasksAFile() {
        let (usr, etc) = (TemporaryDirectory(), TemporaryDirectory())
        usr.write("app", line("/app"))
        etc.makeLink("app", to: "/dev/null")
        var tool = ToolRun()
        tool.ruleDirectories = [usr.path, etc.path]
        #expect(tool.run("check").output.messages.contains("0 entries"))
    }

    @Test func noDirectoryAtAllIsAnError() {
        var tool = ToolRun(device: RecordingDevice())
        tool.ruleDirectories = ["/nonexistent/a", "/nonexistent/b"]
        #expect(tool.run("check").status == 6)
        // Loading nothing in the place of everything must not happen by chance.
        #expect(tool.run("load", "--all").status == 6)
        #expect(tool.device?.commits.isEmpty == true)
    }

    @Test func conflictsBetweenFilesNameBothPlaces() {
        let directory = TemporaryDirectory()
        directory.write("a", line("/x"))
        directory.write("b", "\n" + line("/x", privileges: "s"))
        let (status, output) = ToolRun().run(bytes: [Array("check".utf8), directory.path.bytes])
        #expect(status == 3)
        #expect(output.messages.contains("\(directory.path)/b:2:1: error: field 1: "))
        #expect(output.messages.contains("\(directory.path)/a:1"))
    }
}
