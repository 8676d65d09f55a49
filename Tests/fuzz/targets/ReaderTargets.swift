// SPDX-License-Identifier: LGPL-2.1-or-later

// Readers of rules, of the kernel's files, of programs and of packages.

import Bytes
import Device
import DevicePolicy
import ELF
import EventRecord
import Events
import Glibc
import Image
import Jails
import Mounts
import Packages
import Policy
import SystemIO

private func check(_ diagnostics: [Diagnostic], lines: Int) {
    for diagnostic in diagnostics {
        check(diagnostic.line >= 0 && diagnostic.line <= lines, "line \(diagnostic.line) of \(lines)")
        check(diagnostic.column >= 0, "column \(diagnostic.column)")
        check(!diagnostic.text.isEmpty, "a message without text")
    }
}

private func lineCount(_ text: [UInt8]) -> Int { 1 + text.count { $0 == ASCII.newline } }

let source = Array("fuzz".utf8)

/// Rules that were accepted are printed, encoded, and read again from both.
@Sendable func rules(_ text: [UInt8]) {
    let parsed = RuleParser(source: source).parse(text)
    check(parsed.diagnostics, lines: lineCount(text))
    guard !parsed.diagnostics.contains(where: { $0.severity == .error }) else { return }
    let printed = Array(parsed.rules.map(\.line).joined(separator: [ASCII.newline]))
    let again = RuleParser(source: source).parse(printed)
    check(again.rules.count == parsed.rules.count, "printed rules read again")
    for (one, other) in zip(parsed.rules, again.rules) {
        check(one.saysSame(as: other), "a rule printed and read again")
    }
    let merged = RuleMerge.merge([parsed])
    guard !merged.diagnostics.contains(where: { $0.severity == .error }),
        let image = try? ImageEncoder.encode(merged.rules)
    else { return }
    guard let decoded = try? ImageDecoder.decode(image) else {
        fatalError("not so: an image that was encoded is valid")
    }
    check(decoded.count == merged.rules.count, "all rules of the image")
}

@Sendable func images(_ bytes: [UInt8]) {
    guard let rules = try? ImageDecoder.decode(bytes) else { return }
    for rule in rules { check(!rule.line.isEmpty, "a rule without text") }
}

@Sendable func devices(_ text: [UInt8]) {
    var parser = DeviceParser(source: source)
    parser.parse(text)
    check(parser.diagnostics, lines: lineCount(text))
    for line in parser.lines { check(!line.selector.text.isEmpty, "a selector without text") }
}

/// The mounts of `/proc/self/mountinfo`.
@Sendable func mountinfo(_ text: [UInt8]) {
    guard let mounts = try? Mount.parse(text) else { return }
    _ = MountJudge().judge(mounts)
}

/// The text files of the kernel, and settings of the tools.
@Sendable func texts(_ text: [UInt8]) {
    _ = KernelStatus(text)
    let rows = try? EntryRows(text)
    precondition(rows.map { rows in rows.rows.map { rows.entry($0) } } == (try? EntriesFile.parse(text)))
    _ = try? DigestsFile.parse(text)
    _ = ExceptionsFile.parse(text)
    let boot = BootParser(text, source: source)
    check(boot.diagnostics, lines: lineCount(text))
    check(IntentParser.parse(text, source: source).diagnostics, lines: lineCount(text))
    _ = ControlParagraph.parse(text)
}

@Sendable func events(_ text: [UInt8]) {
    _ = try? Event(text: text)
    _ = try? LearnedEvent(text: text)
    guard let messages = try? NetlinkMessage.list(in: text) else { return }
    for message in messages { _ = try? Event(message) }
}

@Sendable func jails(_ text: [UInt8]) {
    let parser = JailParser(text, name: "fuzz", source: source)
    check(parser.diagnostics, lines: lineCount(text))
    guard !parser.hasErrors else { return }
    let again = JailParser(JailPrinter.text(parser.jail), name: "fuzz", source: source)
    check(!again.hasErrors, "a printed jail read again")
    _ = JailPlan.steps(parser.jail)
    _ = JailCheck.findings(parser.jail, source: source)
}

/// The first byte of each line names the file of the old directory.
@Sendable func oldJails(_ text: [UInt8]) {
    let names = [
        "context", "root", "cmd", "addr", "bcaps", "cflags", "nsopts", "fstab.internal", "fstab.external", "nscleanup",
    ]
    var files: [String: [UInt8]] = [:]
    for line in text.split(separator: ASCII.newline, omittingEmptySubsequences: false) {
        guard let first = line.first else { continue }
        files[names[Int(first) % names.count], default: []] += Array(line.dropFirst()) + [ASCII.newline]
    }
    let jail = OldJail(files, name: "fuzz", directory: "/etc/jails/fuzz")
    guard !jail.hasErrors else { return }
    _ = JailPlan.steps(jail.jail)
}

/// Readers that take a file: one in memory for each reader, which each input replaces.
private func withFile(_ bytes: [UInt8], of reader: String, _ body: (BytePath) -> Void) {
    let name = "/dev/shm/clip-fuzz-\(reader)-\(getpid())"
    let file = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    check(file >= 0, "a file in memory")
    check(write(file, bytes, bytes.count) == bytes.count, "all bytes written")
    close(file)
    body(BytePath(Array(name.utf8)))
    unlink(name)
}

@Sendable func elf(_ bytes: [UInt8]) {
    withFile(bytes, of: "elf") { path in
        _ = try? ELFFile.read(path)
        guard let file = try? Descriptor(reading: path) else { return }
        _ = try? LoadableProgram(file)
    }
}

@Sendable func deb(_ bytes: [UInt8]) {
    withFile(bytes, of: "deb") { path in _ = try? DebFile.read(path) }
}
