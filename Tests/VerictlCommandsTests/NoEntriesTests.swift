// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Image
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

/// A replacing load of nothing would take every entry away: it is refused
/// before anything is sent. Emptying has a command of its own.
@Suite struct NoEntriesTests {
    private let device = RecordingDevice()
    private let directory = TemporaryDirectory()

    private func tool(_ directories: BytePath...) -> ToolRun {
        var tool = ToolRun(device: device)
        tool.ruleDirectories = directories
        return tool
    }

    private func emptyImage() throws -> BytePath { directory.write("image", try ImageEncoder.encode([])) }

    // MARK: load --all

    @Test func anEmptiedDirectoryIsAnError() {
        let (status, output) = tool("/nonexistent", directory.path).run("load", "--all")
        #expect(status == 3)
        #expect(device.commits.isEmpty)
        #expect(output.messages.contains("\(directory.path)"))
        #expect(!output.messages.contains("/nonexistent"))
        #expect(output.messages.contains("nothing was loaded"))
    }

    @Test func aDirectoryOfSkippedFilesIsAnError() {
        directory.write("app-1.24", line("/a"))
        directory.write("app~", line("/a"))
        directory.makeDirectory("sub")
        let (status, output) = tool(directory.path).run("load", "--all")
        #expect(status == 3)
        #expect(device.commits.isEmpty)
        #expect(output.messages.contains("app-1.24: warning: skipped"))
    }

    @Test(arguments: ["", "# all is commented out\n\n", "\n \t\n"])
    func filesWithoutEntriesAreAnError(_ text: String) {
        directory.write("app", text)
        directory.write("base", text)
        let (status, output) = tool(directory.path).run("load", "--all")
        #expect(status == 3)
        #expect(device.commits.isEmpty)
        #expect(output.messages.contains("\(directory.path) (2 files)"))
        #expect(output.messages.contains("verictl unload --all"))
    }

    @Test func maskingEveryFileIsAnError() {
        let etc = TemporaryDirectory()
        directory.write("app", line("/app"))
        etc.makeLink("app", to: "/dev/null")
        #expect(tool(directory.path, etc.path).run("load", "--all").status == 3)
        #expect(device.commits.isEmpty)
    }

    // MARK: load --replace

    @Test(arguments: ["/dev/null", "-"])
    func replacingByNothingIsRefused(_ file: String) {
        let (status, output) = tool().run("load", "--replace", "-f", file)
        #expect(status == 3)
        #expect(device.commits.isEmpty)
        #expect(output.messages.contains(file == "-" ? "<stdin>" : file))
        #expect(output.messages.contains("verictl unload --all"))
    }

    @Test func aDryRunOfItIsRefusedToo() {
        #expect(tool().run("load", "--replace", "-n", "-f", "/dev/null").status == 3)
        #expect(device.commits.isEmpty)
    }

    @Test func oneEntryIsEnough() {
        directory.write("empty", "# nothing\n")
        directory.write("one", line("/bin/sh"))
        #expect(tool(directory.path).run("load", "--all").status == 0)
        #expect(device.commits.map(\.entries) == [1])
    }

    @Test func anImageWithoutEntriesReplacesNothing() throws {
        let image = try emptyImage().description
        let (status, output) = tool().run("load", "--replace", "--compiled", image)
        #expect(status == 3)
        #expect(device.commits.isEmpty)
        #expect(output.messages.contains(image))
        #expect(output.messages.contains("verictl unload --all"))
    }

    // MARK: Entries that would all be skipped

    @Test func replacingByMissingFilesIsRefused() {
        directory.write("app", line("/nonexistent/a") + "\n" + line("/nonexistent/b"))
        let (status, output) = tool(directory.path).run("load", "--all")
        #expect(status == 3)
        #expect(device.commits.isEmpty)
        #expect(output.messages.contains("verictl unload --all"))
    }

    @Test func oneFileThatExistsIsEnough() {
        directory.write("app", line("/nonexistent/a") + "\n" + line("/"))
        #expect(tool(directory.path).run("load", "--all", "--skip-missing").status == 0)
        #expect(device.commits.count == 1)
    }

    @Test func anAllowDigestIsNeverMissing() {
        directory.write("app", line("/nonexistent/a") + "\n* -1 - - - - - sha256 \(digest)")
        #expect(tool(directory.path).run("load", "--all", "--skip-missing", "--skip-contexts").status == 0)
    }

    @Test func replacingByMissingContextsIsRefused() {
        directory.write("app", line("/", "7"))
        #expect(tool(directory.path).run("load", "--all", "--skip-contexts").status == 3)
        #expect(device.commits.isEmpty)
        device.contexts[ContextID(7)] = ContextState(context: ContextID(7))
        #expect(tool(directory.path).run("load", "--all", "--skip-contexts").status == 0)
    }

    @Test func oneOfEachIsRefused() {
        directory.write("app", line("/nonexistent/a") + "\n" + line("/", "7"))
        #expect(tool(directory.path).run("load", "--all", "--skip-contexts", "--skip-missing").status == 3)
        #expect(device.commits.isEmpty)
        #expect(tool(directory.path).run("load", "--all", "--skip-contexts", "--strict").status == 0)
    }

    // MARK: Commands that take nothing away

    @Test func addingOrRemovingNothingIsWarnedOf() throws {
        let image = try emptyImage().description
        for arguments in [["load", "-f", "/dev/null"], ["load", "--compiled", image], ["unload", "-f", "-"]] {
            let (status, output) = tool().run(bytes: arguments.map { Array($0.utf8) })
            #expect(status == 0)
            #expect(output.messages.contains("warning: "))
        }
        #expect(device.commits.allSatisfy { $0.entries == 0 && $0.mode != .replace })
    }

    @Test func aNamedDirectoryMustHoldARuleFile() {
        let path = directory.path.description
        for command in ["load", "unload"] {
            let (status, output) = tool().run(command, "-f", path)
            #expect(status == 3)
            #expect(output.messages.contains("\(path): error: "))
        }
        #expect(tool().run("check", path).status == 3)
        #expect(tool().run("-l", "-f", path).status == 1)
        #expect(tool().run("load", "-f", "/nonexistent").status == 6)
        #expect(device.commits.isEmpty)
    }

    @Test func unloadingEverythingIsSaidByItsName() {
        #expect(tool().run("unload", "--all").status == 0)
        #expect(device.commits.map(\.mode) == [.replace])
        #expect(device.commits.map(\.entries) == [0])
    }

    // MARK: Without a kernel

    @Test(arguments: ["/dev/null", "-"])
    func checkingNothingIsAnError(_ file: String) {
        let (status, output) = ToolRun().run("check", file)
        #expect(status == 3)
        #expect(output.messages.contains("1 error, 0 warnings in 1 file, 0 entries"))
        let json = ToolRun().run("check", "--json", file)
        #expect(json.status == 3)
        #expect(json.output.resultText.contains("\"code\":\"no-entries\""))
    }

    @Test func checkingAnEmptiedDirectoryIsAnError() {
        let (status, output) = tool(directory.path).run("check")
        #expect(status == 3)
        #expect(output.messages.contains("\(directory.path)"))
    }

    @Test func nothingIsNotCompiled() {
        let image = directory.path.appending(Array("image".utf8))
        let (status, output) = ToolRun().run("compile", "-o", image.description, "/dev/null")
        #expect(status == 3)
        #expect(output.messages.contains("nothing was written"))
        #expect((try? Files.status(image)) == nil)
    }
}
