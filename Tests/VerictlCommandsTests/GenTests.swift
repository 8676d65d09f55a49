// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

/// The digest of "abc" in FIPS 180-4.
private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/// A shared object that asks for nothing unusual.
private let sharedObject = ELFImage(3, [.load(5), .stack(6)]).bytes

@Suite struct GenTests {
    private let directory = TemporaryDirectory()
    private let root: BytePath

    init() throws {
        directory.makeDirectory("bin")
        directory.makeDirectory("lib")
        directory.write("bin/tool", "abc", mode: 0o755)
        directory.write("bin/readme", "text")
        directory.write("lib/libx.so.1", sharedObject)
        directory.write("lib/liby.so", "GROUP ( libx.so.1 )")
        directory.write("lib/plugin.so", sharedObject, mode: 0o755)
        directory.makeLink("lib/libx.so", to: "libx.so.1")
        directory.makeHardLink("bin/alias", to: "bin/tool")
        directory.makeFifo("bin/fifo")
        root = try Files.realPath(directory.path)
    }

    private func gen(_ arguments: String...) -> (status: Int32, output: Capture) {
        ToolRun().run(bytes: (["gen"] + arguments).map { Array($0.utf8) })
    }

    private func rules(_ output: Capture) -> [Rule] {
        let parsed = RuleParser(source: []).parse(output.result)
        #expect(!parsed.hasErrors)
        return parsed.rules
    }

    @Test func kernelModules() {
        try? Files.makeDirectory(root.appending(Array("lib/modules/6.12.1-x/kernel/fs".utf8)))
        for name in ["fs/a.ko", "fs/b.ko.zst", "c.ko.xz", "fs/notes.ko.txt", "fs/.ko"] {
            directory.write(BytePath("lib/modules/6.12.1-x/kernel/\(name)".utf8), "abc")
        }
        directory.makeLink("lib/modules/6.12.1-x/build", to: "/usr/src")
        let (status, output) = gen("--root", root.description, "--modules", "6.12.1-x")
        #expect(status == 0)
        let place = "/lib/modules/6.12.1-x/kernel"
        #expect(rules(output).map(\.title) == ["\(place)/c.ko.xz", "\(place)/fs/a.ko", "\(place)/fs/b.ko.zst"])
        #expect(output.resultText.contains("\(place)/fs/a.ko -1 l - - - - sha256 \(abc)\n"))
        #expect(gen("--root", root.description, "--modules", "6.1").status == 6)
        #expect(gen("--modules", "../etc").status == 2)
    }

    @Test func namedFiles() {
        let (status, output) = gen("\(root)/bin/tool", "\(root)/bin/readme")
        #expect(status == 0)
        #expect(output.messages.isEmpty)
        let found = rules(output)
        #expect(found.map(\.title) == ["\(root)/bin/readme", "\(root)/bin/tool"])
        #expect(output.resultText.contains("\(root)/bin/tool -1 e - - - - sha256 \(abc)\n"))
    }

    /// Modules need no x bit; what has one is a program.
    @Test func scripts() {
        let place = "\(root)/scripts"
        directory.makeDirectory("scripts")
        directory.write("scripts/run", "#!/bin/sh", mode: 0o755)
        for name in ["m.py", "m.cpython-311.pyc", "x.pth", "M.pm", "functions.sh"] {
            directory.write(BytePath("scripts/\(name)".utf8), name)
        }
        directory.write("scripts/tool.py", "tool", mode: 0o755)
        directory.write("scripts/hidden", "#!/usr/bin/perl")
        for name in ["data.json", ".py", "py", "#", "notes.txt"] {
            directory.write(BytePath("scripts/\(name)".utf8), "#" + name)
        }
        directory.write("scripts/empty", "")
        let programs = ["run", "tool.py"]
        let modules = ["M.pm", "functions.sh", "hidden", "m.cpython-311.pyc", "m.py", "x.pth"]
        #expect(rules(gen("-r", place).output).map(\.title) == programs.map { "\(place)/\($0)" })
        let (status, output) = gen("--scripts", "-r", place, "--flags", "er")
        #expect(status == 0)
        let letters = rules(output).map { "\($0.title) \(String(decoding: $0.flags.letters, as: UTF8.self))" }
        #expect(
            Set(letters)
                == Set(programs.map { "\(place)/\($0) er" } + modules.map { "\(place)/\($0) l" }))
        #expect(rules(gen("--scripts", "--allow", "-r", place).output).count == 8)
    }

    @Test func treesGiveProgramsAndLibraries() {
        let (status, output) = gen("-r", root.description, "--flags", "er", "--privs", "cs", "--caps-eff", "KILL")
        #expect(status == 0)
        let found = rules(output).map { rule in
            let name = String(decoding: BytePath(rule.subject.field).lastComponent, as: UTF8.self)
            let letters = [rule.flags.letters, rule.privileges.letters].map { String(decoding: $0, as: UTF8.self) }
            return "\(name) \(letters[0]) \(rule.effective.text) \(letters[1])"
        }
        #expect(found == ["alias er KILL cs", "tool er KILL cs", "libx.so.1 l - -", "plugin.so l - -"])
    }

    @Test func namesBecomeLetters() {
        let (status, output) = gen("--privs", "netclient,UNSHARE", "--flags", "exe|needroot", "\(root)/bin/tool")
        #expect(status == 0)
        #expect(output.resultText == "\(root)/bin/tool -1 er - - - cU sha256 \(abc)\n")
        let refused = gen("--privs", "netclint,unshare", "\(root)/bin/tool")
        #expect(refused.status == 2)
        #expect(refused.output.messages.contains("--privs: unknown privilege 'netclint'; hint: NETCLIENT"))
        #expect(refused.output.result.isEmpty)
    }

    @Test func rootIsLeftOut() {
        let inside = gen("-r", "--root", root.description, "/bin").output
        #expect(rules(inside).map(\.path) == ["/bin/alias", "/bin/tool"])
        let outside = gen("--root", root.description, "\(root)/lib/libx.so").output
        #expect(rules(outside).map(\.path) == ["/lib/libx.so.1"])
    }

    /// Links of the root are those of the future system: none leads out of it.
    @Test func linksStayInTheRoot() {
        directory.makeLink("bin/out", to: "/etc/passwd")
        directory.makeLink("bin/up", to: "../../../../../bin/tool")
        directory.makeLink("bin/here", to: "/bin/tool")
        directory.makeLink("sbin", to: "/bin")
        let (status, output) = gen("--root", root.description, "/bin/out", "/bin/tool")
        #expect(status == 6)
        #expect(output.messages.contains("/bin/out: No such file or directory"))
        #expect(rules(output).map(\.path) == ["/bin/tool"])
        for path in ["/bin/up", "bin/here", "\(root)/bin/here", "/sbin/here", "\(root)/sbin/tool", "sbin/../sbin/up"] {
            #expect(rules(gen("--root", root.description, path).output).map(\.path) == ["/bin/tool"])
        }
        #expect(rules(gen("--root", root.description, "-r", "\(root)").output).map(\.path).contains("/bin/tool"))
    }

    @Test func problemsDoNotStopTheRest() {
        let (status, output) = gen("/nonexistent", "\(root)/bin/fifo", "\(root)/bin", "\(root)/bin/tool")
        #expect(status == 6)
        #expect(rules(output).count == 1)
        #expect(output.messageLines.count == 3)
        #expect(output.messages.contains("/nonexistent: No such file or directory"))
        #expect(output.messages.contains("use -r to search it"))
    }

    @Test func everyNameSurvives() {
        let name = Array("a b#c\\d\n".utf8) + [0xff]
        directory.write(BytePath(name), "abc", mode: 0o755)
        let found = rules(gen("-r", root.description).output)
        #expect(found.contains { $0.path == root.appending(name) })
    }

    @Test func sameOutputForAnyNumberOfWorkers() {
        let single = gen("-r", root.description, "-j", "1").output.result
        #expect(gen("-r", root.description, "-j2").output.result == single)
        #expect(gen("-r", root.description, "-j", "9").output.result == single)
        #expect(gen("-r", root.description, "\(root)/bin", "\(root)/bin/tool").output.result == single)
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func algorithms(_ algorithm: DigestAlgorithm) {
        let found = rules(gen("--algo", algorithm.name, "--context", "0x10", "\(root)/bin/tool").output)
        #expect(found.map(\.algorithm) == [algorithm])
        #expect(found.map(\.context) == [ContextID(16)])
    }

    /// Two programs and two libraries, but two contents.
    @Test func allowDigestsAreWrittenOnce() {
        let (status, output) = gen("--allow", "-r", "--context", "7", "\(root)")
        #expect(status == 0)
        let found = rules(output)
        #expect(found.count == 2)
        // The first of the names in their order.
        #expect(output.resultText.contains("* 7 - - - - - sha256 \(abc):3 # \(root)/bin/alias\n"))
        #expect(found.allSatisfy { $0.isAllowDigest })
        #expect(found == found.sorted { $0.key < $1.key })
        let one = gen("--allow", "--algo", "fsverity-sha256", "\(root)/bin/tool").output.resultText
        #expect(one.hasPrefix("* -1 - - - - - fsverity-sha256 "))
        // It costs nothing, and needs no size.
        #expect(one.split(separator: " ")[8].count == 64)
        #expect(
            gen("--allow", "--json", "\(root)/bin/tool").output.resultText
                == #"{"schema":1,"entries":[{"path":"*","context":-1,"flags":"-","effective":[],"permitted":[],"#
                + #""inheritable":[],"privileges":"-","privilege_names":[],"algorithm":"sha256","digest":"\#(abc)","#
                + #""size":3,"name":"\#(root)/bin/tool"}],"diagnostics":[],"problems":[]}"#
                + "\n")
    }

    @Test func contextOfTheLoader() {
        #expect(rules(gen("--context", "-1", "\(root)/bin/tool").output).map(\.context) == [.own])
    }

    @Test func writesAFile() throws {
        let output = root.appending(Array("out".utf8))
        let run = gen("-o", output.description, "\(root)/bin/tool")
        #expect(run.status == 0)
        #expect(run.output.result.isEmpty)
        #expect(try Files.read(output).starts(with: "\(root)/bin/tool -1 e".utf8))
    }

    @Test func json() {
        let text = gen("--json", "\(root)/bin/tool").output.resultText
        #expect(
            text == #"{"schema":1,"entries":[{"path":"\#(root)/bin/tool","context":-1,"flags":"e","effective":[],"#
                + #""permitted":[],"inheritable":[],"privileges":"-","privilege_names":[],"algorithm":"sha256","digest":"\#(abc)"}],"diagnostics":[],"problems":[]}"#
                + "\n"
        )
    }

    @Test func progressOnlyOnATerminal() {
        var tool = ToolRun()
        tool.terminal = true
        let output = tool.run("gen", "\(root)/bin/tool").output
        #expect(output.messages.hasPrefix("\r"))
        #expect(output.messages.hasSuffix("\n"))
        #expect(output.messages.contains("1/1 files"))
    }
}
