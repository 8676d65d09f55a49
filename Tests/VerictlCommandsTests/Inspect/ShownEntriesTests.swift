// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import Device
@testable import VerictlCommands

/// What is printed from pieces of the list is compared with what each entry prints alone.
@Suite struct ShownEntriesTests {
    private static let paths = [
        "/", "/a", "/b", "/ab", "/a/b", "/usr/bin/program", "/usr/bin/program-1", "/usr/bin/program-12345678",
        "/usr/lib/x86_64-linux-gnu/libc.so.6", "/with\\040blank", "/with\\134backslash", "/hash#", "/quote\"quote",
        "/delete\u{7f}", "/é", "/\\303\\251", "/\\377", "relative", "-", "", "/\u{1}", "/*",
    ]
    private static let sources = [
        "-", "/etc/verictl.d/a", "/etc/verictl.d/bb", "<stdin>", "/with\\040blank", "/quote\"", "/\\377", "/é", "",
    ]

    private var random = SeededRandom(seed: 30)

    private mutating func one(of texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }

    private mutating func number(_ numbers: UInt64...) -> UInt64 { numbers.randomElement(using: &random) ?? 0 }

    private mutating func mask(_ known: UInt64) -> UInt64 {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: known & UInt64.random(in: 0...UInt64.max, using: &random)
        case 1: UInt64.random(in: 0...UInt64.max, using: &random)
        case 2: 1 << UInt64.random(in: 0..<64, using: &random)
        default: 0
        }
    }

    private func hex(_ number: UInt64) -> String { number == 0 ? "0" : "0x" + String(number, radix: 16) }

    /// A line; few of them are not as the kernel writes them.
    private mutating func line(_ plain: Bool) -> String {
        let algorithm = plain ? 3 : UInt16.random(in: 0...8, using: &random)
        var size = DigestAlgorithm(rawValue: algorithm)?.size ?? 20
        if !plain, number(0, 0, 0, 0, 0, 0, 0, 1) == 1 { size -= 1 }
        let byte = String(number(1, 0xab, 0xff), radix: 16)
        let digest = String(repeating: byte.count < 2 ? "0" + byte : byte, count: size)
        let paths = plain ? Array(Self.paths[1..<9]) : Self.paths
        let sources = plain ? Array(Self.sources[1..<3]) : Self.sources
        var text =
            "context=\(number(0, 0, 5, 501, 4_294_967_295)) dev=\(one(of: ["8:1", "0:27", "259:1048575"])) "
            + "inode=\(number(7, 7, 8, 123_456, 999_999_999_999_999_999, .max)) generation=\(number(0, 1, 4_294_967_295)) "
        text += "flags=\(hex(mask(UInt64(EntryFlags.all.rawValue)))) "
        text += "effective=\(hex(mask(CapabilitySet.all.rawValue))) permitted=\(hex(mask(CapabilitySet.all.rawValue))) "
        text += "inheritable=\(hex(mask(CapabilitySet.all.rawValue))) privileges=\(hex(mask(Privileges.all.rawValue))) "
        text += "algorithm=\(algorithm) digest=\(digest) path=\(one(of: paths)) source=\(one(of: sources)) "
        text += "line=\(number(0, 1, 77, 4_294_967_295))"
        guard !plain, number(0, 0, 0, 1) == 1 else { return text }
        let changes = [
            ("dev=", "dev=0"), ("inode=", "inode=0x"), ("generation=", " generation="), ("line=", "new=1 line="),
            (" flags=", " size=4 flags="), ("digest=", "digest="), ("context=", "new=1 context="), ("line=", "line=0"),
            (" permitted=", " other="), ("algorithm=", "algorithm=9"), ("context=", "context=00"),
        ]
        let (old, new) = changes.randomElement(using: &random) ?? ("", "")
        return text.substituting(old, by: new)
    }

    private mutating func list(_ count: Int, plain: Bool) -> [UInt8] {
        var lines = (0..<count).map { _ in line(plain) }
        // Entries that are listed twice, and empty lines.
        for _ in 0..<(count / 8) { lines.append(lines.randomElement(using: &random) ?? "") }
        if !plain { lines.append("") }
        lines.shuffle(using: &random)
        return Array((lines.joined(by: "\n") + (number(0, 1) == 1 ? "\n" : "")).utf8)
    }

    /// Some names are lost, and some files have another one.
    private func presentName(_ entry: LiveEntry) -> PresentName {
        guard let path = entry.path else { return .asListed }
        switch (entry.inode &+ UInt64(path.bytes.count)) % 5 {
        case 0: return .notFound
        case 1: return .renamed(BytePath(path.bytes + (entry.inode == 7 ? " new".utf8 : "-new".utf8)))
        default: return .asListed
        }
    }

    /// Each entry by itself, as `show` prints it.
    private func expected(_ list: [UInt8], _ contexts: Set<ContextID>) throws -> [ShownEntry] {
        let all = try EntriesFile.parse(list).filter { contexts.isEmpty || contexts.contains($0.context) }
            .map { ShownEntry($0, presentName($0)) }
        let order = all.indices.sorted { ShownEntry.precedes(all[$0], all[$1]) }
        return order.reduce(into: []) { sorted, place in if sorted.last != all[place] { sorted.append(all[place]) } }
    }

    private func compare(_ list: [UInt8], _ contexts: Set<ContextID>) throws {
        let expected: [ShownEntry]
        do {
            expected = try self.expected(list, contexts)
        } catch let error as EntriesError {
            #expect(throws: error) { try EntryRows(list) }
            return
        }
        for isAsked in [false, true] {
            let shown = ShownEntries(
                try EntryRows(list), of: contexts, presentName: presentName,
                answerPaths: { questions, text in
                    let directories = questions.map { question in
                        BytePath(text[question.start..<(question.start + question.count)]).parent
                    }
                    #expect(Set(directories).count == 1)
                    for index in questions.indices where isAsked {
                        let question = questions[index]
                        var entry = LiveEntry()
                        entry.path = BytePath(text[question.start..<(question.start + question.count)])
                        entry.inode = question.identity.inode
                        questions[index].leads = self.presentName(entry) == .asListed
                    }
                })
            var lines: [UInt8] = []
            for entry in expected {
                entry.appendLine(to: &lines)
                lines.append(ASCII.newline)
            }
            var written: [UInt8] = []
            shown.writeLines { piece in
                written += piece
                return true
            }
            #expect(written == lines)
            let digests: [JSONValue] = [.number(1), .null]
            let document = JSONDocument([("entries", .array(expected.map(\.json))), ("digests", .array(digests))])
            written = []
            shown.writeDocument(digests: digests) { piece in
                written += piece
                return true
            }
            #expect(written == document.text + [ASCII.newline])
            #expect(shown.details == expected.flatMap(\.details))
            #expect(shown.lost == expected.count { !$0.isNamed })
        }
    }

    @Test mutating func usualLists() throws {
        for _ in 0..<40 {
            let list = list(Int.random(in: 0...60, using: &random), plain: true)
            try compare(list, [])
            try compare(list, [ContextID(5), ContextID(0)])
            #expect(try EntryRows(list).unusual.count < 60)
        }
    }

    @Test mutating func unusualLists() throws {
        for _ in 0..<300 { try compare(list(Int.random(in: 0...30, using: &random), plain: false), []) }
    }

    /// Most of what a kernel lists is read as usual lines.
    @Test func usualLinesAreFound() throws {
        let text = (0..<2000).map { number in
            "context=0 dev=8:1 inode=\(number) generation=1 flags=\(number % 300 == 0 ? "0" : "0x\(number % 300)") "
                + "effective=0 permitted=0 inheritable=0 privileges=0 algorithm=3 "
                + "digest=\(String(repeating: "0a", count: 32)) path=/p/\(number) source=/s/\(number) line=\(number)\n"
        }.joined()
        let rows = try EntryRows(Array(text.utf8))
        #expect(rows.unusual.isEmpty)
        #expect(rows.rows.count == 2000)
        #expect(rows.rows.map { rows.entry($0) } == (try EntriesFile.parse(Array(text.utf8))))
        try compare(Array(text.utf8), [])
    }

    @Test func pathsLeadToFiles() throws {
        let directory = TemporaryDirectory()
        let file = directory.write("tool", "x")
        let identity = try Files.status(file).identity
        let other = FileIdentity(device: identity.device + 1, inode: identity.inode)
        let leads = { (identity: FileIdentity) in
            (file.bytes + [0]).withUnsafeBufferPointer {
                Files.leads(UnsafeBufferPointer(rebasing: $0.dropLast()), to: identity)
            }
        }
        #expect(leads(identity))
        #expect(!leads(other))
        #expect(!leads(FileIdentity(device: identity.device, inode: identity.inode + 1)))
        for (major, minor) in [(8, 1), (0, 27), (259, 0xf_ffff), (0xffff_ffff, 0xffff_ffff)] as [(UInt64, UInt64)] {
            let number = FileIdentity.device(major: major, minor: minor)
            #expect(FileIdentity(device: number, inode: 0).deviceText == "\(major):\(minor)")
        }
    }
}
