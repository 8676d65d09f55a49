// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Loading
import SignatureExchange
import SystemIO
import TestSupport
import Testing
import Tool

@Suite struct SignatureProgramTests {
    private let directory = TemporaryDirectory()
    private let request = SignatureRequest.verify(signature: [1], content: [2], certificates: [[3]])

    private func answer() throws(Failure) -> SignatureAnswer {
        let environment = Environment(
            program: "verictl", output: Capture(), readStandardInput: { () throws(Errno) in [] },
            helperDirectories: ["/nonexistent", directory.path])
        while true {
            do throws(Failure) {
                return try SignatureProgram.answer(request, in: environment)
            } catch {
                // A process that another test starts can have the file open for a moment.
                guard error.message.utf8.holds("Text file busy".utf8) else { throw error }
            }
        }
    }

    private func failure() -> Failure? {
        do throws(Failure) {
            _ = try answer()
            return nil
        } catch {
            return error
        }
    }

    @Test func programIsSearched() throws {
        let bytes = SignatureAnswer.signers([0]).encoded
        directory.write("answer", bytes)
        directory.write("verictl-sign", "#!/bin/sh\ncat \"${0%/*}/answer\" >&4\n", mode: 0o755)
        #expect(try answer() == .signers([0]))
    }

    @Test func missing() {
        #expect(failure()?.status == .unavailable)
        #expect(failure()?.message == "the program verictl-sign is not installed")
    }

    /// A program that fails has not said that a signature counts, whatever it wrote.
    @Test func failedProgramIsNoAnswer() {
        directory.write("answer", SignatureAnswer.signers([0]).encoded)
        directory.write("verictl-sign", "#!/bin/sh\ncat \"${0%/*}/answer\" >&4\nexit 1\n", mode: 0o755)
        #expect(failure()?.status == .unavailable)
        #expect(failure()?.message == "\(directory.path)/verictl-sign ended with the status 1")
    }

    @Test func silenceIsNoAnswer() {
        directory.write("verictl-sign", "#!/bin/sh\n", mode: 0o755)
        #expect(failure()?.status == .unavailable)
    }

    @Test func notExecutable() {
        directory.write("verictl-sign", "#!/bin/sh\n")
        #expect(failure()?.status == .unavailable)
        #expect(failure()?.message == "\(directory.path)/verictl-sign: Permission denied")
    }
}
