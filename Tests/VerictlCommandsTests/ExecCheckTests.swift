// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Policy
import SystemIO
import TestSupport
import Testing

@testable import Loading
@testable import VerictlCommands

/// What stops exec besides the verdict on the file itself.
@Suite struct ExecCheckTests {
    private let directory = TemporaryDirectory()
    private let device = RecordingDevice()

    init() {
        device.knowledge.context = ContextID(0)
        device.verdicts = [allowed]
    }

    private var allowed: FileVerdict {
        var verdict = FileVerdict()
        verdict.state = .allowed
        verdict.level = [.active, .enforceExec]
        return verdict
    }

    private var refused: FileVerdict {
        var verdict = allowed
        verdict.state = .refused
        verdict.reason = .notAllowed
        verdict.error = .accessDenied
        return verdict
    }

    private func explain(_ words: String...) -> (status: Int32, text: String) {
        let run = ToolRun(device: device).run(bytes: (["explain"] + words).map { Array($0.utf8) })
        return (run.status, run.output.resultText)
    }

    /// Whether the file would run, and which obstacle the answer names.
    private func expect(_ path: BytePath, _ obstacle: String?, user: String = "root", _ place: SourceLocation) {
        let (status, text) = explain("--user", user, path.description)
        let json = explain("--user", user, "--json", path.description).text
        #expect(status == (obstacle == nil ? 0 : 1), sourceLocation: place)
        #expect(text.contains("it would run") == (obstacle == nil), sourceLocation: place)
        #expect(text.contains("  obstacle") == (obstacle != nil), sourceLocation: place)
        #expect(json.contains(#""would_run":true"#) == (obstacle == nil), sourceLocation: place)
        if let obstacle { #expect(text.contains(obstacle), sourceLocation: place) }
    }

    @Test func theModeOfTheFile() {
        expect(directory.write("good", "abc", mode: 0o755), nil, #_sourceLocation)
        expect(directory.write("nox", "abc", mode: 0o644), "the file has no x bit", #_sourceLocation)
        expect(directory.write("one", "abc", mode: 0o601), nil, #_sourceLocation)
        let text = explain("\(directory.path)/nox").text
        #expect(text.contains("nox: not listed, but its digest is allowed; exec would fail with EACCES"))
        let json = explain("--json", "\(directory.path)/nox").text
        #expect(json.contains(#""obstacles":[{"error":"EACCES","text":"the file has no x bit"}]"#))
    }

    /// The directories of a test are 0700, so the mode of the file comes second.
    @Test func anotherUser() {
        let file = directory.write("private", "abc", mode: 0o700)
        expect(file, "the user may not execute the file", user: "4242", #_sourceLocation)
        expect(file, "the user may not search the directory", user: "4242", #_sourceLocation)
        expect("/bin/sh", nil, user: "4242", #_sourceLocation)
        #expect(explain("--user", "no-such-user", "/bin/sh").status == 6)
        var rooted = allowed
        rooted.flags = [.executable, .needRoot]
        device.verdicts = [rooted]
        expect("/bin/sh", "the rule applies only to root", user: "4242", #_sourceLocation)
        expect("/bin/sh", nil, #_sourceLocation)
    }

    @Test func users() {
        let passwd = Array("root:x:0:0::/:/bin/sh\nfoo:x:7:8::/:\nbroken\n".utf8)
        let group = Array("root:x:0:\na:x:20:bar,foo\nb:x:21:food\n".utf8)
        let find = { (name: String) in ExecUser.find(Array(name.utf8), passwd: passwd, group: group) }
        #expect(find("root") == .root)
        #expect(find("foo") == ExecUser(uid: 7, groups: [8, 20]))
        #expect(find("7") == ExecUser(uid: 7, groups: [8, 20]))
        #expect(find("99") == ExecUser(uid: 99, groups: []))
        for name in ["bar", "", "-1", "99x", "4294967296", "broken"] { #expect(find(name) == nil) }
    }

    @Test func interpretersOfScripts() {
        directory.write("interp", "abc", mode: 0o755)
        let script = directory.write("script", "#! \(directory.path)/interp -x\n", mode: 0o755)
        expect(script, nil, #_sourceLocation)
        device.verdicts = [allowed, refused, allowed, refused]
        expect(script, "its interpreter \(directory.path)/interp: the file is neither listed nor", #_sourceLocation)
        var reported = refused
        reported.level.insert(.permissive)
        let permissive = RecordingDevice()
        permissive.verdicts = [reported]
        #expect(
            ToolRun(device: permissive).run("explain", "--json", script.description).output.resultText.contains(
                #""would_run":true"#))
        let lost = directory.write("lost", "#!/nonexistent/interp", mode: 0o755)
        device.verdicts = [allowed]
        expect(lost, "its interpreter /nonexistent/interp: No such file or directory", #_sourceLocation)
        #expect(explain(lost.description).text.contains("exec would fail with ENOENT"))
        directory.write("nox", "abc", mode: 0o644)
        expect(
            directory.write("s2", "#!\(directory.path)/nox\n", mode: 0o755),
            "its interpreter \(directory.path)/nox has no x bit", #_sourceLocation)
    }

    @Test func scriptsOfScripts() {
        let loop = directory.path.appending(Array("loop".utf8))
        directory.write("loop", "#!\(loop)\n", mode: 0o755)
        expect(loop, "too many interpreters", #_sourceLocation)
    }

    @Test func interpretersOfPrograms() {
        let loader = directory.write("ld.so", "loader", mode: 0o755)
        let file = directory.write("program", program(interpreter: loader.description), mode: 0o755)
        expect(file, nil, #_sourceLocation)
        let all = [allowed, refused]
        device.verdicts = all + all
        let fresh = RecordingDevice()
        fresh.verdicts = all
        let text = ToolRun(device: fresh).run("explain", file.description).output.resultText
        #expect(text.contains("its interpreter \(loader): the file is neither listed nor allowed"))
    }

    @Test func executableStacks() {
        let file = directory.write("stack", ELFImage(2, [.load(5), .stack(7)]).bytes, mode: 0o755)
        expect(file, nil, #_sourceLocation)
        var strict = allowed
        strict.level.insert(.wxMemory)
        device.verdicts = [strict]
        expect(file, "the file requests an executable stack, which wx_memory refuses", #_sourceLocation)
        expect(directory.write("plain", ELFImage(2, [.load(5), .stack(6)]).bytes, mode: 0o755), nil, #_sourceLocation)
        var exempt = strict
        exempt.state = .verified
        exempt.wanted = [1]
        exempt.flags = [.executable, .justInTime]
        device.verdicts = [exempt]
        expect(file, nil, #_sourceLocation)
    }
}
