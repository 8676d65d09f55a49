// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Crypto
import Device
import Loading
import Policy
import SystemIO
import TestSupport
import Testing
import Tool

@testable import VerictlCommands

@Suite final class AllowTests {
    private let scratch = TemporaryDirectory()
    private let device = RecordingDevice()
    private var run: ToolRun
    private let file: BytePath

    init() {
        device.knowledge.context = ContextID(0)
        run = ToolRun(device: device)
        run.learning.exceptionNames = scratch.path.appending(Array("names".utf8))
        run.securityfs = scratch.path
        file = scratch.write("tool", "content")
    }

    private var digest: [UInt8] { (try? Hasher(.sha256).digest(ofFile: file)) ?? [] }

    @Test func forSomeTime() {
        let (status, output) = run.run("allow", file.description, "--for", "30m")
        #expect(status == 0)
        #expect(device.exceptions == [.init(digest: digest, context: ContextID(0), seconds: 1800)])
        #expect(output.messages.contains("this content may run for 30m in context 0"))
        let hex = String(decoding: Hex.encode(digest), as: UTF8.self)
        scratch.write("exceptions", "context=0 algorithm=3 digest=\(hex) seconds=1799\n")
        let list = run.run("allow", "list").output.resultText
        #expect(list == "context 0, 1799 s left: sha256 \(hex)  # \(file)\n")
        #expect(
            run.run("allow", "list", "--json").output.resultText
                .contains("\"path\":\"\(file)\",\"context\":0,\"algorithm\":\"sha256\""))
    }

    @Test func revoke() {
        #expect(run.run("allow", "--revoke", "--context", "7", file.description).status == 0)
        #expect(device.exceptions == [.init(digest: digest, context: ContextID(7), seconds: 0)])
        device.exceptionRefusal = ContextRefusal(error: .noEntry)
        let (status, output) = run.run("allow", "--revoke", file.description)
        #expect(status == 1)
        #expect(output.messages.contains("has no exception"))
    }

    @Test func refusals() {
        device.exceptionRefusal = ContextRefusal(error: .notPermitted, reason: .permission)
        #expect(run.run("allow", file.description, "--for", "1h").status == 4)
        device.exceptionRefusal = ContextRefusal(error: .noSpace)
        #expect(run.run("allow", file.description, "--for", "1h").output.messages.contains("as many exceptions"))
        device.exceptionRefusal = nil
        // One file that cannot be read: nothing is changed.
        #expect(run.run("allow", file.description, "/nonexistent", "--for", "1h").status == 6)
        #expect(device.exceptions.isEmpty)
        #expect((try? Files.status(run.learning.exceptionNames)) == nil)
    }

    @Test(arguments: [["--for", "25h"], ["--for", "0s"], ["--for", "30"], ["--for", "1h", "--revoke"], []])
    func nonsense(_ options: [String]) {
        let words = ["allow", file.description] + options
        #expect(run.run(bytes: words.map { Array($0.utf8) }).status == 2)
        #expect(device.exceptions.isEmpty)
    }
}

/// The answer for an ordinary user.
@Suite struct UserQuestionTests {
    private final class Twin: AskDevice {
        var answer: Result<AskAnswer, Errno>

        init(_ answer: Result<AskAnswer, Errno>) { self.answer = answer }

        func ask(_ file: borrowing Descriptor) throws(Errno) -> AskAnswer { try answer.get() }
    }

    private func explain(
        _ answer: Result<AskAnswer, Errno>, _ words: [String] = ["/bin/sh"]
    ) -> (status: Int32, text: String, messages: String) {
        let output = Capture()
        var surroundings = Surroundings(
            Environment(program: "verictl", output: output, readStandardInput: { () throws(Errno) in [] }),
            openDevice: { () throws(Errno) in throw .accessDenied })
        surroundings.openAskDevice = { () throws(Errno) in Twin(answer) }
        let status = VerictlTool.run((["explain"] + words).map { Array($0.utf8) }, in: surroundings)
        return (status, output.resultText, output.messages)
    }

    @Test func answers() {
        #expect(explain(.success(AskAnswer())).text == "/bin/sh: yes; the rules do not keep it from running\n")
        let refused = explain(.success(AskAnswer(error: .accessDenied, reason: .notAllowed)))
        #expect(refused.status == 1)
        #expect(refused.text.hasPrefix("/bin/sh: no; exec would fail with EACCES: "))
        let permitted = explain(.success(AskAnswer(reason: .notAllowed)))
        #expect(permitted.status == 0 && permitted.text.contains("yes; but it would be reported"))
        #expect(explain(.failure(.accessDenied)).text.contains("no; you may not execute it"))
        #expect(explain(.success(AskAnswer()), ["/nonexistent"]).status == 6)
        let json = explain(.success(AskAnswer(error: .accessDenied, reason: .notAllowed)), ["--json", "/bin/sh"])
        #expect(
            json.text
                == "{\"schema\":1,\"files\":[{\"path\":\"/bin/sh\",\"would_run\":false,\"reason\":\"not-allowed\","
                + "\"error\":\"EACCES\"}]}\n")
    }

    /// Questions about other contexts or users take the device.
    @Test func whatElseTakesTheDevice() {
        #expect(explain(.success(AskAnswer()), ["--context", "7", "/bin/sh"]).status == 4)
        #expect(explain(.success(AskAnswer()), ["--user", "0", "/bin/sh"]).status == 4)
        #expect(explain(.failure(.notTerminal)).status == 6)
    }
}
