// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
import Device
import DevicePolicy
import Policy
import SystemIO
import TestSupport
import Testing

@testable import DevctlCommands

private func number(_ major: UInt32, _ minor: UInt32) -> DeviceNumber {
    DeviceNumber(major: major, minor: minor)
}

private func parse(_ text: String) -> (lines: [DeviceLine], diagnostics: [Diagnostic]) {
    var parser = DeviceParser(source: Array("t".utf8))
    parser.parse(Array(text.utf8))
    return (parser.lines, parser.diagnostics)
}

/// Stands for the kernel; takes what it is given unless told to refuse.
private final class Twin: DevctlDevice {
    var live = LiveDeviceTable()
    var commits: [(rules: [DeviceRule], mode: CommitMode, options: CommitOptions)] = []
    var refusal: CommitOutcome?

    func commit(_ rules: [DeviceRule], mode: CommitMode, options: CommitOptions) throws(Errno) -> CommitOutcome {
        commits.append((rules, mode, options))
        if let refusal { return refusal }
        var outcome = CommitOutcome()
        outcome.added = rules.count
        return outcome
    }

    func table() throws(Errno) -> LiveDeviceTable { live }
}

private final class Output {
    var result: [UInt8] = []
    var messages: [String] = []
    var text: String { String(decoding: result, as: UTF8.self) }
}

private struct Tool {
    var twin: Twin? = Twin()
    var openError = Errno.noEntry
    var directory: BytePath = "/nonexistent"
    var sysfs: BytePath = "/nonexistent"
    var nodes: [BytePath: DeviceNumber] = [:]
    var filesystems: [BytePath: DeviceNumber] = [:]
    var input = ""

    func run(_ arguments: String...) -> (status: Int32, output: Output) {
        let output = Output()
        let (twin, openError, nodes, filesystems, input) = (twin, openError, nodes, filesystems, input)
        let finder = DeviceFinder(
            sysfs: sysfs,
            blockDevice: { path throws(Errno) in
                guard let node = nodes[path] else { throw .noEntry }
                return node
            },
            filesystem: { path throws(Errno) in
                guard let device = filesystems[path] else { throw .noEntry }
                return device
            })
        let surroundings = DevctlSurroundings(
            writeResult: { bytes throws(Errno) in output.result += bytes },
            writeMessage: { output.messages.append($0) },
            openDevice: { () throws(Errno) in
                guard let twin else { throw openError }
                return twin
            },
            readStandardInput: { () throws(Errno) in Array(input.utf8) }, ruleDirectory: directory, finder: finder)
        return (DevctlTool.run(arguments.map { Array($0.utf8) }, in: surroundings), output)
    }
}

@Suite struct DeviceParserTests {
    @Test(arguments: [
        ("8 0 15 1 rdxs", "8 0 15 1 rdxs"), ("8 1 0 2 -", "8 1 0 2 -"), ("253 0 254 1 rw", "253 0 254 1 rw"),
        ("0x8 020 0xf 4 r", "8 16 15 4 r"), ("253\t3\t0\t3\t- # swap", "253 3 0 3 -"),
        // What the original shifted, or took for no permission at all.
        ("8  0 15 1 r", "8 0 15 1 r"), ("8 0 15 1  rw", "8 0 15 1 rw"), ("8 0 15 1 sxdr\r", "8 0 15 1 rdxs"),
    ])
    func goodLines(_ text: String, _ wanted: String) throws {
        let (lines, diagnostics) = parse(text)
        #expect(diagnostics.isEmpty)
        let line = try #require(lines.first)
        #expect("\(line.selector.text) \(line.priority) \(line.permissions.text)" == wanted)
    }

    @Test(
        arguments: [
            ("8 1 0 2", .tooFewFields, 5), ("8", .tooFewFields, 2), ("8:1 0 0 2 r", .badNumber, 1),
            ("8 1 0 2 ro", .badLetter, 5), ("8 1 0 2 RW", .badLetter, 5), ("4096 0 0 1 r", .badNumber, 1),
            ("8 1048575 1 1 r", .badNumber, 3), ("8 10 0xfffffffb 1 r", .badNumber, 3), ("-1 0 0 1 r", .badNumber, 1),
            ("8 0 0 4294967296 r", .badNumber, 4), ("8 0 15 1 r w", .tooManyFields, 6), ("8 0 15 1 r-", .badLetter, 5),
            ("root-disk 1", .tooFewFields, 3), ("root-disc 1 r", .badSelector, 1), ("disk:sda 1 r", .badSelector, 1),
            ("dm: 1 r", .badSelector, 1),
        ] as [(String, DiagnosticCode, Int)])
    func badLines(_ text: String, _ code: DiagnosticCode, _ field: Int) {
        let (lines, diagnostics) = parse(text)
        #expect(lines.isEmpty)
        #expect(diagnostics.map(\.code) == [code])
        #expect(diagnostics.map(\.field) == [field])
    }

    @Test func placesAreTold() {
        let (_, diagnostics) = parse("# comment\n\n  8 1 0 2 ro\n")
        #expect(
            diagnostics.map(\.text) == [
                "t:3:12: error: field 5: unknown permission 'o'; hint: r, w, d, x and s, or - alone for none"
            ])
    }

    @Test func lint() {
        #expect(parse("8 0 15 0 r").diagnostics.map(\.code) == [.neverMatches])
        #expect(parse("8 0 15 1 rs").diagnostics.map(\.code) == [.suidWithoutExec])
        #expect(parse("8 0 15 1 rr").diagnostics.map(\.code) == [.repeated])
        #expect(parse("8 0 15 1 rr").lines.count == 1)
        for letters in ["wx", "rwd", "rwxs", "rwdxs"] {
            #expect(parse("8 0 15 1 \(letters)").diagnostics.map(\.code) == [.writableExecutable])
            #expect(parse("8 0 15 1 \(letters)").lines.count == 1)
        }
        for letters in ["rw", "w", "rdxs", "rx", "-"] { #expect(parse("8 0 15 1 \(letters)").diagnostics.isEmpty) }
    }

    @Test(arguments: [
        ("root-disk", "root-disk"), ("boot", "boot"), ("dm:swap*", "dm:swap*"), ("/dev/sda1", "/dev/sda1"),
        ("UUID=1234", "/dev/disk/by-uuid/1234"), ("LABEL=x", "/dev/disk/by-label/x"),
        ("disk:/dev/sda", "disk:/dev/sda"),
    ])
    func selectors(_ word: String, _ wanted: String) {
        #expect(parse("\(word) 3 rw").lines.map(\.selector.text) == [wanted])
    }

    @Test func constantsAreThoseOfTheHeader() {
        #expect(DevicePermissions.read.rawValue == CLIP_DEVICE_READ)
        #expect(DevicePermissions.write.rawValue == CLIP_DEVICE_WRITE)
        #expect(DevicePermissions.dev.rawValue == CLIP_DEVICE_DEV)
        #expect(DevicePermissions.exec.rawValue == CLIP_DEVICE_EXEC)
        #expect(DevicePermissions.suid.rawValue == CLIP_DEVICE_SUID)
        #expect(DeviceRule.largestMajor == CLIP_DEVICE_MAJOR_MAX)
        #expect(DeviceRule.largestMinor == CLIP_DEVICE_MINOR_MAX)
        #expect(DeviceRule.mostRules == Int(CLIP_DEVICE_RULES_MAX))
    }

    @Test func numbersFromStat() {
        #expect(DeviceNumber(raw: 0x801) == number(8, 1))
        #expect(DeviceNumber(raw: 0x10_fd02) == number(253, 0x102))
        #expect(DeviceNumber(text: Array("253:17\n".utf8)) == number(253, 17))
        #expect(DeviceNumber(text: Array("253".utf8)) == nil)
        #expect(DeviceNumber(text: Array("/dev/sda".utf8)) == nil)
    }
}

@Suite struct DeviceTableTests {
    private let table = DeviceTable([
        DeviceRule(number(8, 0), range: 15, priority: 1, permissions: [.read, .exec]),
        DeviceRule(number(8, 1), priority: 2, permissions: []),
        DeviceRule(number(9, 0), priority: 0, permissions: []),
    ])

    @Test(arguments: [(8, 2, "rx"), (8, 1, "-"), (8, 15, "rx"), (8, 16, "rw"), (9, 0, "rw")])
    func looking(_ major: UInt32, _ minor: UInt32, _ wanted: String) {
        #expect(table.permissions(of: number(major, minor), strict: false).text == wanted)
    }

    @Test func strict() {
        #expect(table.permissions(of: number(9, 0), strict: true) == [])
        #expect(table.permissions(of: number(8, 2), strict: true).text == "rx")
    }

    @Test(
        arguments: [
            ("7 4 3 5 r", .duplicate), ("7 4 3 5 w", .conflict), ("7 4 3 6 r", .conflict), ("7 7 9 5 w", .deviceTie),
            ("7 0 4 5 r", .deviceTie), ("7 0 3 5 w", nil), ("7 8 9 5 w", nil), ("7 5 0 6 w", nil), ("9 4 3 5 w", nil),
        ] as [(String, DiagnosticCode?)])
    func conflicts(_ second: String, _ code: DiagnosticCode?) {
        let (status, output) = Tool().run("check", "--json", "--rule", "7 4 3 5 r", "--rule", second)
        #expect(status == (code == nil || code == .duplicate ? 0 : 3))
        #expect(output.text.contains("\"code\":") == (code != nil))
        if let code { #expect(output.text.contains("\"code\":\"\(code.rawValue)\"")) }
    }
}

@Suite struct DevctlToolTests {
    @Test func loadSendsAllOrNothing() {
        let tool = Tool()
        #expect(tool.run("load", "--rule", "8 0 15 1 r", "--rule", "8 1 0 2 -").status == 0)
        #expect(tool.twin?.commits.map { $0.rules.map(\.text) } == [["8 0 15 1 r", "8 1 0 2 -"]])
        #expect(tool.twin?.commits.map(\.mode) == [.add])
        #expect(tool.run("load", "--rule", "8 0 15 1 r", "--rule", "8 1").status == 3)
        #expect(tool.run("load", "--rule", "8 0 15 1 r", "--rule", "8 1 0 1 w").status == 3)
        #expect(tool.twin?.commits.count == 1)
    }

    @Test func allReplaces() {
        let directory = TemporaryDirectory()
        directory.write("a", "8 0 15 1 r\n")
        directory.write("b", "8 1 0 2 -")  // no newline at the end
        directory.write("b~", "8 2 0 2 -\n")
        var tool = Tool()
        tool.directory = directory.path
        #expect(tool.run("load", "--all", "-n").status == 0)
        #expect(tool.twin?.commits.map(\.mode) == [.replace])
        #expect(tool.twin?.commits.map(\.options) == [.dryRun])
        #expect(tool.twin?.commits.map { $0.rules.map(\.text) } == [["8 0 15 1 r", "8 1 0 2 -"]])
        tool.twin?.live.rules = [DeviceRule(number(8, 0), range: 15, priority: 1, permissions: .read)]
        let (status, output) = tool.run("diff")
        #expect(status == 1)
        #expect(output.text == "+ 8 1 0 2 -\n")
    }

    @Test func unloadIsIdempotent() {
        var tool = Tool()
        tool.input = "8 1 0 2 rw\n"
        #expect(tool.run("unload", "-f", "-").status == 0)
        #expect(tool.twin?.commits.map(\.mode) == [.remove])
        #expect(tool.twin?.commits.map(\.options) == [.skipMissing])
    }

    @Test func refusalNamesRuleAndSysctl() {
        let tool = Tool()
        var refusal = CommitOutcome()
        refusal.error = .notPermitted
        refusal.reason = .immutable
        tool.twin?.refusal = refusal
        let (status, output) = tool.run("load", "--rule", "8 0 15 1 r")
        #expect(status == 4)
        #expect(output.messages.joined().contains("kernel.clip.mount"))
        refusal.reason = .deviceTie
        refusal.error = .invalid
        refusal.results = [CommitResult(index: 0, error: .invalid, reason: .deviceTie, isSkipped: false)]
        tool.twin?.refusal = refusal
        #expect(
            tool.run("load", "--rule", "8 0 15 1 r").output.messages.joined().contains(
                "<argument>:1: error: '8 0 15 1 r'"))
    }

    @Test func withoutKernel() {
        var tool = Tool()
        tool.twin = nil
        #expect(tool.run("show").status == 5)
        tool.openError = .accessDenied
        #expect(tool.run("load", "--rule", "8 0 15 1 r").status == 4)
        #expect(tool.run("check", "--rule", "8 0 15 1 r").status == 0)
    }

    @Test(arguments: [
        ["frobnicate"], ["load"], ["load", "--bogus"], ["load", "--rule"], ["explain"], ["resolve", "x"],
    ])
    func usage(_ words: [String]) {
        let tool = Tool()
        let output: Int32 =
            switch words.count {
            case 1: tool.run(words[0]).status
            default: tool.run(words[0], words[1]).status
            }
        #expect(output == 2)
    }

    @Test func mounts() {
        let directory = TemporaryDirectory()
        let good = directory.write("good", "1 0 8:3 / /home rw,noexec - ext4 /dev/sda3 rw\n").description
        let bad = directory.write("bad", "1 0 8:3 / /home rw - ext4 /dev/sda3 rw\n").description
        let table = directory.write("devices", "8 0 15 1 rw\n").description
        #expect(Tool().run("mounts", "--mountinfo", good).status == 0)
        let (status, output) = Tool().run("mounts", "--mountinfo", bad)
        #expect(status == 1)
        #expect(output.text.hasPrefix("/home (ext4 on 8:3): writable and executable; hint: mount with noexec"))
        #expect(Tool().run("mounts", "--mountinfo", bad, "--devices", table, "--locked").status == 0)
        #expect(Tool().run("mounts", "--mountinfo", good, "--suid").status == 1)
        #expect(
            Tool().run("mounts", "--json", "--mountinfo", bad).output.text.hasPrefix(#"{"schema":1,"locked":false"#))
        #expect(Tool().run("mounts", "--mountinfo", "/nonexistent").status == 6)
        #expect(Tool().run("mounts", "--mountinfo", table).status == 3)
        #expect(Tool().run("mounts", "word").status == 2)
        #expect(Tool().run("show", "--mountinfo", good).status == 2)
    }

    @Test func explain() {
        var tool = Tool()
        tool.nodes["/dev/sda1"] = number(8, 1)
        tool.twin?.live.rules = [DeviceRule(number(8, 0), range: 15, priority: 1, permissions: [.read])]
        tool.twin?.live.isLocked = true
        #expect(tool.run("explain", "/dev/sda1").output.text == "8:1: r, by rule '8 0 15 1 r'\n")
        #expect(tool.run("explain", "/dev/sda1", "--want", "r").status == 0)
        let (status, output) = tool.run("explain", "8:1", "--want", "rw")
        #expect(status == 1)
        #expect(output.text == "8:1: r, by rule '8 0 15 1 r'; lacks w\n")
        #expect(tool.run("explain", "9:1", "--want", "rw").status == 0)
        #expect(tool.run("explain", "/dev/sdb").status == 6)
        #expect(tool.run("explain", "8:1", "--want", "q").status == 2)
        #expect(tool.run("status").status == 0)
        #expect(tool.run("show").output.text == "8 0 15 1 r\n")
    }
}

@Suite struct ResolveTests {
    private let directory = TemporaryDirectory()

    /// sda with a partition of its own numbers and one beyond, and dm-0 on it.
    private func tool() -> Tool {
        let root = directory.path
        for name: BytePath in ["devices", "dev", "block"] { directory.makeDirectory(name) }
        for (name, dev) in [("sda", "8:0"), ("sda/sda1", "8:1"), ("sda/sda17", "259:3"), ("dm-0", "253:0")] {
            directory.makeDirectory(BytePath("devices/\(name)".utf8))
            directory.write(BytePath("devices/\(name)/dev".utf8), "\(dev)\n")
        }
        for name in ["sda1", "sda17"] { directory.write(BytePath("devices/sda/\(name)/partition".utf8), "1\n") }
        directory.write("devices/sda/range", "16\n")
        directory.write("devices/dm-0/range", "1\n")
        directory.makeDirectory("devices/dm-0/dm")
        directory.write("devices/dm-0/dm/name", "swap-a\n")
        directory.makeDirectory("devices/dm-0/slaves")
        directory.makeLink("devices/dm-0/slaves/sda1", to: root.appending(Array("devices/sda/sda1".utf8)))
        directory.makeDirectory("dev/block")
        for (name, link) in [
            ("dev/block/8:0", "sda"), ("dev/block/8:1", "sda/sda1"), ("dev/block/253:0", "dm-0"),
            ("block/sda", "sda"), ("block/dm-0", "dm-0"),
        ] {
            directory.makeLink(BytePath(name.utf8), to: root.appending(Array("devices/\(link)".utf8)))
        }
        var tool = Tool()
        tool.sysfs = root
        tool.nodes = ["/dev/sda1": number(8, 1), "/dev/disk/by-uuid/12": number(8, 1)]
        tool.filesystems = ["/": number(253, 0), "/boot": number(8, 1)]
        return tool
    }

    @Test(arguments: [
        ("/dev/sda1", "8 1 0\n"), ("UUID=12", "8 1 0\n"), ("boot", "8 1 0\n"), ("dm:swap-a", "253 0 0\n"),
        ("dm:swap*", "253 0 0\n"), ("disk:/dev/sda1", "8 0 15\n259 3 0\n"), ("root-disk", "8 0 15\n259 3 0\n"),
    ])
    func found(_ selector: String, _ wanted: String) {
        let (status, output) = tool().run("resolve", selector)
        #expect(status == 0)
        #expect(output.text == wanted)
    }

    @Test(arguments: ["/dev/sdb", "dm:other", "dm:other*", "LABEL=x", "disk:/dev/sdb"])
    func notFound(_ selector: String) {
        let tool = tool()
        #expect(tool.run("resolve", selector).status == 1)
        #expect(tool.run("load", "--rule", "\(selector) 1 r").status == 3)
        #expect(tool.twin?.commits.isEmpty == true)
        #expect(tool.run("load", "--skip-missing", "--rule", "\(selector) 1 r").status == 0)
    }

    /// The whole disk writes its partitions, and what lies on them.
    @Test(
        arguments: [
            (["8 1 0 2 r"], "8:1 is not to be written, but lies on 8:0, which is not listed and so writable"),
            (["8 0 0 2 rw", "8 1 0 2 -"], "lies on 8:0, which is writable by '8 0 0 2 rw'"),
            (["8 0 15 1 rw", "253 0 0 2 rx"], "253:0 is not to be written, but lies on 8:1, which is writable by"),
            (["8 1 0 2 rw", "8 0 0 2 r", "253 0 0 1 r"], "lies on 8:1, which is writable by '8 1 0 2 rw'"),
            // A disk of another system.
            (["8 17 0 2 r"], "8:17 is not to be written, but lies on 8:16"),
        ])
    func writableBelow(_ rules: [String], _ wanted: String) {
        let (status, output) = tool().run("check", "--json", "-f", file(rules))
        #expect(status == 0)
        #expect(output.text.contains(wanted))
        #expect(output.text.contains("\"code\":\"writable-below\""))
    }

    @Test(arguments: [
        ["8 0 15 1 r"], ["8 0 15 1 rdxs", "8 1 0 2 -", "253 0 0 1 rx"], ["8 0 0 1 -", "8 1 0 1 rw"], ["8 0 15 1 rw"],
        ["8 16 0 1 r", "8 17 0 1 r"], ["7 0 0 1 r"],
    ])
    func nothingWritableBelow(_ rules: [String]) {
        #expect(!tool().run("check", "--json", "-f", file(rules)).output.text.contains("writable-below"))
    }

    /// One fault is told once, however many partitions a rule is for.
    @Test func writableBelowIsToldOnce() {
        let output = tool().run("check", "-f", file(["8 1 14 2 r", "8 2 0 3 r", "253 0 0 1 rw"])).output
        // Of 8:1 with those behind it, and of 8:2.
        #expect(output.messages.filter { $0.contains("lies on 8:0") }.count == 2)
    }

    private func file(_ rules: [String]) -> String {
        directory.write("rules", rules.joined(separator: "\n")).description
    }

    @Test func rootThatCouldNotBeMountedAgain() {
        var tool = tool()
        let rules = TemporaryDirectory()
        tool.directory = rules.path
        rules.write("a", "8 0 15 1 rdxs\n")
        #expect(tool.run("check").output.messages.joined().contains("root filesystem is on 253:0"))
        rules.write("b", "dm:swap-a 2 rdxs\n")
        #expect(tool.run("check").output.messages.isEmpty)
    }
}

@Suite struct DevctlLegacyTests {
    @Test func forms() {
        let tool = Tool()
        #expect(tool.run("-c", "8 0 15 1 r").status == 0)
        #expect(tool.run("-c8 0 15 2 r", "-u").status == 0)
        #expect(tool.twin?.commits.map(\.mode) == [.add, .remove])
        #expect(tool.run("-v").output.text.hasPrefix("devctl - Version "))
        #expect(tool.run("-h").status == 0)
    }

    /// Q17 to Q19: no crash, no shifted field, no error behind the last line.
    @Test func oldFaults() {
        let directory = TemporaryDirectory()
        let tool = Tool()
        #expect(tool.run("-c", "8 0").status == 1)
        #expect(tool.run("-c", "").status == 1)
        #expect(tool.run("-c", "8 0 15 1").status == 1)
        for (name, text) in [("a", "8 0 15 1 r\n"), ("b", "8 0 15 1 r"), ("c", ""), ("d", "# nothing\n")] {
            let file = directory.write(BytePath(name.utf8), text)
            #expect(tool.run("-f", file.description).status == 0)
        }
        let file = directory.write("e", "8 0 15 1 r\n8 0\n")
        let before = tool.twin?.commits.count
        #expect(tool.run("-f", file.description).status == 1)
        #expect(tool.twin?.commits.count == before)
    }

    @Test func exclusive() {
        let tool = Tool()
        #expect(tool.run("-c", "8 0 15 1 r", "-c", "8 0 15 2 r").status == 1)
        #expect(tool.run("-u").status == 1)
        #expect(tool.run("-x").status == 1)
        #expect(tool.run("-f").status == 1)
        #expect(tool.run("-f", "/nonexistent").status == 1)
        #expect(tool.twin?.commits.isEmpty == true)
    }
}
