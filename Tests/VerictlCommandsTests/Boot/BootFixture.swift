// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import SystemIO
import TestSupport

/// A machine with rules, boot.conf and latches in a directory of its own.
final class BootFixture {
    let device = RecordingDevice()
    let directory = TemporaryDirectory()
    var tool: ToolRun

    init() {
        device.knowledge.context = ContextID(0)
        device.contexts = [ContextID(0): ContextState(context: ContextID(0))]
        device.verdicts = [Self.verdict()]
        tool = ToolRun(device: device)
        let path = { [directory] (name: String) in directory.path.appending(Array(name.utf8)) }
        for name in ["rules.d", "latches"] { directory.makeDirectory(BytePath(name.utf8)) }
        for name in ["nosuid_root", "tpe", "tpe_gid"] { latch(name, "0") }
        latch("mount", "1")
        latch("rootcap", "0xffffffffff")
        tool.ruleDirectories = [path("rules.d")]
        tool.stateDirectory = path("state")
        tool.runtimeDirectory = path("run")
        tool.bootConfiguration = path("etc/boot.conf")
        tool.latchDirectory = path("latches")
        tool.essentials.initProgram = directory.write("init", "init")
        tool.essentials.shell = directory.write("sh", "sh")
        tool.essentials.tool = directory.write("verictl", "abc")
        tool.essentials.initMappings = nil
        rules(line("/bin/sh", "0"))
    }

    /// A file that may administer; init and the shell need no more.
    static func verdict(_ state: FileVerdict.State = .verified) -> FileVerdict {
        var verdict = FileVerdict()
        verdict.state = state
        verdict.flags = .executable
        verdict.privileges = .administer
        return verdict
    }

    /// Rules, and the one of verictl itself, without which no active context is
    /// changed. The digest is that of "abc" in FIPS 180-4.
    func rules(_ text: String) {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        directory.write("rules.d/one", "\(text)\n\(tool.essentials.tool) 0 er - - - V sha256 \(digest)\n")
    }

    func latch(_ name: String, _ value: String) { directory.write(BytePath("latches/\(name)".utf8), "\(value)\n") }

    func value(_ latch: String) -> String { text("latches/\(latch)").filter { $0 != "\n" } }

    func conf(_ text: String) {
        if (try? Files.status(directory.path.appending(Array("etc".utf8)))) == nil { directory.makeDirectory("etc") }
        directory.write("etc/boot.conf", text)
    }

    func text(_ name: String) -> String {
        let bytes = try? Files.read(directory.path.appending(Array(name.utf8)))
        return bytes.map { String(decoding: $0, as: UTF8.self) } ?? "(none)"
    }

    func bytes(_ name: String) -> [UInt8]? { try? Files.read(directory.path.appending(Array(name.utf8))) }

    func run(_ words: String...) -> (status: Int32, output: Capture) {
        tool.run(bytes: words.map { Array($0.utf8) })
    }

    var level: ContextLevel { device.contexts[ContextID(0)]?.level ?? [] }
}
