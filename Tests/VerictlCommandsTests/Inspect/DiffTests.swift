// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct DiffTests {
    private let directory = TemporaryDirectory()
    private let device = RecordingDevice()
    private var tool: ToolRun

    init() {
        device.knowledge.context = ContextID(0)
        tool = ToolRun(device: device)
        tool.securityfs = directory.path
        tool.ruleDirectories = [directory.makeDirectory("rules.d")]
        directory.write("digests", "")
    }

    /// A file with an entry of this text, as the kernel lists it.
    private func entry(_ file: BytePath, _ words: String = "flags=0x1", digest: String = digest) throws -> String {
        let identity = try Files.status(file).identity
        return "context=0 dev=\(identity.deviceText) inode=\(identity.inode) \(words) algorithm=3 digest=\(digest) "
            + "path=\(file)\n"
    }

    private func rule(_ file: BytePath, _ context: String = "0", flags: String = "e") -> String {
        line(file.description, context, flags: flags, privileges: "-") + "\n"
    }

    private static let executable = "flags=\(EntryFlags.executable.rawValue)"

    @Test func theSame() throws {
        let file = directory.write("a", "a")
        directory.write("rules.d/one", rule(file, "-1") + "* 0 - - - - - sha256 \(digest)\n")
        directory.write("entries", try entry(file, Self.executable))
        directory.write("digests", "context=0 algorithm=3 digest=\(digest)\n")
        let (status, output) = tool.run("diff")
        #expect(status == 0)
        #expect(output.result.isEmpty && output.messages.isEmpty)
        #expect(
            tool.run("diff", "--json").output.resultText
                == #"{"schema":1,"same":true,"only_on_disk":[],"only_in_kernel":[],"changed":[],"without_file":[]}"#
                + "\n")
    }

    /// A link leads to the same file, which the kernel may have under another name.
    @Test func otherNamesOfAFile() throws {
        let file = directory.write("a", "a")
        let link = directory.makeLink("link", to: file)
        directory.write("rules.d/one", rule(link))
        directory.write("entries", try entry(file, Self.executable))
        #expect(tool.run("diff").status == 0)
    }

    @Test func everyKindOfDifference() throws {
        let files = ["a", "b", "c"].map { directory.write(BytePath($0.utf8), $0) }
        let other = String(repeating: "cd", count: 32)
        directory.write("rules.d/one", rule(files[0]) + rule(files[1], flags: "er") + rule("/nonexistent/file"))
        directory.write("entries", try entry(files[1], Self.executable) + entry(files[2], Self.executable))
        directory.write("digests", "context=0 algorithm=3 digest=\(other)\n")
        let (status, output) = tool.run("diff")
        #expect(status == 1)
        #expect(
            output.resultText
                == "- * 0 - - - - - sha256 \(other)\n- " + rule(files[2]) + "- " + rule(files[1]) + "+ "
                + rule(files[1], flags: "er") + "+ " + rule(files[0]))
        #expect(output.messages == "verictl: note: 1 rule for files that are not there\n")
        #expect(
            tool.run("diff", "--stat").output.resultText
                == "only on disk    1\nonly in kernel  2\nchanged         1\nwithout file    1\n")
        #expect(tool.run("diff", "--context", "5").status == 0)
    }

    /// A size that only the kernel has is kept by a load, and is no difference.
    @Test(arguments: [("", "", 0), (":5", " size=5", 0), ("", " size=5", 0), (":5", "", 1), (":5", " size=6", 1)])
    func sizes(_ disk: String, _ kernel: String, _ wanted: Int32) {
        directory.write("rules.d/one", "* 0 - - - - - sha256 \(digest)\(disk)\n")
        directory.write("entries", "")
        directory.write("digests", "context=0 algorithm=3 digest=\(digest)\(kernel)\n")
        let (status, output) = tool.run("diff")
        #expect(status == wanted)
        #expect(output.resultText.contains("+ * 0 - - - - - sha256 \(digest):5\n") == (wanted == 1))
    }

    /// Another file under the name of the entry has no entry.
    @Test func aReplacedFile() throws {
        let file = directory.write("a", "a")
        directory.write("rules.d/one", rule(file))
        directory.write("entries", try entry(file, Self.executable))
        directory.write("new", "new")
        try Files.rename(directory.path.appending(Array("new".utf8)), to: file)
        let output = tool.run("diff").output
        #expect(output.resultText == "- " + rule(file) + "+ " + rule(file))
    }

    @Test func brokenRulesAreNotCompared() {
        directory.write("rules.d/one", "junk")
        directory.write("entries", "")
        let (status, output) = tool.run("diff")
        #expect(status == 3)
        #expect(output.messages.contains("nothing was compared"))
    }

    // MARK: The policy in the status

    @Test func driftInTheStatus() throws {
        let file = directory.write("a", "a")
        directory.write("rules.d/one", rule(file))
        directory.write("status", "abi_version 1\ngeneration 1\nentries 1\ncontext.0.entries 1\ncontext.0.level 0x1\n")
        var tool = tool
        tool.runtimeDirectory = directory.path.appending(Array("run".utf8))
        #expect(!tool.run("status").output.resultText.contains("policy"))
        #expect(tool.run("load", "--all").status == 0)
        let loaded = tool.run("status").output.resultText
        #expect(loaded.split(separator: "\n")[1].hasSuffix("; on disk: the same"))
        #expect(tool.run("status", "--json").output.resultText.contains(#","in_force":true,"disk":"same"},"#))
        directory.write("rules.d/two", "# nothing\n")
        #expect(tool.run("status").output.resultText.contains("; on disk: changed since, see verictl diff\n"))
        directory.write("status", "abi_version 1\ngeneration 2\nentries 1\n")
        #expect(tool.run("status").output.resultText.contains(", and changes since it was loaded; on disk"))
    }
}
