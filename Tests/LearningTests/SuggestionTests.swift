// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import EventRecord
import Policy
import SystemIO
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

    /// The program at a path, as the recorder finds it while it runs.
    private func running(_ file: BytePath) throws -> LearnedProgram {
        let identity = try Files.status(file).identity
        return LearnedProgram(file, device: identity.deviceText, inode: identity.inode)
    }

    /// The refusal of a file of the test, with its content.
    private func refused(_ file: BytePath, by user: UInt32? = nil) throws -> Event {
        var event = refusal(.notAllowed)
        (event.path, event.found, event.user) = (file, try FileDigest.of(file, .sha256), user)
        return event
    }

    private let hex = String(repeating: "ab", count: 32)

    @Test func anAllowDigestWithItsName() throws {
        let file = scratch.write("a b", "content")
        let suggestions = suggest([LearnedEvent(try refused(file))])
        let digest = String(decoding: Hex.encode(try FileDigest.of(file, .sha256)), as: UTF8.self)
        #expect(lines(suggestions) == ["* 0 - - - - - sha256 \(digest):7 # \(scratch.path)/a\\040b"])
        let text = String(decoding: suggestions.proposals[0].text, as: UTF8.self)
        #expect(text.contains("# \(scratch.path)/a b: not from a package\n"))
        #expect(text.contains("(not-allowed), 1 x"))
        #expect(text.contains("# seen once at 1970-01-01T00:00:01.000Z\n"))
        let parsed = RuleParser(source: []).parse(suggestions.proposals[0].text)
        #expect(parsed.diagnostics.isEmpty)
        #expect(parsed.rules.count == 1)
    }

    /// Who is refused chooses the path: a mount in a namespace of a user.
    @Test func aNameThatIsNotThatOfTheContent() throws {
        let file = scratch.write("backup", "the real one")
        var event = refusal(.notAllowed)
        event.path = file
        var text = String(decoding: suggest([LearnedEvent(event)]).text, as: UTF8.self)
        #expect(text.contains("\n* 0 - - - - - sha256 \(hex)\n"))
        #expect(!text.contains("backup"))
        #expect(text.contains("# a name is left out: the file has another content now than when it was refused\n"))
        // Nor one that is not there, or is a link to the content.
        event.path = "/nonexistent/backup"
        text = String(decoding: suggest([LearnedEvent(event)]).text, as: UTF8.self)
        #expect(!text.contains("backup") && text.contains("# a name is left out: the file cannot be read now\n"))
        event = try refused(file)
        event.path = scratch.makeLink("link", to: file)
        text = String(decoding: suggest([LearnedEvent(event)]).text, as: UTF8.self)
        #expect(!text.contains("link\n") && text.contains("# a name is left out: at its path is a link now"))
        // Its twin: the name of the content, also if another name came first.
        let both = suggest([LearnedEvent(event), LearnedEvent(try refused(file))])
        #expect(both.proposals.count == 1 && both.proposals[0].name == file && both.proposals[0].count == 2)
    }

    @Test func whoAsked() throws {
        let file = scratch.write("tool", "content")
        let events = try [1000, 0, 1000].map { LearnedEvent(try refused(file, by: $0)) }
        let proposal = suggest(events).proposals[0]
        #expect(proposal.users == [0, 1000] && proposal.count == 3)
        #expect(String(decoding: proposal.text, as: UTF8.self).contains("# asked for by uid 0, 1000\n"))
        #expect(
            String(decoding: JSONDocument([("p", proposal.json)]).text, as: UTF8.self).contains("\"uids\":[0,1000]"))
        let many = try (1...9).map { LearnedEvent(try refused(file, by: $0)) }
        #expect(suggest(many).proposals[0].comments.contains("asked for by uid 1, 2, 3, 4, 5, 6, 7, 8 and 1 more"))
    }

    @Test func anEntryIsForTheProgramThatAsked() throws {
        let file = scratch.write("daemon", "code")
        let other = scratch.write("other", "code")
        var socket = refusal(.noPrivilege, kind: .task)
        (socket.path, socket.found, socket.algorithm) = (nil, nil, nil)
        socket.privileges = .networkClient
        var netlink = socket
        netlink.privileges = .netlink
        // A program of a user that was mounted over the file gets nothing, and
        // what it lacked is not given to the file.
        var foreign = try running(other)
        foreign.path = file
        let suggestions = suggest([
            LearnedEvent(netlink, program: foreign), LearnedEvent(socket, program: try running(file)),
        ])
        let digest = String(decoding: Hex.encode(try FileDigest.of(file, .sha256)), as: UTF8.self)
        #expect(lines(suggestions) == ["\(file) 0 e - - - c sha256 \(digest)"])
        #expect(
            suggestions.proposals.compactMap(\.advice) == [
                "at its path is another file now than the program that was refused"
            ])
        // Nor does a link to another program, or a path alone.
        var linked = try running(file)
        linked.path = scratch.makeLink("link", to: file)
        let link = suggest([LearnedEvent(socket, program: linked)]).proposals
        #expect(link.map(\.rule) == [nil] && link[0].advice?.hasPrefix("at its path is a link now") == true)
        let path = suggest([LearnedEvent(socket, program: LearnedProgram(file))]).proposals
        #expect(path.map(\.rule) == [nil] && path[0].advice?.contains("only its path") == true)
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
        // Another content was refused than the package has now: the path says nothing.
        event.found = [UInt8](repeating: 1, count: 32)
        #expect(suggest([LearnedEvent(event)]).proposals[0].origin == .none)
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
            LearnedEvent(socket, program: try running(file), count: 3),
            LearnedEvent(netlink, program: try running(file)),
        ])
        let digest = String(decoding: Hex.encode(try FileDigest.of(file, .sha256)), as: UTF8.self)
        #expect(lines(suggestions) == ["\(file) 0 e - - - cN sha256 \(digest)"])
        #expect(suggestions.proposals[0].count == 4)
        // The right to change the rules is never proposed.
        var administer = socket
        administer.privileges = .administer
        #expect(suggest([LearnedEvent(administer, program: try running(file))]).proposals.isEmpty)
        #expect(suggest([LearnedEvent(administer, program: try running(file))]).unanswered.count == 1)
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
        let suggestions = suggest([LearnedEvent(memory, program: try running(file)), LearnedEvent(exec)])
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

    @Test func copiesOfOneFile() throws {
        let (file, copy) = (scratch.write("file", "content"), scratch.write("copy", "content"))
        let suggestions = suggest([
            LearnedEvent(try refused(file)), LearnedEvent(try refused(copy)),
        ])
        #expect(suggestions.proposals[0].reasons.contains("the same content is at \(copy), 1 x"))
        #expect(suggestions.proposals.count == 1)
        #expect(suggestions.proposals[0].count == 2)
    }

    @Test func sinceATime() {
        #expect(suggest([LearnedEvent(refusal(.notAllowed))], since: 2_000_000_000).proposals.isEmpty)
        #expect(!suggest([LearnedEvent(refusal(.notAllowed))], since: 500_000_000).proposals.isEmpty)
    }
}
