// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO
import TestSupport
import Testing

struct PathCheckTests {
    private let directory = TemporaryDirectory()

    /// Enough files that their directory is read.
    private func files(_ count: Int = 60) -> [BytePath] {
        (0..<count).map { directory.write(BytePath("file-\($0)".utf8), "x") }
    }

    /// The answers about paths with the identities that are given.
    private func answers(_ paths: [(BytePath, FileIdentity)]) -> [Bool] {
        var text: [UInt8] = []
        var questions: [PathQuestion] = []
        for (path, identity) in paths {
            questions.append(PathQuestion(start: text.count, count: path.bytes.count, identity: identity))
            text += path.bytes + [ASCII.space]
        }
        let before = text
        text.withUnsafeMutableBufferPointer { PathCheck().answer(&questions, in: $0) }
        #expect(text == before)
        return questions.map(\.leads)
    }

    /// The answer of stat(2) to each.
    private func truth(_ paths: [(BytePath, FileIdentity)]) -> [Bool] {
        paths.map { path, identity in (try? Files.status(path).identity) == identity }
    }

    private func identity(_ path: BytePath) -> FileIdentity {
        (try? Files.status(path).identity) ?? FileIdentity(device: 0, inode: 0)
    }

    @Test func eachPathLeadsToItsFile() {
        for count in [0, 1, 31, 32, 33, 200] {
            let paths = files(count).map { ($0, identity($0)) }
            #expect(answers(paths) == Array(repeating: true, count: count))
        }
    }

    @Test func otherFilesAreOthers() {
        let files = files()
        let there = files.map { ($0, identity($0)) }
        // The next one's inode, another device, no such name, and a part of a name.
        var paths = zip(files, there.dropFirst()).map { ($0, $1.1) }
        #expect(!answers(paths).contains(true))
        paths = there.map { ($0, FileIdentity(device: $1.device + 1, inode: $1.inode)) }
        #expect(!answers(paths).contains(true))
        paths = there.map { (BytePath($0.bytes + [ASCII.zero]), $1) }
        #expect(answers(paths) == truth(paths))
        paths = there.map { (BytePath($0.bytes.dropLast()), $1) }
        #expect(answers(paths) == truth(paths))
        // Some of each, also as the first one.
        for start in 0..<3 {
            paths = there.enumerated().map { number, one in
                (number + start) % 3 == 0 ? (one.0, FileIdentity(device: one.1.device, inode: 1)) : one
            }
            #expect(answers(paths) == (0..<60).map { ($0 + start) % 3 != 0 })
        }
    }

    @Test func otherNamesOfFiles() throws {
        let files = files()
        let target = identity(files[0])
        let hard = (1..<60).map { directory.makeHardLink(BytePath("hard-\($0)".utf8), to: BytePath("file-0".utf8)) }
        let soft = (1..<60).map { directory.makeLink(BytePath("soft-\($0)".utf8), to: files[0]) }
        let paths = (files.prefix(1) + hard + soft).map { ($0, target) }
        #expect(answers(paths) == Array(repeating: true, count: 119))
        let links = try soft.map { ($0, try Files.status($0, followLinks: false).identity) }
        #expect(!answers(links).contains(true))
    }

    @Test func directoriesAreAskedFor() {
        let files = files()
        let paths = (files + [directory.makeDirectory(BytePath("inner".utf8))]).map { ($0, identity($0)) }
        #expect(answers(paths) == truth(paths))
    }

    /// A file that is listed in several contexts.
    @Test func repeatedQuestions() {
        let there = files().map { ($0, identity($0)) }
        let wrong = there.map { ($0, FileIdentity(device: $1.device, inode: 1)) }
        #expect(answers(there.flatMap { [$0, $0, $0] }) == Array(repeating: true, count: 180))
        let mixed = zip(there, wrong).flatMap { [$0, $0, $1, $1, $0] }
        #expect(answers(mixed) == (0..<60).flatMap { _ in [true, true, false, false, true] })
    }

    /// More names of one inode than are searched for.
    @Test func manyNamesOfOneFile() {
        let file = files(1)[0]
        let names = (0..<200).map { directory.makeHardLink(BytePath("hard-\($0)".utf8), to: BytePath("file-0".utf8)) }
        #expect(answers(names.map { ($0, identity(file)) }) == Array(repeating: true, count: 200))
    }

    /// The directory is read no further than it is worth.
    @Test func manyOtherNames() {
        let there = files(800).map { ($0, identity($0)) }
        #expect(answers(Array(there.suffix(40))) == Array(repeating: true, count: 40))
    }

    @Test func missingDirectory() {
        let there = files().map { ($0, identity($0)) }
        let paths = there.map { (BytePath("/no/such/directory/".utf8 + $0.bytes.suffix(7)), $1) }
        #expect(!answers(paths).contains(true))
    }
}
