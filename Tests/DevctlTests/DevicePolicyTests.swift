// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
import DevicePolicy
import Policy
import TestSupport
import Testing

private func parse(_ text: String) -> (lines: [DeviceLine], diagnostics: [Diagnostic]) {
    var parser = DeviceParser(source: Array("t".utf8))
    parser.parse(Array(text.utf8))
    return (parser.lines, parser.diagnostics)
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
        let (status, output) = DevctlRun().run("check", "--json", "--rule", "7 4 3 5 r", "--rule", second)
        #expect(status == (code == nil || code == .duplicate ? 0 : 3))
        #expect(output.resultText.contains("\"code\":") == (code != nil))
        if let code { #expect(output.resultText.contains("\"code\":\"\(code.rawValue)\"")) }
    }
}
