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

    /// A program that the kernel would load.
    private static let plain = ELFImage(2, [.load(5), .stack(6)]).bytes

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
    private func expect(
        _ path: BytePath, _ obstacle: String?, user: String = "root", verdicts: [FileVerdict]? = nil,
        _ place: SourceLocation
    ) {
        let run = { (words: [String]) -> (status: Int32, text: String) in
            let fresh = RecordingDevice()
            fresh.verdicts = verdicts ?? device.verdicts
            fresh.contexts = device.contexts
            fresh.knowledge.context = ContextID(0)
            let run = ToolRun(device: fresh).run(bytes: (["explain"] + words).map { Array($0.utf8) })
            return (run.status, run.output.resultText)
        }
        let (status, text) = run(["--user", user, path.description])
        let json = run(["--user", user, "--json", path.description]).text
        #expect(status == (obstacle == nil ? 0 : 1), sourceLocation: place)
        #expect(text.contains("it would run") == (obstacle == nil), sourceLocation: place)
        #expect(text.contains("  obstacle") == (obstacle != nil), sourceLocation: place)
        #expect(json.contains(#""would_run":true"#) == (obstacle == nil), sourceLocation: place)
        if let obstacle { #expect(text.contains(obstacle), sourceLocation: place) }
    }

    @Test func theModeOfTheFile() {
        expect(directory.write("good", Self.plain, mode: 0o755), nil, #_sourceLocation)
        expect(directory.write("nox", Self.plain, mode: 0o644), "the file has no x bit", #_sourceLocation)
        expect(directory.write("one", Self.plain, mode: 0o601), nil, #_sourceLocation)
        let text = explain("\(directory.path)/nox").text
        #expect(text.contains("nox: not listed, but its digest is allowed; exec would fail with EACCES"))
        let json = explain("--json", "\(directory.path)/nox").text
        #expect(
            json.contains(#""exec_error":"EACCES","obstacles":[{"error":"EACCES","text":"the file has no x bit"}]"#))
    }

    /// The directories of a test are 0700, so the mode of the file comes second.
    @Test func anotherUser() {
        let file = directory.write("private", Self.plain, mode: 0o700)
        expect(file, "the user may not execute the file", user: "4242", #_sourceLocation)
        expect(file, "the user may not search the directory", user: "4242", #_sourceLocation)
        expect("/bin/sh", nil, user: "4242", #_sourceLocation)
        #expect(explain("--user", "no-such-user", "/bin/sh").status == 6)
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
        directory.write("interp", Self.plain, mode: 0o755)
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
        directory.write("nox", Self.plain, mode: 0o644)
        expect(
            directory.write("s2", "#!\(directory.path)/nox\n", mode: 0o755),
            "its interpreter \(directory.path)/nox has no x bit", #_sourceLocation)
    }

    @Test func scriptsOfScripts() {
        let loop = directory.path.appending(Array("loop".utf8))
        directory.write("loop", "#!\(loop)\n", mode: 0o755)
        expect(loop, "too many interpreters", #_sourceLocation)
    }

    /// Exec does not check the loader: it is mapped, which enforce_lib and the
    /// flags N and L are about.
    @Test func interpretersOfPrograms() {
        let loader = directory.write("ld.so", ELFImage(3, [.load(5)]).bytes, mode: 0o755)
        let file = directory.write("program", program(interpreter: loader.description), mode: 0o755)
        expect(file, nil, #_sourceLocation)
        expect(file, nil, verdicts: [allowed, refused], #_sourceLocation)
        var (good, bad) = (allowed, refused)
        for index in 0..<2 {
            if index == 1 { good.level.insert(.permissive) }
            good.level.insert(.enforceLib)
            bad.level = good.level
            let text = "its interpreter \(loader) is not listed and verified, and not allowed, which enforce_lib"
            expect(file, index == 0 ? text : nil, verdicts: [good, bad], #_sourceLocation)
            expect(file, nil, verdicts: [good, good], #_sourceLocation)
        }
        var checking = allowed
        checking.state = .verified
        checking.wanted = [1]
        checking.flags = [.executable, .checkLibraries]
        var library = checking
        library.flags = .library
        expect(file, nil, verdicts: [checking, library], #_sourceLocation)
        expect(
            file, "is not listed as the library", verdicts: [checking, checking.with(.executable)], #_sourceLocation)
        library.state = .allowed
        expect(file, "is not listed as the library", verdicts: [checking, library], #_sourceLocation)
        expect(file, nil, verdicts: [checking.with([.executable, .needLibraries]), library], #_sourceLocation)
        // Nothing is checked for a program that is not granted its flags.
        var ungranted = checking
        ungranted.reason = .nosuidMount
        expect(file, nil, verdicts: [ungranted, allowed], #_sourceLocation)
    }

    @Test func aProgramThatIsKilled() {
        let loader = directory.write("ld.so", ELFImage(3, [.load(5)]).bytes, mode: 0o755)
        let file = directory.write("program", program(interpreter: loader.description), mode: 0o755)
        var level = allowed
        level.level.insert(.enforceLib)
        var bad = refused
        bad.level = level.level
        device.verdicts = [level, bad]
        let text = explain(file.description).text
        #expect(text.contains("allowed; it would be killed at once\n"))
        let fresh = RecordingDevice()
        fresh.verdicts = [level, bad]
        let json = ToolRun(device: fresh).run("explain", "--json", file.description).output.resultText
        #expect(json.contains(#""would_run":false,"#))
        #expect(json.contains(#""exec_error":"killed","obstacles":[{"error":null,"text":"its interpreter"#))
    }

    @Test func loadersThatCannotBeLoaded() {
        let short = directory.write("short", "abc", mode: 0o755)
        let text = directory.write("text", String(repeating: "x", count: 100), mode: 0o755)
        let narrow = directory.write("narrow", ELFImage(3, isWide: false, [.load(5)]).bytes, mode: 0o755)
        for (loader, error) in [(short, "EIO"), (text, "ELIBBAD"), (narrow, "ELIBBAD"), ("/nonexistent", "ENOENT")] {
            let file = directory.write("program", program(interpreter: loader.description), mode: 0o755)
            expect(file, loader == "/nonexistent" ? "No such file" : "is no program that", #_sourceLocation)
            #expect(explain("--json", file.description).text.contains(#""exec_error":"\#(error)","#), "\(loader)")
        }
    }

    @Test(arguments: ["abc", "", "#!\n", "#! \t\n", "#!/" + String(repeating: "x", count: 300)])
    func whatIsNoProgram(_ content: String) {
        let file = directory.write("file", content, mode: 0o755)
        expect(file, "the file is no program and no script that the kernel can run", #_sourceLocation)
        #expect(explain("--json", file.description).text.contains(#""exec_error":"ENOEXEC","#))
    }

    @Test func firstLines() {
        let line = { (text: String) in ScriptLine(Array(text.utf8)) }
        #expect(line("#!/bin/sh\n") == .interpreter("/bin/sh"))
        #expect(line("#!\t /bin/sh\t-x\n") == .interpreter("/bin/sh"))
        #expect(line("#!/bin/sh") == .interpreter("/bin/sh"))
        #expect(line("#!/bin/sh\r\n") == .interpreter("/bin/sh\r"))
        #expect(line("#!/bin/sh\0x\n") == .interpreter("/bin/sh"))
        #expect(line("#!/bin/sh " + String(repeating: "x", count: 300)) == .interpreter("/bin/sh"))
        #expect(line("# /bin/sh") == .none)
        let longest = "/" + String(repeating: "x", count: 251)
        #expect(line("#!\(longest) x") == .interpreter(BytePath(longest.utf8)))
        #expect(line("#!\(longest)xx") == .unusable)
    }

    /// The rule of a file may not apply to the user; then its content counts only
    /// where every file must be listed.
    @Test func aRuleThatDoesNotApply() {
        let file = "/bin/sh"
        var verdict = refused
        verdict.wanted = [1]
        verdict.flags = [.executable, .needRoot]
        verdict.reason = .digestMismatch
        verdict.level = .active
        device.verdicts = [verdict]
        #expect(explain("--user", "4242", file).text.contains("listed, but the rule does not apply; it would run"))
        #expect(explain("--user", "4242", "--json", file).text.contains(#""would_run":true"#))
        #expect(explain(file).text.contains("listed and refused; exec would fail with EACCES"))
        device.verdicts = [verdict.with(.library)]
        #expect(explain("--json", file).text.contains(#""would_run":true"#))
        verdict.level = [.active, .enforceExec]
        device.verdicts = [verdict]
        #expect(explain("--user", "4242", "--json", file).text.contains(#""would_run":false"#))
    }

    @Test func aFileThatIsOpenForWriting() throws {
        let file = directory.write("written", Self.plain, mode: 0o755)
        let opened = try Descriptor(device: file)
        expect(file, "the file is open for writing", #_sourceLocation)
        #expect(explain("--json", file.description).text.contains(#""exec_error":"ETXTBSY","#))
        try opened.close()
        expect(file, nil, #_sourceLocation)
    }

    /// Root of a context without CAP_DAC_OVERRIDE is an owner like any other.
    @Test func rootWithoutCapabilities() {
        let file = directory.write("others", Self.plain, mode: 0o655)
        expect(file, nil, #_sourceLocation)
        device.contexts[ContextID(0)] = ContextState(context: ContextID(0))
        expect(file, "the user may not execute the file", #_sourceLocation)
        expect(directory.write("own", Self.plain, mode: 0o700), nil, #_sourceLocation)
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

extension FileVerdict {
    fileprivate func with(_ flags: EntryFlags) -> FileVerdict {
        var verdict = self
        verdict.flags = flags
        return verdict
    }
}
