// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct VerifyTests {
    private let directory = TemporaryDirectory()
    private var tool = ToolRun()

    /// The digest of "abc" in FIPS 180-4.
    private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    init() {
        tool.ruleDirectories = [directory.makeDirectory("rules.d")]
        directory.makeDirectory("sub")
        rules(directory.write("same", "abc"), directory.write("sub/changed", "abd"))
    }

    private func rules(_ paths: BytePath...) {
        let lines = paths.map { "\($0) 0 e - - - - sha256 \(Self.abc)\n" }
        directory.write("rules.d/one", lines.joined() + "* 0 - - - - - sha256 \(digest)\n")
    }

    private func run(_ words: String...) -> (status: Int32, output: Capture) {
        tool.run(bytes: (["verify"] + words).map { Array($0.utf8) })
    }

    @Test func changedFiles() {
        let (status, output) = run()
        #expect(status == 1)
        #expect(
            output.resultText
                == "ok \(directory.path)/same\nchanged \(directory.path)/sub/changed (\(directory.path)/rules.d/one:2)\n"
        )
        #expect(output.messages == "2 files: 1 ok, 1 changed\n")
        let changed = run("--changed-only", "-j", "1").output
        #expect(changed.resultText.hasPrefix("changed "))
        #expect(changed.messages == "2 files: 1 ok, 1 changed\n")
    }

    @Test func onlySomePaths() {
        #expect(run("\(directory.path)/same").status == 0)
        #expect(run("\(directory.path)/sub/").status == 1)
        #expect(run("\(directory.path)/su").output.messages == "0 files: 0 ok\n")
    }

    @Test func missingFiles() {
        rules("/nonexistent/file")
        let (status, output) = run("--json")
        #expect(status == 1)
        #expect(
            output.resultText.hasPrefix(
                #"{"schema":1,"ok":0,"changed":0,"missing":1,"unreadable":0,"#
                    + #""files":[{"path":"/nonexistent/file","state":"missing","#))
    }

    /// What is no regular file may never end.
    @Test func whatCannotBeHashed() {
        rules(directory.path)
        let (status, output) = run()
        #expect(status == 6)
        #expect(output.resultText == "unreadable \(directory.path) (not a regular file)\n")
    }

    @Test func anotherRoot() {
        rules("/sub/../same")
        #expect(run("--root", directory.path.description).status == 0)
        rules("/sub/changed")
        #expect(run("--root", directory.path.description).status == 1)
        #expect(run("--root", "/nonexistent").status == 6)
    }

    @Test func brokenRules() {
        directory.write("rules.d/one", "junk")
        #expect(run().status == 3)
        directory.write("rules.d/one", "# nothing\n")
        #expect(run().status == 3)
    }
}
