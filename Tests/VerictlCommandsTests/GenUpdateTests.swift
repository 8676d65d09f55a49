// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import TestSupport
import Testing

/// `verictl gen --update`
@Suite struct GenUpdateTests {
    private let directory = TemporaryDirectory()
    private let file: BytePath
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private let old = String(repeating: "ab", count: 32)

    init() {
        file = directory.path.appending(Array("rules".utf8))
        directory.write("a", "abc", mode: 0o755)
        directory.write("b", "abc", mode: 0o755)
    }

    private func update(_ text: String, _ more: String...) -> (status: Int32, output: Capture, text: String) {
        directory.write("rules", text)
        let words = ["gen", "--update", file.description] + more
        let (status, output) = ToolRun().run(bytes: words.map { Array($0.utf8) })
        return (status, output, String(decoding: (try? Files.read(file)) ?? [], as: UTF8.self))
    }

    private func rules(_ first: String, _ second: String) -> String {
        """
        # ours, \(old)
        \(directory.path)/b\t0  e - - -  c sha256 \(first)   # \(old)

        \(directory.path)/a 0 e - - - - sha256 \(abc)\r
        * 0 - - - - - sha256 \(second) # \(directory.path)/a
        * 0 - - - - - sha256 \(old)
        """
    }

    @Test func onlyDigestsChange() {
        let (status, output, text) = update(rules(old, old))
        #expect(status == 0)
        #expect(text == rules(abc, abc))
        #expect(
            output.resultText
                == "2: \(directory.path)/b: abababababababab... is now ba7816bf8f01cfea...\n"
                + "5: \(directory.path)/a: abababababababab... is now ba7816bf8f01cfea...\n")
    }

    /// A size stays with its digest, and is not added where there is none.
    @Test(arguments: [":3", ":9", ""])
    func sizes(_ size: String) {
        let name = "# \(directory.path)/a\n"
        let (status, output, text) = update("* 0 - - - - - sha256 \(old)\(size) \(name)")
        #expect(status == 0)
        #expect(text == "* 0 - - - - - sha256 \(abc)\(size.isEmpty ? "" : ":3") \(name)")
        #expect(output.resultText.hasPrefix("1: "))
        let again = update(text)
        #expect(again.text == text)
        #expect(again.output.resultText.isEmpty)
        // The digest is right, and the size is not.
        #expect(update("* 0 - - - - - sha256 \(abc):4 \(name)").text == "* 0 - - - - - sha256 \(abc):3 \(name)")
    }

    @Test func nothingChanges() {
        let before = rules(abc, abc)
        directory.write("rules", before)
        let identity = try? Files.status(file).identity
        let (status, output, text) = update(before, "--json")
        #expect(status == 0)
        #expect(text == before)
        #expect(output.resultText == "{\"schema\":1,\"changed\":[],\"problems\":[]}\n")
        #expect(identity != nil)
    }

    @Test func filesThatAreMissing() {
        let line = "/nonexistent/x 0 e - - - - sha256 \(old)\n"
        let (status, output, text) = update(line + "\(directory.path)/a 0 e - - - - sha256 \(old)\n")
        #expect(status == 6)
        #expect(output.messages.contains("/nonexistent/x: No such file"))
        #expect(text == line + "\(directory.path)/a 0 e - - - - sha256 \(abc)\n")
    }

    @Test func wrongRules() {
        let before = rules(old, old) + "\nnonsense\n"
        let (status, output, text) = update(before)
        #expect(status == 3)
        #expect(text == before)
        #expect(output.messages.contains("rules:7:"))
    }

    @Test func usage() {
        #expect(update("", "--allow").status == 2)
        #expect(update("", "-o", "x").status == 2)
        #expect(update("", "/bin/true").status == 2)
    }
}
