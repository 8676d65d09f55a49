// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import DevicePolicy
import TestSupport
import Testing

@Suite struct ResolveTests {
    private let directory = TemporaryDirectory()

    /// sda with a partition of its own numbers and one beyond, and dm-0 on it.
    private func tool() -> DevctlRun {
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
        var tool = DevctlRun()
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
        #expect(output.resultText == wanted)
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
        #expect(output.resultText.contains(wanted))
        #expect(output.resultText.contains("\"code\":\"writable-below\""))
    }

    @Test(arguments: [
        ["8 0 15 1 r"], ["8 0 15 1 rdxs", "8 1 0 2 -", "253 0 0 1 rx"], ["8 0 0 1 -", "8 1 0 1 rw"], ["8 0 15 1 rw"],
        ["8 16 0 1 r", "8 17 0 1 r"], ["7 0 0 1 r"],
    ])
    func nothingWritableBelow(_ rules: [String]) {
        #expect(!tool().run("check", "--json", "-f", file(rules)).output.resultText.contains("writable-below"))
    }

    /// One fault is reported once, however many partitions a rule is for.
    @Test func writableBelowIsReportedOnce() {
        let output = tool().run("check", "-f", file(["8 1 14 2 r", "8 2 0 3 r", "253 0 0 1 rw"])).output
        // Of 8:1 with those behind it, and of 8:2.
        #expect(output.messageLines.filter { $0.contains("lies on 8:0") }.count == 2)
    }

    private func file(_ rules: [String]) -> String {
        directory.write("rules", rules.joined(separator: "\n")).description
    }

    @Test func rootThatCouldNotBeMountedAgain() {
        var tool = tool()
        let rules = TemporaryDirectory()
        tool.directory = rules.path
        rules.write("a", "8 0 15 1 rdxs\n")
        #expect(tool.run("check").output.messages.contains("root filesystem is on 253:0"))
        rules.write("b", "dm:swap-a 2 rdxs\n")
        #expect(tool.run("check").output.messages.isEmpty)
    }
}
