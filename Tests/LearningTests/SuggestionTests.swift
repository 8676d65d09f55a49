// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import EventRecord
import Policy
import TestSupport
import Testing

@testable import Learning

@Suite struct SuggestionTests {
    private let scratch = TemporaryDirectory()
    private let noRules = SystemRules([])

    private func suggest(_ events: [LearnedEvent], rules: SystemRules? = nil, since: UInt64 = 0) -> Suggestions {
        var record = LearnedRecord()
        for event in events { record.add(event) }
        return Suggestions(
            record, since: since, rules: rules ?? noRules,
            machine: Suggestions.Machine(packageDirectory: scratch.path.appending(Array("info".utf8))))
    }

    private func lines(_ suggestions: Suggestions) -> [String] {
        suggestions.proposals.compactMap { $0.line.map { String(decoding: $0, as: UTF8.self) } }
    }

    private let hex = String(repeating: "ab", count: 32)

    @Test func anAllowDigestWithItsName() {
        let suggestions = suggest([LearnedEvent(refusal(.notAllowed))])
        #expect(lines(suggestions) == ["* 0 - - - - - sha256 \(hex) # /opt/a\\040b"])
        let text = String(decoding: suggestions.proposals[0].text, as: UTF8.self)
        #expect(text.contains("# /opt/a b: not from a package\n"))
        #expect(text.contains("(not-allowed), 1 x"))
        #expect(text.contains("# seen once at 1970-01-01T00:00:01.000Z\n"))
        let parsed = RuleParser(source: []).parse(suggestions.proposals[0].text)
        #expect(parsed.diagnostics.isEmpty)
        #expect(parsed.rules.count == 1)
    }

    @Test func aNameCannotForgeALine() {
        var event = refusal(.notAllowed)
        event.path = "/opt/x\n/etc/shadow 0 e - - - V sha256 00"
        let text = suggest([LearnedEvent(event)]).proposals[0].text
        #expect(RuleParser(source: []).parse(text).rules.count == 1)
    }

    @Test func packagesByDpkg() throws {
        let file = scratch.write("tool", "content")
        let path = file.bytes
        scratch.makeDirectory("info")
        scratch.write("info/tool:amd64.list", "/.\n\(file)\n")
        let sum = String(decoding: Hex.encode(try FileDigest.of(file, .md5)), as: UTF8.self)
        scratch.write("info/tool:amd64.md5sums", "\(sum)  \(String(decoding: path.dropFirst(), as: UTF8.self))\n")
        var event = refusal(.notAllowed)
        event.path = file
        event.found = try FileDigest.of(file, .sha256)
        #expect(suggest([LearnedEvent(event)]).proposals[0].origin == .package("tool"))
        // Another content was refused than the package has now.
        event.found = [UInt8](repeating: 1, count: 32)
        #expect(suggest([LearnedEvent(event)]).proposals[0].origin == .changed("tool"))
        // The package has another content.
        scratch.write("tool", "changed")
        event.found = try FileDigest.of(file, .sha256)
        #expect(suggest([LearnedEvent(event)]).proposals[0].origin == .changed("tool"))
    }

    @Test func leastPrivileges() throws {
        let file = scratch.write("daemon", "code")
        var socket = refusal(.noPrivilege, kind: .task)
        (socket.path, socket.found, socket.algorithm) = (nil, nil, nil)
        socket.privileges = [.networkClient, .networkServer]
        var netlink = socket
        netlink.privileges = .netlink
        let suggestions = suggest([
            LearnedEvent(socket, program: file, count: 3), LearnedEvent(netlink, program: file),
        ])
        let digest = String(decoding: Hex.encode(try FileDigest.of(file, .sha256)), as: UTF8.self)
        #expect(lines(suggestions) == ["\(file) 0 e - - - cN sha256 \(digest)"])
        #expect(suggestions.proposals[0].count == 4)
        // The right to change the rules is never proposed.
        var administer = socket
        administer.privileges = .administer
        #expect(suggest([LearnedEvent(administer, program: file)]).proposals.isEmpty)
        #expect(suggest([LearnedEvent(administer, program: file)]).unanswered.count == 1)
        // Without the file of the program, there is nothing to propose.
        #expect(suggest([LearnedEvent(socket)]).unanswered.count == 1)
    }

    @Test func memoryAndLibraries() throws {
        let file = scratch.write("jit", "code")
        var memory = refusal(.wxMemory, kind: .map)
        (memory.path, memory.found, memory.algorithm) = (nil, nil, nil)
        memory.act = Array("mprotect".utf8)
        var exec = refusal(.notAllowed)
        exec.path = file
        exec.found = try FileDigest.of(file, .sha256)
        let digest = String(decoding: Hex.encode(try FileDigest.of(file, .sha256)), as: UTF8.self)
        // The entry is enough for exec as well.
        let suggestions = suggest([LearnedEvent(memory, program: file), LearnedEvent(exec)])
        #expect(lines(suggestions) == ["\(file) 0 ej - - - - sha256 \(digest)"])
        var library = refusal(.libraryNotListed, kind: .map)
        library.path = file
        library.found = exec.found
        #expect(lines(suggest([LearnedEvent(library)])) == ["\(file) 0 l - - - - sha256 \(digest)"])
        // The content is another one now.
        library.found = [UInt8](repeating: 9, count: 32)
        let stale = suggest([LearnedEvent(library)]).proposals[0]
        #expect(stale.rule == nil && stale.advice?.contains("another content now") == true)
    }

    @Test func whatTheSystemHasAlready() {
        var rule = Rule.allow(.sha256, [UInt8](repeating: 0xab, count: 32), context: ContextID(0))
        rule.origin = RuleOrigin(source: Array("x".utf8), line: 1)
        let suggestions = suggest([LearnedEvent(refusal(.notAllowed))], rules: SystemRules([rule]))
        #expect(suggestions.proposals.isEmpty && suggestions.covered == 1)
        var event = refusal(.digestMismatch)
        event.wanted = [UInt8](repeating: 1, count: 32)
        let listed = Rule(
            path: "/opt/a b", context: .own, flags: .executable, digest: [UInt8](repeating: 1, count: 32),
            origin: RuleOrigin(source: Array("/etc/verictl.d/foo".utf8), line: 3))
        let mismatch = suggest([LearnedEvent(event)], rules: SystemRules([listed])).proposals
        #expect(mismatch.map(\.rule) == [nil])
        #expect(mismatch[0].advice?.contains("/etc/verictl.d/foo:3") == true)
        #expect(mismatch[0].advice?.contains(hex) == true)
    }

    @Test func copiesOfOneFile() {
        var other = refusal(.notAllowed)
        other.path = "/srv/copy"
        let suggestions = suggest([LearnedEvent(refusal(.notAllowed)), LearnedEvent(other)])
        #expect(suggestions.proposals.count == 1)
        #expect(suggestions.proposals[0].count == 2)
    }

    @Test func sinceATime() {
        #expect(suggest([LearnedEvent(refusal(.notAllowed))], since: 2_000_000_000).proposals.isEmpty)
        #expect(!suggest([LearnedEvent(refusal(.notAllowed))], since: 500_000_000).proposals.isEmpty)
    }
}
