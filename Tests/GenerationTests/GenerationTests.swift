// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import TestSupport
import Testing

@testable import Generation

@Suite struct FileSearchTests {
    @Test(arguments: [
        ("libc.so", true), ("libc.so.6", true), ("ld-linux-x86-64.so.2", true), ("libc.so6", false),
        ("so", false), ("libc.so.", true), ("a.soft", false),
    ])
    func libraryNames(_ name: String, _ isLibrary: Bool) {
        #expect(FileSearch.isLibraryName(Array(name.utf8)) == isLibrary)
    }

    @Test func everyFileIsFoundOnce() throws {
        let directory = TemporaryDirectory()
        let file = directory.write("tool", "x", mode: 0o755)
        directory.makeLink("link", to: file)
        var search = FileSearch(root: "/", recursive: true)
        for path in [file, directory.path, directory.path.appending(Array("link".utf8))] { search.add(path) }
        #expect(search.found.map(\.path) == [try Files.realPath(file)])
        #expect(search.problems.isEmpty)
    }

    @Test func whatIsNotFoundIsNamed() {
        var search = FileSearch(root: "/", recursive: false)
        search.add("/nonexistent/tool")
        search.add("/")
        #expect(search.found.isEmpty)
        #expect(search.problems.map(\.path) == ["/nonexistent/tool", "/"])
    }
}

@Suite struct GeneratorTests {
    @Test func rulesAreSortedAndAllowDigestsUnique() throws {
        let directory = TemporaryDirectory()
        var search = FileSearch(root: try Files.realPath(directory.path), recursive: true)
        for name in ["b", "a"] as [BytePath] { search.add(directory.write(name, "x", mode: 0o755)) }
        var generator = Generator()
        generator.workers = 1
        #expect(generator.run(search.found, progress: nil).rules.map(\.path) == ["/a", "/b"])
        generator.allows = true
        #expect(generator.run(search.found, progress: nil).rules.count == 1)
    }

    @Test func aFileThatIsGoneIsAProblemAndNoRule() throws {
        let directory = TemporaryDirectory()
        var search = FileSearch(root: "/", recursive: false)
        let file = directory.write("tool", "x", mode: 0o755)
        search.add(file)
        try Files.remove(file)
        let outcome = Generator().run(search.found, progress: nil)
        #expect(outcome.rules.isEmpty)
        #expect(outcome.problems.count == 1)
    }
}
