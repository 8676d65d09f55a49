// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct SignTests {
    private let device = RecordingDevice()
    private let directory = TemporaryDirectory()
    private let tool: ToolRun

    init() throws {
        var tool = ToolRun(device: device)
        let path = { [directory] (name: String) in directory.path.appending(Array(name.utf8)) }
        tool.stateDirectory = path("state")
        tool.configurationDirectory = path("etc")
        tool.runtimeDirectory = path("run")
        tool.bootConfiguration = path("etc/boot.conf")
        self.tool = tool
        for name in ["etc", "etc/keys"] { directory.makeDirectory(BytePath(name.utf8)) }
        for name in ["good", "other"] {
            let words = [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)",
                "-keyout", text(name + ".key"), "-out", text(name + ".pem"),
            ]
            // What openssl says of its progress is of no interest here.
            let command = ["sh", "-c", "\"$@\" 2>&1", "sh"] + words
            let made = try Process.output(
                of: command.map { Array($0.utf8) }, environment: ["PATH=/usr/bin:/bin", "HOME=\(directory.path)"])
            #expect(made.status == 0)
        }
        directory.write("etc/keys/good.pem", try content("good.pem"))
        try compile("one", 5)
    }

    private func text(_ name: String) -> String { "\(directory.path)/\(name)" }

    private func content(_ name: String) throws -> String {
        String(decoding: try Files.read(BytePath(text(name).utf8)), as: UTF8.self)
    }

    /// An image with this number of the policy.
    private func compile(_ name: String, _ version: Int) throws {
        directory.write("rules", line("/bin/\(name)"))
        let run = tool.run(
            "compile", text("rules"), "-o", text(name + ".img"), "--policy-version", "\(version)")
        #expect(run.status == 0)
    }

    private func sign(_ name: String, by key: String = "good", certificate: String? = nil) -> Int32 {
        tool.run(
            "sign", text(name + ".img"), "--key", text(key + ".key"), "--certificate",
            text((certificate ?? key) + ".pem")
        ).status
    }

    private func load(_ name: String, _ words: String...) -> (status: Int32, output: Capture) {
        let words = ["load", "--compiled", text(name + ".img"), "--require-signature"] + words
        return tool.run(bytes: words.map { Array($0.utf8) })
    }

    // MARK: Loading

    @Test func signedIsLoaded() throws {
        #expect(sign("one") == 0)
        #expect(load("one").status == 0)
        #expect(device.commits.count == 1)
        // A kernel that does not check signatures is not sent any.
        #expect(device.commits[0].signature == [])
        #expect(try content("state/policy.version") == "5\n")
        device.knowledge.features |= 1 << 7
        #expect(load("one", "--certificate", text("good.pem")).status == 0)
        #expect(try device.commits[1].signature == Files.read(BytePath(text("one.img.p7s").utf8)))
    }

    @Test func unsignedIsRefused() {
        let (status, output) = load("one")
        #expect(status == 1)
        #expect(output.messages.contains("is not signed: there is no \(text("one.img.p7s"))"))
        #expect(device.commits.isEmpty)
    }

    @Test func otherKeyIsRefused() {
        #expect(sign("one", by: "other") == 0)
        let (status, output) = load("one")
        #expect(status == 1)
        #expect(output.messages.contains("one.img.p7s: the signature is not by a key of a trusted certificate"))
        #expect(device.commits.isEmpty)
        #expect(load("one", "--certificate", text("other.pem")).status == 0)
    }

    /// The signature of one image does not count for another one.
    @Test func otherContentIsRefused() throws {
        #expect(sign("one") == 0)
        try compile("two", 6)
        try Files.write(Files.read(BytePath(text("one.img.p7s").utf8)), to: BytePath(text("two.img.p7s").utf8))
        let (status, output) = load("two")
        #expect(status == 1)
        #expect(output.messages.contains("two.img.p7s: the signature does not belong to this content"))
        #expect(device.commits.isEmpty)
    }

    @Test func lowerNumberIsRefused() throws {
        try compile("old", 4)
        #expect(sign("one") == 0)
        #expect(sign("old") == 0)
        #expect(load("one").status == 0)
        let (status, output) = load("old")
        #expect(status == 1)
        #expect(output.messages.contains("the policy has the number 4, and number 5 was in force"))
        #expect(device.commits.count == 1)
        #expect(load("one").status == 0)
    }

    @Test func dryRunKeepsNoNumber() {
        #expect(sign("one") == 0)
        #expect(load("one", "-n").status == 0)
        #expect((try? content("state/policy.version")) == nil)
    }

    // MARK: Checking

    private func check(_ name: String, _ words: String...) -> (status: Int32, output: Capture) {
        tool.run(bytes: (["sign", "--check", text(name + ".img")] + words).map { Array($0.utf8) })
    }

    @Test func goodSignature() {
        #expect(check("one").status == 1)
        #expect(sign("one") == 0)
        let (status, output) = check("one")
        #expect(status == 0)
        #expect(output.messages.contains("number 5, signed by good.pem"))
        #expect(check("one", "--certificate", text("other.pem")).status == 1)
        #expect(check("one", "--certificate", text("good.pem")).status == 0)
        #expect(device.commits.isEmpty)
    }

    @Test func oldNumber() throws {
        try compile("old", 4)
        #expect(sign("one") == 0 && sign("old") == 0)
        #expect(check("old").status == 0)
        #expect(load("one").status == 0)
        let (status, output) = check("old")
        #expect(status == 1)
        #expect(output.messages.contains("the policy has the number 4, and number 5 was in force"))
        #expect(check("one").status == 0)
    }

    // MARK: Signing

    @Test func keyOfAnotherCertificate() {
        #expect(sign("one", by: "good", certificate: "other") == 3)
        #expect((try? content("one.img.p7s")) == nil)
    }

    @Test func onlyImagesAreSigned() {
        directory.write("text.img", "no image")
        #expect(sign("text") == 3)
    }

    @Test(arguments: [
        ["load", "--all", "--require-signature"], ["load", "--compiled", "x", "--certificate", "y"],
        ["sign", "x"], ["sign", "x", "--key", "y"], ["sign", "x", "--check", "--key", "y"],
        ["sign", "x", "--check", "-o", "y"],
    ])
    func options(_ words: [String]) {
        #expect(tool.run(bytes: words.map { Array($0.utf8) }).status == 2)
    }

    // MARK: Boot

    @Test func bootTakesOnlySigned() throws {
        device.knowledge.context = ContextID(0)
        device.contexts = [ContextID(0): ContextState(context: ContextID(0))]
        var tool = tool
        tool.essentials.tool = directory.write("verictl", "abc")
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        directory.write("rules", "\(tool.essentials.tool) 0 er - - - V sha256 \(digest)")
        #expect(tool.run("compile", text("rules"), "-o", text("etc/policy.img")).status == 0)
        directory.write("etc/boot.conf", "mode = enforcing\nsignature = required\n")
        #expect(tool.run("boot", "load", "--rules-only").status == 1)
        #expect(device.commits.isEmpty)
        #expect(sign("etc/policy") == 0)
        let (status, output) = tool.run("boot", "load", "--rules-only")
        #expect(status == 0)
        #expect(output.messages.contains("number 0, from \(text("etc/policy.img")), signed by good.pem"))
        #expect(device.commits.count == 1)
        directory.write("status", "abi_version 1\ngeneration 1\nentries 1\ncontext.0.entries 1\ncontext.0.level 0x1\n")
        directory.write("entries", "")
        tool.securityfs = directory.path
        let text = tool.run("status")
        #expect(text.output.resultText.contains(", number 0, signed by good.pem; on disk: the same"))
        let json = tool.run("status", "--json")
        #expect(json.output.resultText.contains(#""disk":"same","number":0,"certificate":"good.pem"}"#))
        try Files.write([0], to: BytePath(self.text("etc/policy.img").utf8))
        #expect(tool.run("status").output.resultText.contains("signed by good.pem; on disk: changed since"))
    }
}
