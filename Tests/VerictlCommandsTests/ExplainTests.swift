// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
import Device
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct ExplainTests {
    private let directory = TemporaryDirectory()
    private let file: BytePath
    private let device = RecordingDevice()

    init() {
        file = directory.write("tool", ELFImage(2, [.load(5)]).bytes, mode: 0o755)
        device.knowledge.context = ContextID(0)
    }

    private var tool: ToolRun {
        var tool = ToolRun(device: device)
        tool.securityfs = directory.path
        return tool
    }

    private func verdict(_ state: FileVerdict.State) -> FileVerdict {
        var verdict = FileVerdict()
        verdict.state = state
        verdict.generation = 7
        verdict.level = .active
        guard state != .unlisted else {
            verdict.reason = .noEntry
            return verdict
        }
        verdict.flags = [.executable, .needRoot]
        verdict.effective = CapabilitySet(bit: 10)
        verdict.permitted = CapabilitySet(bit: 10)
        verdict.privileges = .networkClient
        verdict.algorithm = 3
        verdict.wanted = [UInt8](repeating: 0xab, count: 32)
        return verdict
    }

    private var mismatch: FileVerdict {
        var mismatch = verdict(.refused)
        mismatch.reason = .digestMismatch
        mismatch.error = .accessDenied
        mismatch.found = [UInt8](repeating: 0x12, count: 32)
        return mismatch
    }

    @Test func verified() throws {
        device.verdicts = [verdict(.verified)]
        let identity = try Files.status(file).identity
        let other = "context=5 dev=\(identity.deviceText) inode=\(identity.inode) generation=1 source=/other line=1\n"
        let same = other.replacing("context=5", with: "context=0").replacing("/other line=1", with: "/etc/x line=3")
        let farther = same.replacing("dev=", with: "dev=9").replacing("line=3", with: "line=4")
        directory.write("entries", farther + other + same)
        let (status, output) = tool.run("explain", file.description)
        #expect(status == 0)
        #expect(
            output.resultText == """
                \(file): listed and verified; it would run
                  context      0
                  rule         /etc/x:3
                  flags        e (EXE) r (NEEDROOT)
                  effective    NET_BIND_SERVICE
                  permitted    NET_BIND_SERVICE
                  inheritable  -
                  privileges   c (NETCLIENT)
                  digest       sha256 \(digest)

                """)
        #expect(output.messages.isEmpty)
        #expect(device.queries.map(\.context) == [ContextID(0)])
        #expect(device.queries.map(\.verifying) == [true])
    }

    @Test func verifiedButNothingGranted() {
        var verdict = verdict(.verified)
        verdict.reason = .nosuidMount
        device.verdicts = [verdict]
        let (status, output) = tool.run("explain", "--context", "7", file.description)
        #expect(status == 0)
        #expect(
            output.resultText.contains(
                "  warning      nothing would be granted: the file is on a mount with nosuid (nosuid-mount)\n"))
        #expect(!output.resultText.contains("  rule "))
        #expect(device.queries.map(\.context) == [ContextID(7)])
    }

    @Test func unlisted() {
        device.verdicts = [verdict(.unlisted)]
        let (status, output) = tool.run("explain", file.description)
        #expect(status == 1)
        #expect(
            output.resultText == "\(file): not listed; it would run and be granted nothing\n  context  0\n")
    }

    /// Fault 20: a listed file that was replaced by a rename.
    @Test func anotherFileUnderAListedName() throws {
        device.verdicts = [verdict(.unlisted)]
        let entry = "context=0 dev=0:1 inode=1 generation=1 path=\(file) source=/etc/x line=3\n"
        directory.write("entries", entry.replacing("context=0", with: "context=5"))
        #expect(!tool.run("explain", file.description).output.resultText.contains("note"))
        directory.write("entries", entry.replacing("\(file)", with: "\(file)2"))
        #expect(!tool.run("explain", file.description).output.resultText.contains("note"))
        directory.write("entries", entry)
        let link = directory.makeLink("link", to: file)
        for path in [file, link] {
            let (status, output) = tool.run("explain", path.description)
            #expect(status == 1)
            #expect(output.resultText.contains("  note     this path was listed; another file lies there now\n"))
            #expect(!output.resultText.contains("hint"))
        }
        let json = tool.run("explain", "--json", file.description).output.resultText
        #expect(json.contains(#""level":["active"],"path_was_listed":true}"#))
    }

    /// Fault 20: the entry ended with the old file, and the rule is still there.
    @Test func aRuleThatIsNotInForce() throws {
        device.verdicts = [verdict(.unlisted), verdict(.unlisted), verdict(.unlisted), verdict(.verified)]
        let rules = TemporaryDirectory()
        rules.write("svc", "# svc\n\(line(file.description))\n")
        var tool = tool
        tool.ruleDirectories = [rules.path]
        let text = tool.run("explain", file.description).output.resultText
        #expect(
            text.contains("  note     \(rules.path)/svc:2 names this path, but the rule is not in force for the file"))
        #expect(text.contains("  hint     if the rule is that of this file: verictl load --all\n"))
        let json = tool.run("explain", "--json", file.description).output.resultText
        #expect(json.contains(#""rule_not_in_force":{"source":"\#(rules.path)/svc","line":2}}"#))
        // A rule of the loading context is none of another one.
        #expect(!tool.run("explain", "--context", "7", file.description).output.resultText.contains("note"))
        #expect(!tool.run("explain", file.description).output.resultText.contains("note"))
    }

    @Test func unlistedAndForbidden() {
        var verdict = verdict(.unlisted)
        verdict.error = .accessDenied
        device.verdicts = [verdict]
        let (status, output) = tool.run("explain", file.description)
        #expect(status == 1)
        #expect(output.resultText.contains("not listed; exec would fail with EACCES (Permission denied)"))
    }

    @Test func mismatchGivesBothDigestsAndAHint() {
        device.verdicts = [mismatch]
        let (status, output) = tool.run("explain", file.description)
        #expect(status == 1)
        let text = output.resultText
        #expect(text.hasPrefix("\(file): listed and refused; exec would fail with EACCES (Permission denied)\n"))
        #expect(text.contains("  wanted       sha256 \(digest)\n"))
        #expect(text.contains("  found        sha256 \(String(repeating: "12", count: 32))\n"))
        #expect(text.contains("match the rule (digest-mismatch)\n"))
        #expect(
            text.contains(
                ": verictl gen --algo sha256 --context 0 --flags er --caps-eff NET_BIND_SERVICE "
                    + "--caps-perm NET_BIND_SERVICE --privs c \(file)\n"))
    }

    /// A file can run without an entry where its digest is allowed.
    @Test func allowed() {
        var verdict = FileVerdict()
        verdict.state = .allowed
        verdict.algorithm = 3
        verdict.found = [UInt8](repeating: 0xab, count: 32)
        verdict.level = [.active, .enforceExec]
        device.verdicts = [verdict]
        let (status, output) = tool.run("explain", file.description)
        #expect(status == 0)
        #expect(
            output.resultText == """
                \(file): not listed, but its digest is allowed; it would run and be granted nothing
                  context  0
                  digest   sha256 \(digest)

                """)
        #expect(
            tool.run("explain", "--json", file.description).output.resultText
                == #"{"schema":1,"files":[{"path":"\#(file)","context":0,"state":"allowed","would_run":true,"#
                + #""reason":"none","error":null,"generation":0,"level":["active","enforce_exec"]}]}"# + "\n")
    }

    /// Whether the kernel calls it unlisted or refused.
    @Test(arguments: [FileVerdict.State.unlisted, .refused])
    func neitherListedNorAllowed(_ state: FileVerdict.State) {
        var verdict = FileVerdict()
        verdict.state = state
        verdict.reason = .notAllowed
        verdict.error = .accessDenied
        verdict.level = [.active, .enforceExec]
        device.verdicts = [verdict]
        let (status, output) = tool.run("explain", file.description)
        #expect(status == 1)
        #expect(output.resultText.contains("listed"))
        #expect(output.resultText.contains("; exec would fail with EACCES (Permission denied)\n"))
        #expect(output.resultText.contains("  reason   the file is neither listed nor allowed (not-allowed)\n"))
        #expect(output.resultText.contains(": verictl gen --allow --context 0 \(file)\n"))
        #expect(!output.resultText.contains("flags"))
    }

    /// A refusal is only told where the context is permissive; the answer is no
    /// all the same.
    @Test func permissive() {
        var verdict = mismatch
        verdict.level = [.active, .permissive]
        device.verdicts = [verdict]
        let (status, output) = tool.run("explain", file.description)
        #expect(status == 1)
        #expect(
            output.resultText.hasPrefix(
                "\(file): listed and refused; it would still run, because the context is permissive; "
                    + "otherwise exec would fail with EACCES (Permission denied)\n"))
        #expect(output.resultText.contains("  reason       the content of the file does not match"))
        let json = tool.run("explain", "--json", file.description).output.resultText
        #expect(json.contains(#""state":"refused","would_run":true,"#))
        #expect(json.contains(#""level":["active","permissive"]"#))
    }

    /// Rules of a context that is not active are not looked at, whatever they say.
    @Test func inactive() {
        var (good, bad) = (verdict(.verified), mismatch)
        good.level = []
        bad.level = [.enforceExec]
        device.verdicts = [good, bad]
        let verified = tool.run("explain", file.description)
        #expect(verified.status == 0)
        #expect(
            verified.output.resultText.contains(
                "  warning      nothing would be granted: the context is not active\n"))
        let refused = tool.run("explain", file.description)
        #expect(refused.status == 1)
        #expect(
            refused.output.resultText.contains(
                ": listed and refused; it would still run, because the context is not active; otherwise exec "
                    + "would fail"))
        #expect(tool.run("explain", "--json", file.description).output.resultText.contains(#""would_run":true"#))
    }

    /// Without memory nothing runs, in a permissive context either.
    @Test func permissiveWithoutMemory() {
        var verdict = mismatch
        verdict.level = [.active, .permissive]
        verdict.reason = .noMemory
        verdict.error = Errno(12)
        device.verdicts = [verdict]
        let text = tool.run("explain", file.description).output.resultText
        #expect(text.contains("refused; exec would fail with ENOMEM"))
    }

    /// 34 to 42 came with contexts; whatever comes later is to be explained too.
    @Test func newReasonsAreExplained() {
        for number in UInt32(34)..<cclip_reason_count { #expect(Reason(number).meaning != nil, "\(number)") }
    }

    @Test func withoutFsverity() {
        var verdict = verdict(.refused)
        verdict.reason = .noFsverity
        verdict.error = .accessDenied
        verdict.algorithm = 6
        device.verdicts = [verdict]
        let text = tool.run("explain", file.description).output.resultText
        #expect(text.contains("  digest       fsverity-sha256 \(digest)\n"))
        #expect(text.contains("  hint         fsverity enable \(file)\n"))
    }

    @Test func everyFileIsAnswered() {
        device.verdicts = [verdict(.verified), mismatch]
        let fifo = directory.makeFifo("fifo")
        let (status, output) = tool.run(
            "explain", file.description, "/nonexistent", fifo.description, directory.path.description,
            file.description)
        #expect(status == 6)
        #expect(output.resultText.contains("it would run\n"))
        #expect(output.resultText.contains("\n\n\(file): listed and refused"))
        #expect(output.messages.contains("/nonexistent: No such file or directory"))
        #expect(output.messages.contains("\(fifo): not a regular file"))
        #expect(output.messageLines.count == 3)
    }

    @Test func json() {
        device.verdicts = [mismatch, verdict(.unlisted)]
        let run = tool.run("explain", "--json", file.description, file.description, "/nonexistent")
        #expect(run.status == 6)
        #expect(
            run.output.resultText
                == #"{"schema":1,"files":[{"path":"\#(file)","context":0,"state":"refused","would_run":false,"#
                + #""reason":"digest-mismatch","error":"EACCES","generation":7,"level":["active"],"exec_error":"EACCES","flags":"er","#
                + #""effective":["NET_BIND_SERVICE"],"permitted":["NET_BIND_SERVICE"],"inheritable":[],"#
                + #""privileges":"c","privilege_names":["NETCLIENT"],"algorithm":"sha256","wanted":"\#(digest)","#
                + #""found":"\#(String(repeating: "12", count: 32))"},{"path":"\#(file)","context":0,"#
                + #""state":"unlisted","would_run":true,"reason":"no-entry","error":null,"generation":7,"level":["active"]},"#
                + #"{"path":"/nonexistent","state":null,"problem":"ENOENT"}]}"# + "\n")
    }

    @Test func withoutTheDevice() {
        let (status, output) = ToolRun().run("explain", file.description)
        #expect(status == 5)
        #expect(output.result.isEmpty)
        #expect(output.messages.contains("clip is not active"))
    }

    @Test func aContextThatDoesNotExist() {
        device.queryError = .noEntry
        let (status, output) = tool.run("explain", "--context", "9", file.description)
        #expect(status == 4)
        #expect(output.messages.contains("there is no context 9"))
        #expect(tool.run("explain", "--context", "main", file.description).status == 2)
        #expect(tool.run("explain").status == 2)
    }

    /// makedev(3) spreads the two numbers over the 64 bits.
    @Test func devicesAreWrittenAsTheKernelDoes() {
        #expect(FileIdentity(device: 0x0801, inode: 1).deviceText == "8:1")
        #expect(FileIdentity(device: 0x0010_0301, inode: 1).deviceText == "3:257")
        #expect(FileIdentity(device: 0x1000_0ff3_ff00, inode: 1).deviceText == "5119:65280")
    }
}
