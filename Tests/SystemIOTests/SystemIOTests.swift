// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Synchronization
import SystemIO
import TestSupport
import Testing

@Suite struct SystemIOTests {
    @Test func writesAndReadsBack() throws {
        let directory = TemporaryDirectory()
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        let file = directory.path.appending(Array("x".utf8))
        try Files.write(bytes, to: file)
        try Files.write(bytes + [1], to: file)
        #expect(try Files.read(file) == bytes + [1])
        #expect(try Files.status(file).size == 200_001)
        #expect(try Files.status(file).permissions.rawValue == 0o644)
        // Nothing is left of the file that was renamed.
        #expect(try Files.list(directory.path).count == 1)
        #expect(throws: Errno.fileTooLarge) { try Files.read(file, limit: 200_000) }
    }

    @Test func writingKeepsPermissionsAndLinks() throws {
        let directory = TemporaryDirectory()
        let file = directory.write("secret", "old", mode: 0o600)
        let link = directory.makeLink("link", to: "secret")
        try Files.write(Array("new".utf8), to: link)
        #expect(try Files.read(file) == Array("new".utf8))
        #expect(try Files.status(file).permissions.rawValue == 0o600)
        #expect(try Files.status(link, followLinks: false).kind == .symbolicLink)
        try Files.write([1], to: "/dev/null")
        #expect(try Files.status("/dev/null").kind == .other)
        #expect(throws: Errno.noEntry) { try Files.write([1], to: "/nonexistent/x") }
        #expect(throws: Errno.isDirectory) { try Files.write([1], to: directory.path) }
    }

    @Test func namesAreBytes() throws {
        let directory = TemporaryDirectory()
        let names: [[UInt8]] = [[0xff, 0x41], Array("e\u{301}".utf8), Array("\u{e9}".utf8), Array("a b\n".utf8)]
        for name in names { directory.write(BytePath(name), name) }
        let found = try Files.list(directory.path)
        #expect(found.map(\.name) == names.sorted { $0.lexicographicallyPrecedes($1) })
        for name in names { #expect(try Files.read(directory.path.appending(name)) == name) }
    }

    @Test func realPathFollowsLinks() throws {
        let directory = TemporaryDirectory()
        let real = try Files.realPath(directory.path)
        directory.makeDirectory("d")
        directory.write("d/f", "x")
        directory.makeLink("link", to: "d/../d")
        #expect(try Files.realPath(directory.path.appending(Array("link/f".utf8))) == real.appending(Array("d/f".utf8)))
        #expect(throws: Errno.noEntry) { try Files.realPath(directory.path.appending(Array("no".utf8))) }
    }

    /// Only failures can be tested here: a success ends the test.
    @Test func becomingAProgramThatCannotBeRun() {
        let words = { (text: String) in [Array(text.utf8), Array("x".utf8)] }
        #expect(Process.become(words("/nonexistent/program")) == .noEntry)
        #expect(Process.become(words("no-such-program")) == .noEntry)
        #expect(Process.become(words("/etc")) == .accessDenied)
        #expect(Process.become(words("tr\0ue")) == .invalid)
        #expect(Process.become([]) == .invalid)
    }

    /// A device that knows no requests.
    @Test func requestsWithoutAnArgument() throws {
        let error = #expect(throws: Errno.self) {
            let file = try Descriptor(reading: "/dev/null")
            try file.closeOnExec()
            _ = try file.control(0xc10a)
        }
        #expect(error == .notTerminal)
    }

    @Test func errorsAreTheKernels() {
        #expect(throws: Errno.noEntry) { try Files.read("/nonexistent") }
        #expect(throws: Errno.isDirectory) { try Files.read("/") }
        #expect(throws: Errno.notDirectory) { try Files.list("/dev/null") }
        #expect(throws: Errno.invalid) { try Files.read(BytePath([0x2f, 0])) }
        #expect(Errno.noEntry.name == "ENOENT")
        #expect(Errno.noEntry.description == "No such file or directory")
        #expect(Errno(9999).description == "error 9999")
    }

    @Test func readsFilesWithoutASize() throws {
        #expect(try Files.read("/proc/self/status").count > 100)
        #expect(try Files.read("/dev/null").isEmpty)
    }

    @Test func threadsAllRun() {
        let counts = Counter()
        Threads.run(7) { number in counts.add(number) }
        #expect(counts.sorted == Array(0..<7))
        #expect(Process.processorCount >= 1)
    }
}

private final class Counter: Sendable {
    private let numbers = Mutex<[Int]>([])

    var sorted: [Int] { numbers.withLock { $0.sorted() } }

    func add(_ number: Int) { numbers.withLock { $0.append(number) } }

    @Test func partsOfAFileBeginWithLines() throws {
        let directory = TemporaryDirectory()
        let texts = [
            "", "\n", "a", "abc\n", "a\nb\nc\n\n\nlonger line\nx", String(repeating: "a", count: 20_000) + "\nb\nc",
            (0..<30_000).map { "line \($0)" }.joined(separator: "\n"),
        ]
        for text in texts.map({ Array($0.utf8) }) {
            let name = directory.write("file", text)
            let file = try Descriptor(reading: name)
            for count in 1...7 {
                let parts = try FileParts(file, size: text.count, count: count)
                #expect((1...count).contains(parts.count))
                var all: [[UInt8]] = []
                for part in 0..<parts.count {
                    var bytes: [UInt8] = []
                    try parts.read(part: part, limit: text.count) { bytes += $0 }
                    all.append(bytes)
                }
                #expect(Array(all.joined()) == text)
                for part in all.dropLast() { #expect(part.last == ASCII.newline) }
                for part in all.dropFirst() { #expect(!part.isEmpty) }
                guard !text.isEmpty else { continue }
                #expect(throws: Errno.fileTooLarge) {
                    try parts.read(part: parts.count - 1, limit: text.count - 1) { _ in }
                }
            }
        }
    }
}
