// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO
import TestSupport
import Testing
import Tool

@testable import ExecbitsCommands

/// Stands for the kernel, with the rules of prctl(2).
private final class Kernel {
    var bits: Securebits = []
    var known: Securebits = [.restrictFile, .restrictFileLocked, .denyInteractive, .denyInteractiveLocked]
    var answersCheck = true
    /// A filter that answers 0 in place of the kernel.
    var isFiltered = false
    var writes = 0
    var programs: [[String]] = []
    var becomeError = Errno.noEntry

    func write(_ wanted: Securebits) throws(Errno) {
        writes += 1
        if isFiltered { return }
        let changed = bits.symmetricDifference(wanted)
        let locks = bits.intersection([.restrictFileLocked, .denyInteractiveLocked])
        let frozen = Securebits(rawValue: locks.rawValue >> 1)
        guard known.isSuperset(of: wanted), frozen.isDisjoint(with: changed), !changed.isEmpty else {
            throw .notPermitted
        }
        bits = wanted
    }

    func run(_ arguments: String...) -> (status: Int32, output: Capture) {
        let output = Capture()
        let surroundings = ExecbitsSurroundings(
            Environment(
                program: "execbits", output: output, readStandardInput: { () throws(Errno) in [] },
                become: { words in
                    self.programs.append(words.map { String(decoding: $0, as: UTF8.self) })
                    return self.becomeError
                }),
            read: { () throws(Errno) in self.bits },
            write: { (wanted) throws(Errno) in try self.write(wanted) },
            checkIsAnswered: { self.answersCheck }, openIsAnswered: { self.answersCheck })
        return (ExecbitsTool.run(arguments.map { Array($0.utf8) }, in: surroundings), output)
    }
}

private let all = Securebits(rawValue: 0xf00)

@Suite struct ExecbitsTests {
    private let kernel = Kernel()

    @Test func setsLocksAndRuns() {
        let (status, output) = kernel.run("set", "--file", "--interactive", "--lock", "--", "service", "-v")
        #expect(kernel.bits == all)
        #expect(kernel.programs == [["service", "-v"]])
        #expect(status == 127)
        #expect(output.messages.contains("service: "))
    }

    @Test func setsOnlyWhatIsNamed() {
        _ = kernel.run("set", "--file", "--", "a")
        #expect(kernel.bits == .restrictFile)
        _ = kernel.run("set", "--interactive", "--lock", "--", "a")
        #expect(kernel.bits == [.restrictFile, .denyInteractive, .denyInteractiveLocked])
    }

    @Test func otherBitsStay() {
        kernel.known.insert(Securebits(rawValue: 0x2f))
        kernel.bits = Securebits(rawValue: 0x2f)
        _ = kernel.run("set", "--file", "--", "a")
        #expect(kernel.bits == Securebits(rawValue: 0x12f))
    }

    /// A call that changes nothing is refused to ordinary users.
    @Test func bitsThatAreSetAlreadyAreNoFailure() {
        kernel.bits = all
        _ = kernel.run("set", "--file", "--interactive", "--lock", "--", "a")
        #expect(kernel.writes == 0)
        #expect(kernel.programs == [["a"]])
    }

    @Test func aKernelWithoutTheBitsRunsNothing() {
        kernel.known = []
        let (status, output) = kernel.run("set", "--file", "--", "a")
        #expect(status == ExitStatus.unavailable.rawValue)
        #expect(output.messages.contains("this kernel does not know them"))
        #expect(kernel.programs.isEmpty)
        #expect(kernel.bits == [])
    }

    @Test func aKernelWithoutTheCheckRunsNothing() {
        kernel.answersCheck = false
        #expect(kernel.run("set", "--file", "--", "a").status == ExitStatus.unavailable.rawValue)
        #expect(kernel.programs.isEmpty)
    }

    @Test func aBitThatIsLockedWithoutBeingSet() {
        kernel.bits = .restrictFileLocked
        let (status, output) = kernel.run("set", "--file", "--", "a")
        #expect(status == ExitStatus.refused.rawValue)
        #expect(output.messages.contains("they are locked, and not set"))
        #expect(kernel.programs.isEmpty)
    }

    @Test func aFilterThatLiesIsNoticed() {
        kernel.isFiltered = true
        #expect(kernel.run("set", "--file", "--", "a").status == ExitStatus.refused.rawValue)
        #expect(kernel.programs.isEmpty)
    }

    @Test func usage() {
        #expect(kernel.run("set", "--", "a").status == ExitStatus.usage.rawValue)
        #expect(kernel.run("set", "--file").status == ExitStatus.usage.rawValue)
        #expect(kernel.run("sett").status == ExitStatus.usage.rawValue)
        #expect(kernel.writes == 0)
    }

    @Test func onlyInteractiveIsWarnedOf() {
        #expect(kernel.run("set", "--interactive", "--", "a").output.messages.contains("/dev/stdin"))
        #expect(!kernel.run("set", "--interactive", "--file", "--", "a").output.messages.contains("/dev/stdin"))
    }

    @Test func show() {
        kernel.bits = [.restrictFile, .restrictFileLocked]
        let (status, output) = kernel.run("show")
        #expect(status == ExitStatus.no.rawValue)
        #expect(
            output.resultText == """
                file             set, locked
                interactive      not set
                AT_EXECVE_CHECK  answered
                O_MAYEXEC        answered

                """)
        kernel.bits = all
        #expect(kernel.run("show").status == 0)
        #expect(
            kernel.run("show", "--json").output.resultText
                == #"{"schema":1,"file":{"set":true,"locked":true},"interactive":{"set":true,"locked":true},"#
                + #""execve_check":true,"mayexec":true,"securebits":3840}"# + "\n")
    }

    @Test func aFailureInJSON() {
        kernel.known = []
        let (_, output) = kernel.run("set", "--json", "--file", "--", "a")
        #expect(output.resultText.contains(#""failure":{"status":5,"word":"unavailable""#))
    }
}
