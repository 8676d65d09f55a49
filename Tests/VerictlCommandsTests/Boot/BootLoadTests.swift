// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Glibc
import Image
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct BootLoadTests {
    private let machine = BootFixture()
    private var device: RecordingDevice { machine.device }

    // MARK: Nothing to do

    @Test(arguments: [nil, "", "mode = off\nlevel = enforce_exec\n"] as [String?])
    func offLoadsNothing(_ conf: String?) {
        if let conf { machine.conf(conf) }
        #expect(machine.run("boot", "load").status == 0)
        #expect(machine.run("boot", "lock").status == 0)
        #expect(device.commits.isEmpty && device.contextRequests.isEmpty)
        #expect(machine.text("state/policy.img") == "(none)")
    }

    /// A kernel without clip is no fault of a machine that is off.
    @Test func withoutClip() {
        machine.tool.device = nil
        #expect(machine.run("boot", "load").status == 0)
        machine.conf("mode = enforcing\non-failure = stop\n")
        let (status, output) = machine.run("boot", "load")
        #expect(status == 5)
        #expect(!output.isHalted)
    }

    // MARK: Everything

    @Test func rulesLevelAndLatches() {
        machine.conf(
            """
            mode = enforcing
            level = enforce_exec:wx_memory
            latches = tpe tpe_gid=100 nosuid_root
            contexts = 7 active - -
            lock = lvl_immutable
            """)
        let (status, output) = machine.run("boot", "load")
        #expect(status == 0)
        #expect(device.commits.map(\.mode) == [.replace])
        #expect(device.commits.map(\.options) == [[.skipMissing, .skipContexts, .allContexts]])
        #expect(machine.level == [.active, .enforceExec, .wxMemory])
        #expect(["tpe", "tpe_gid", "nosuid_root"].map(machine.value) == ["1", "100", "1"])
        #expect(device.contexts[ContextID(7)]?.level == .active)
        #expect(machine.value("mount") == "1")
        #expect(output.messages.contains("level: active:enforce_exec:wx_memory\n"))
        // The group comes first, because it is final once the latch is set.
        let latches = output.messageLines.filter { $0.hasPrefix("latch") }
        #expect(latches == ["latch tpe_gid: set", "latch tpe: set", "latch nosuid_root: set"])
    }

    @Test func twiceIsOnce() {
        machine.conf("mode = enforcing\nlevel = enforce_exec\nlatches = tpe\n")
        #expect(machine.run("boot", "load").status == 0)
        device.knowledge.generation = 1
        let (status, output) = machine.run("boot", "load")
        #expect(status == 0)
        #expect(device.commits.count == 1)
        #expect(
            output.messageLines.suffix(2) == ["level: active:enforce_exec, as before", "latch tpe: was set"])
        #expect(output.messages.contains("in force already"))
    }

    @Test func permissiveSetsNoLatch() {
        machine.conf("mode = permissive\nlevel = enforce_exec\nlatches = tpe\nlock = mounts lvl_immutable\n")
        #expect(machine.run("boot", "load").status == 0)
        #expect(machine.level == [.active, .enforceExec, .permissive])
        #expect(machine.value("tpe") == "0")
        #expect(machine.run("boot", "lock").status == 0)
        #expect(machine.value("mount") == "1")
        #expect(machine.level == [.active, .enforceExec, .permissive])
    }

    @Test func rulesOnly() {
        machine.conf("mode = enforcing\nlevel = enforce_exec\nlatches = tpe\n")
        #expect(machine.run("boot", "load", "--rules-only").status == 0)
        #expect(device.commits.count == 1)
        #expect(machine.level == [])
        #expect(machine.value("tpe") == "0")
    }

    @Test func theRootIsEnteredFirst() {
        machine.conf("mode = enforcing\n")
        let (status, output) = machine.run("boot", "load", "--root", "/mnt")
        #expect(status == 0)
        // What is loaded is noted in the system that was left.
        #expect(output.roots == ["/mnt", "/"])
        #expect(machine.text("run/loaded").hasPrefix("identity "))
    }

    // MARK: The compiled image

    @Test func theImageIsMadeOnce() throws {
        machine.conf("mode = enforcing\n")
        #expect(machine.run("boot", "load").status == 0)
        let image = try #require(machine.bytes("state/policy.img"))
        #expect(device.commits.map(\.image) == [image])
        // At the next boot nothing is noted as loaded.
        machine.tool.runtimeDirectory = "/dev/null/run"
        let inode = try Files.status(machine.tool.stateDirectory.appending(Array("policy.img".utf8))).identity
        let (_, output) = machine.run("boot", "load")
        #expect(output.messages.contains("state/policy.img"))
        #expect(device.commits.map(\.image) == [image, image])
        #expect(try Files.status(machine.tool.stateDirectory.appending(Array("policy.img".utf8))).identity == inode)
    }

    /// Lines of the record.
    private func record() -> [String] { machine.text("state/policy.record").split(separator: "\n").map(String.init) }

    private func isFromImage() -> Bool {
        machine.run("boot", "load").output.messages.contains("from \(machine.tool.stateDirectory)/policy.img")
    }

    /// An image whose file was not changed is not hashed: it is loaded although its
    /// record has another SHA-256. One whose state is not known is hashed.
    @Test func theStateOfTheImageIsEnough() throws {
        machine.conf("mode = enforcing\n")
        #expect(machine.run("boot", "load").status == 0)
        machine.tool.runtimeDirectory = "/dev/null/run"
        let lines = record()
        #expect(lines.contains { $0.hasPrefix("state ") })
        let other = lines.map { line in
            line.hasPrefix("identity ") ? "identity " + String(repeating: "0", count: 64) : line
        }
        machine.directory.write("state/policy.record", other.joined(separator: "\n") + "\n")
        #expect(isFromImage())
        let stateless = other.filter { !$0.hasPrefix("state ") }
        machine.directory.write("state/policy.record", stateless.joined(separator: "\n") + "\n")
        #expect(!isFromImage())
        #expect(record().filter { !$0.hasPrefix("state ") } == lines.filter { !$0.hasPrefix("state ") })
    }

    /// The kernel finds damage that the state of the file does not show: the rules are
    /// compiled. An image that is as it was recorded is refused for another reason, and
    /// its rules would be, too.
    @Test(arguments: [true, false])
    func aDamagedImageIsMadeAgain(_ isDamaged: Bool) {
        machine.conf("mode = enforcing\n")
        var accepted = CommitOutcome()
        accepted.generation = 5
        device.outcomes = [accepted, refusal(.invalid), accepted]
        #expect(machine.run("boot", "load").status == 0)
        machine.tool.runtimeDirectory = "/dev/null/run"
        let found = record().map { line in
            isDamaged && line.hasPrefix("identity ") ? "identity " + String(repeating: "0", count: 64) : line
        }
        machine.directory.write("state/policy.record", found.joined(separator: "\n") + "\n")
        let (status, _) = machine.run("boot", "load")
        #expect((status == 0) == isDamaged)
        #expect(device.commits.count == (isDamaged ? 3 : 2))
    }

    /// A file with the same content and another time is hashed once, and then its
    /// state is known.
    @Test func aStateThatHasChangedIsNoted() throws {
        machine.conf("mode = enforcing\n")
        #expect(machine.run("boot", "load").status == 0)
        machine.tool.runtimeDirectory = "/dev/null/run"
        let (lines, image) = (record(), machine.bytes("state/policy.img"))
        machine.directory.write("state/policy.img", try #require(image))
        #expect(isFromImage())
        #expect(record() != lines)
        #expect(record().filter { !$0.hasPrefix("state ") } == lines.filter { !$0.hasPrefix("state ") })
        let noted = record()
        #expect(isFromImage())
        #expect(record() == noted)
    }

    /// Another content of the same size in the same file has another state.
    @Test func anImageThatIsWrittenOverIsStale() throws {
        machine.conf("mode = enforcing\n")
        #expect(machine.run("boot", "load").status == 0)
        machine.tool.runtimeDirectory = "/dev/null/run"
        let good = try #require(machine.bytes("state/policy.img"))
        let file = try #require(fopen("\(machine.tool.stateDirectory)/policy.img", "r+"))
        fseek(file, good.count - 2, SEEK_SET)
        fputc(Int32(good[good.count - 2] ^ 1), file)
        fclose(file)
        #expect(!isFromImage())
        #expect(machine.bytes("state/policy.img") == good)
    }

    /// The same size, and a moment later.
    @Test func aChangedRuleFileIsCompiledAgain() throws {
        machine.conf("mode = enforcing\n")
        #expect(machine.run("boot", "load").status == 0)
        machine.rules(line("/bin/ls", "0"))
        #expect(machine.run("boot", "load").status == 0)
        #expect(try #require(device.commits.last).image == machine.bytes("state/policy.img"))
        #expect(device.commits.count == 2 && device.commits[0].image != device.commits[1].image)
    }

    /// A power cut between the image and its record.
    @Test func anImageThatIsNotThatOfItsRecordIsStale() throws {
        machine.conf("mode = enforcing\n")
        #expect(machine.run("boot", "load").status == 0)
        let good = try #require(machine.bytes("state/policy.img"))
        let other = try ImageEncoder.encode([Rule(path: "/x", digest: [UInt8](repeating: 1, count: 32))])
        machine.directory.write("state/policy.img", other)
        device.knowledge.generation = 9
        #expect(machine.run("boot", "load").status == 0)
        #expect(device.commits.last?.image == good)
        #expect(machine.bytes("state/policy.img") == good)
    }

    /// Another image whose size and checksum were written into the record.
    private func replaceTheImage() throws -> [UInt8] {
        let other = try ImageEncoder.encode([Rule(path: "/x", digest: [UInt8](repeating: 1, count: 32))])
        machine.directory.write("state/policy.img", other)
        let checksum: UInt32 = other.loadLittleEndian(at: ImageFormat.Header.checksum)
        let lines = machine.text("state/policy.record").split(separator: "\n").map { line in
            line.hasPrefix("size ") ? "size \(other.count)" : String(line)
        }.filter { !$0.hasPrefix("checksum ") }
        machine.directory.write(
            "state/policy.record", lines.joined(separator: "\n") + "\nchecksum \(checksum)\n")
        return other
    }

    @Test func anImageWithAnotherIdentityIsStale() throws {
        machine.conf("mode = enforcing\n")
        #expect(machine.run("boot", "load").status == 0)
        let good = try #require(machine.bytes("state/policy.img"))
        let other = try replaceTheImage()
        machine.tool.runtimeDirectory = "/dev/null/run"
        #expect(machine.run("boot", "load").status == 0)
        #expect(!device.commits.map(\.image).contains(other))
        #expect(machine.bytes("state/policy.img") == good)
        // Its twin: the image of the record is used as it is.
        #expect(machine.run("boot", "load").output.messages.contains("from \(machine.tool.stateDirectory)/policy.img"))
        #expect(device.commits.map(\.image) == [good, good, good])
    }

    @Test func aReplacedImageIsNoLastGoodPolicy() throws {
        machine.conf("mode = enforcing\n")
        #expect(machine.run("boot", "load").status == 0)
        let good = try #require(machine.bytes("state/policy.img"))
        let record = machine.text("state/policy.record")
        let other = try replaceTheImage()
        machine.rules("junk")
        let (status, output) = machine.run("boot", "load")
        #expect(status == 3)
        #expect(output.messages.contains("policy.img: the image is not the one that policy.record describes"))
        #expect(device.commits.map(\.image) == [good])
        #expect(machine.bytes("state/policy.img") == other)
        // Its twin: with the image of the record, the last good policy is loaded.
        machine.directory.write("state/policy.img", good)
        machine.directory.write("state/policy.record", record)
        #expect(machine.run("boot", "load").output.messages.contains("the last good policy, "))
        #expect(device.commits.map(\.image) == [good, good])
    }

    /// The record is written first, and still names the image before it.
    @Test func aPowerCutAfterTheRecordLeavesTheLastGoodPolicy() throws {
        machine.conf("mode = enforcing\n")
        #expect(machine.run("boot", "load").status == 0)
        let good = try #require(machine.bytes("state/policy.img"))
        machine.rules(line("/bin/ls", "0"))
        #expect(machine.run("boot", "load").status == 0)
        machine.directory.write("state/policy.img", good)
        machine.rules("junk")
        #expect(machine.run("boot", "load").output.messages.contains("the last good policy, "))
        #expect(device.commits.last?.image == good)
    }

    @Test func loadAllKeepsTheImage() throws {
        let verictl = { (words: String...) in machine.tool.run(bytes: words.map { Array($0.utf8) }).status }
        #expect(verictl("load", "--all") == 0)
        #expect(machine.bytes("state/policy.img") == nil)
        machine.directory.makeDirectory("state")
        #expect(verictl("load", "--all", "-n") == 0)
        #expect(machine.bytes("state/policy.img") == nil)
        #expect(verictl("load", "--all") == 0)
        #expect(machine.bytes("state/policy.img") == device.commits.last?.image)
    }

    // MARK: Failures

    @Test func brokenRulesLeaveTheLastGoodPolicy() {
        machine.conf("mode = enforcing\nlevel = enforce_exec\n")
        #expect(machine.run("boot", "load").status == 0)
        let image = machine.bytes("state/policy.img")
        machine.rules(line("/bin/sh", "0") + "\n/bin/ls 0 e NET_ADMN - - - sha256 \(digest)\n")
        let (status, output) = machine.run("boot", "load")
        #expect(status == 3)
        #expect(output.messages.contains("rules.d/one:2:13: error: field 4: unknown capability 'NET_ADMN'"))
        #expect(output.messages.contains("the last good policy, "))
        #expect(device.commits.last?.image == image)
        #expect(machine.bytes("state/policy.img") == image)
        #expect(machine.level == [.active, .enforceExec])
    }

    @Test(arguments: [("continue", false), ("stop", true)])
    func withoutALastGoodPolicy(_ answer: String, _ isHalted: Bool) {
        machine.conf("mode = enforcing\non-failure = \(answer)\n")
        machine.rules("junk")
        let (status, output) = machine.run("boot", "load", "--rules-only")
        #expect(status == 3)
        #expect(output.messages.contains("there is no last good policy"))
        #expect(output.isHalted == isHalted)
        #expect(device.commits.isEmpty)
    }

    /// Who only watches is not halted, nor a machine that is protected.
    @Test func stopIsForMachinesWithoutProtection() {
        machine.rules("junk")
        machine.conf("mode = permissive\non-failure = stop\n")
        #expect(!machine.run("boot", "load").output.isHalted)
        machine.conf("mode = enforcing\non-failure = stop\n")
        device.contexts[ContextID(0)]?.level = .active
        let (status, output) = machine.run("boot", "load")
        #expect(status == 3)
        #expect(!output.isHalted)
    }

    @Test func rulesThatTheKernelRefuses() {
        machine.conf("mode = enforcing\n")
        #expect(machine.run("boot", "load").status == 0)
        let image = machine.bytes("state/policy.img")
        machine.rules(line("/bin/ls", "0"))
        var accepted = CommitOutcome()
        accepted.generation = 5
        let missing = CommitResult(index: 0, error: .invalid, reason: .noFile, isSkipped: false)
        device.outcomes = [accepted, refusal(.invalid, missing), accepted]
        let (status, _) = machine.run("boot", "load")
        #expect(status == 4)
        #expect(device.commits.last?.image == image)
        #expect(machine.bytes("state/policy.img") == image)
    }

    /// Enforcing would leave nothing that can be used.
    @Test(arguments: [("continue", false), ("stop", true)])
    func initThatIsNotListed(_ answer: String, _ isHalted: Bool) {
        machine.conf("mode = enforcing\nlevel = enforce_exec\non-failure = \(answer)\n")
        var unlisted = FileVerdict()
        unlisted.state = .unlisted
        device.verdicts = [unlisted, BootFixture.verdict()]
        let (status, output) = machine.run("boot", "load")
        #expect(status == 1)
        #expect(machine.level == [.active, .enforceExec, .permissive])
        #expect(output.messages.contains("init: neither listed nor allowed; hint: verictl gen --context 0 --allow "))
        #expect(output.isHalted == isHalted)
    }

    /// An active context without a verictl that is listed could not be repaired.
    @Test(arguments: ["enforcing", "permissive"])
    func nothingIsListed(_ mode: String) {
        machine.conf("mode = \(mode)\nlevel = enforce_exec\n")
        var unlisted = FileVerdict()
        unlisted.state = .unlisted
        device.verdicts = [unlisted]
        let (status, output) = machine.run("boot", "load")
        #expect(status == 1)
        #expect(machine.level == [])
        #expect(output.messages.contains("level: left at inactive, because verictl is not listed with the"))
    }

    @Test func aLatchThatTheKernelLacks() {
        machine.conf("mode = enforcing\nlatches = fuse tpe\n")
        let (status, output) = machine.run("boot", "load")
        #expect(status == 5)
        #expect(output.messages.contains("latch fuse: this kernel has no such latch"))
        #expect(machine.value("tpe") == "1")
    }

    // MARK: boot.conf

    @Test func aBrokenConfigurationLeavesTheLastGoodOne() {
        machine.conf("mode = enforcing\nlevel = enforce_exec\n")
        #expect(machine.run("boot", "load").status == 0)
        device.contexts[ContextID(0)]?.level = []
        machine.conf("mode = enforcing\nlevel = enforce_exce\n")
        let (status, output) = machine.run("boot", "load")
        #expect(status == 3)
        #expect(
            output.messages.contains(
                "etc/boot.conf:2:9: error: unknown level word 'enforce_exce'; hint: enforce_exec"))
        #expect(machine.level == [.active, .enforceExec])
        #expect(machine.run("boot", "lock").status == 3)
    }

    @Test func aBrokenConfigurationWithoutAnother() {
        machine.conf("mod = enforcing\n")
        let (status, output) = machine.run("boot", "load")
        #expect(status == 3)
        #expect(output.messages.contains("etc/boot.conf:1:1: error: unknown key 'mod'; hint: mode"))
        #expect(device.commits.isEmpty)
        #expect(machine.level == [])
    }

    @Test func json() {
        machine.conf("mode = enforcing\n")
        device.contexts[ContextID(0)]?.level = .active
        let (status, output) = machine.run("boot", "load", "--json")
        #expect(status == 0)
        #expect(
            output.resultText.hasPrefix(
                #"{"schema":1,"mode":"enforcing","status":0,"steps":[{"step":"policy","state":"done","#))
        #expect(output.resultText.hasSuffix(#"{"step":"level","state":"already","text":"active, as before"}]}"# + "\n"))
    }
}
