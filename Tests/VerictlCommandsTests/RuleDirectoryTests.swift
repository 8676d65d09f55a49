// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Image
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

/// What a rule directory may hold besides rule files.
@Suite struct RuleDirectoryTests {
    private let device = RecordingDevice()
    private let directory = TemporaryDirectory()
    private let tool: ToolRun

    init() {
        var tool = ToolRun(device: device)
        tool.ruleDirectories = [directory.path]
        self.tool = tool
        directory.write("base", line("/bin/sh"))
    }

    @Test func aNameOfNoKnownKindIsAWarning() {
        directory.write("nginx-1.24", line("/a"))
        let (status, output) = tool.run("check")
        #expect(status == 0)
        #expect(output.messages.contains("/nginx-1.24: warning: skipped (the name has a dot and does not end in .conf"))
        #expect(tool.run("check", "--strict").status == 1)
        #expect(tool.run("load", "--all").status == 0)
        #expect(tool.run("load", "--all", "--strict").status == 3)
        #expect(device.commits.count == 1)
    }

    /// Fault 28, case 11: the name is what is wrong, and no rule is read.
    @Test func onlyANameOfNoKnownKind() throws {
        try Files.rename(
            directory.path.appending(Array("base".utf8)), to: directory.path.appending(Array("a-1.24".utf8)))
        #expect(tool.run("check", "--strict").status == 1)
        #expect(tool.run("check").status == 3)
        #expect(tool.run("check").output.messages.contains("no rule file was found there"))
        #expect(tool.run("load", "--all").status == 3)
        #expect(device.commits.isEmpty)
        // Without such a file, nothing explains that there is no rule.
        try Files.remove(directory.path.appending(Array("a-1.24".utf8)))
        #expect(tool.run("check", "--strict").status == 3)
        directory.write("b-1.24", line("/a"))
        directory.write("junk", "junk")
        #expect(tool.run("check", "--strict").status == 3)
    }

    @Test func leftoversAreNotes() {
        for name in ["a.dpkg-old", "a~", ".a", "a.bak"] { directory.write(BytePath(name.utf8), "junk") }
        #expect(tool.run("check", "--strict").status == 0)
        #expect(tool.run("load", "--all", "--strict").status == 0)
    }

    /// Opening a fifo without a writer would wait for ever.
    @Test func filesOfOtherKindsAreErrors() {
        directory.makeFifo("fifo")
        let (status, output) = tool.run("check")
        #expect(status == 3)
        #expect(output.messages.contains("\(directory.path)/fifo: error: not a regular file; hint: "))
        directory.makeLink("zero", to: "/dev/zero")
        #expect(tool.run("load", "--all").output.messages.contains("/zero: error: not a regular file"))
        #expect(device.commits.isEmpty)
    }

    /// A device that is named is read, up to a limit.
    @Test func aDeviceHasNoEnd() {
        let (status, output) = tool.run("check", "/dev/zero")
        #expect(status == 6)
        #expect(output.messages.contains("/dev/zero: error: cannot be read: File too large"))
    }

    @Test func aReadmeIsExplained() {
        directory.write("README", "Put rules here.\nOne a line.\n")
        let (status, output) = tool.run("load", "--all")
        #expect(status == 3)
        #expect(output.messages.contains("\(directory.path)/README:1:"))
        #expect(
            output.messages.contains(
                "\(directory.path)/README: note: no line of this file is a rule; hint: to have it skipped, rename it"))
        directory.write("README", "junk\n\(line("/a"))\n")
        #expect(!tool.run("check").output.messages.contains("no line of this file"))
    }

    @Test(arguments: [UInt32(0o666), 0o602, 0o646])
    func aFileThatOthersCanWrite(_ mode: UInt32) {
        directory.write("open", line("/a"), mode: mode)
        let (status, output) = tool.run("check")
        #expect(status == 0)
        #expect(output.messages.contains("\(directory.path)/open: warning: users other than root can change this file"))
        #expect(tool.run("check", "\(directory.path)/open", "--strict").status == 1)
    }

    @Test(arguments: [([0xef, 0xbb, 0xbf], "UTF-8"), ([0xff, 0xfe], "UTF-16"), ([0xfe, 0xff], "UTF-16")])
    func byteOrderMarks(_ mark: [UInt8], _ name: String) {
        var tool = ToolRun()
        tool.standardInput = mark + Array("# rules\n\(line("/a"))\n".utf8)
        let (status, output) = tool.run("check", "-")
        #expect(status == 3)
        let place = "<stdin>:1:1: error: "
        #expect(output.messages.hasPrefix(place + "the file begins with a byte order mark (\(name)); hint: "))
        #expect(output.messageLines.count == 2)
    }

    // MARK: Filesystems without entries

    private func onFAT(_ indices: Int...) -> CommitOutcome {
        var outcome = CommitOutcome()
        outcome.error = Errno(95)
        outcome.reason = .untrustedFilesystem
        outcome.results = indices.map {
            CommitResult(index: $0, error: Errno(95), reason: .untrustedFilesystem, isSkipped: false)
        }
        outcome.resultsCount = indices.count
        return outcome
    }

    @Test func oneFileOnFATCostsTheOthersNothing() throws {
        directory.write("boot", line("/boot/tool.efi"))
        device.outcomes = [onFAT(1), CommitOutcome()]
        let (status, output) = tool.run("load", "--all")
        #expect(status == 0)
        #expect(device.commits.map(\.entries) == [2, 1])
        #expect(try ImageDecoder.decode(device.commits[1].image).map(\.path) == ["/bin/sh"])
        #expect(
            output.messages.contains(
                "\(directory.path)/boot:1: warning: /boot/tool.efi: the filesystem is not known to preserve the "
                    + "identity of files; entry left out; hint: an allow digest works there: verictl gen --allow\n"))
        device.outcomes = [CommitOutcome(), CommitOutcome(), onFAT(1), CommitOutcome()]
        #expect(
            tool.run("load", "--all", "--json").output.resultText.contains(
                #""left_out":[{"path":"/boot/tool.efi","context":-1,"reason":"untrusted-filesystem"}]"#))
    }

    @Test func strictOrWithAnotherReasonItRefusesAll() {
        directory.write("boot", line("/boot/tool.efi"))
        device.outcomes = [onFAT(1)]
        let (status, output) = tool.run("load", "--all", "--strict")
        #expect(status == 4)
        #expect(output.messages.contains("verictl gen --allow"))
        #expect(device.commits.count == 1)
        var other = onFAT(1)
        other.results.append(CommitResult(index: 0, error: .noEntry, reason: .noFile, isSkipped: false))
        other.resultsCount = 2
        device.outcomes = [other]
        #expect(tool.run("load", "--all").status == 4)
        // A replacing load never becomes an empty one.
        device.outcomes = [onFAT(0, 1)]
        #expect(tool.run("load", "--all").status == 4)
        #expect(device.commits.count == 3)
    }
}
