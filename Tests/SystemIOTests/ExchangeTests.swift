// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO
import TestSupport
import Testing

@Suite struct ExchangeTests {
    private let directory = TemporaryDirectory()

    /// Runs these lines of the shell. A process that another test starts can have the file
    /// open for a moment.
    private func exchange(_ request: [UInt8], _ text: String) throws -> (status: Int32, answer: [UInt8]) {
        let program = directory.write("program", "#!/bin/sh\n\(text)\n", mode: 0o755)
        while true {
            do throws(Errno) {
                return try Process.exchange(request, with: program)
            } catch {
                guard error == .textBusy else { throw error }
            }
        }
    }

    @Test func requestIsAnswered() throws {
        let request = [UInt8](repeating: 0xa5, count: 300_000) + [0, 1, 10]
        let (status, answer) = try exchange(request, "cat <&3 >&4")
        #expect(status == 0)
        #expect(answer == request)
    }

    @Test func statusIsReturned() throws {
        let (status, answer) = try exchange([], "echo some >&4; exit 7")
        #expect(status == 7)
        #expect(answer == Array("some\n".utf8))
        #expect(try exchange([1], "kill -9 $$").status == 128 + 9)
    }

    /// Nothing of this process decides what the program does.
    @Test func environmentIsEmpty() throws {
        let answer = try exchange([], "echo \"[$HOME$USER]\" >&4").answer
        #expect(String(decoding: answer, as: UTF8.self) == "[]\n")
    }

    @Test func programIsMissing() {
        #expect(throws: Errno.noEntry) { try Process.exchange([], with: "/nonexistent/program") }
    }

    @Test func noProgram() {
        #expect(throws: Errno.accessDenied) { try Process.exchange([], with: directory.path) }
    }
}
