// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
package import Loading
package import Mounts
import SignatureExchange
import Signatures
package import SystemIO
import Tool
import VerictlCommands

/// Runs the tool inside the test and keeps what it prints.
package final class Capture: OutputSink {
    package private(set) var result: [UInt8] = []
    package private(set) var messageBytes: [UInt8] = []

    package init() {}

    package var resultText: String { String(decoding: result, as: UTF8.self) }
    package var messages: String { String(decoding: messageBytes, as: UTF8.self) }
    package var messageLines: [String] { messages.split(separator: "\n").map(String.init) }

    package func writeResult(_ bytes: [UInt8]) throws(Errno) { result += bytes }
    package func writeMessage(_ bytes: [UInt8]) { messageBytes += bytes }

    /// Whether the machine was halted.
    package fileprivate(set) var isHalted = false
    package fileprivate(set) var roots: [BytePath] = []
    /// The programs that the tool tried to execute.
    package fileprivate(set) var programs: [[String]] = []
}

/// One run of the tool with everything around it replaced.
package struct ToolRun {
    package var device: RecordingDevice?
    package var openError: Errno = .noEntry
    package var standardInput: [UInt8] = []
    package var ruleDirectories: [BytePath] = []
    package var securityfs: BytePath = "/nonexistent/clip"
    package var essentials = Essentials()
    package var mounts = MountSources()
    package var systemRoot: BytePath = "/"
    /// What a program prints that the tool runs.
    package var programOutput: ([String]) -> [UInt8] = { _ in [] }
    package var stateDirectory: BytePath = "/dev/null/state"
    package var runtimeDirectory: BytePath = "/dev/null/run"
    package var configurationDirectory: BytePath = "/dev/null/configuration"
    package var bootConfiguration: BytePath = "/dev/null/boot.conf"
    package var latchDirectory: BytePath = "/dev/null/latches"
    /// Whether the name of an entry is still that of its file.
    package var presentName: (LiveEntry) -> PresentName = { _ in .asListed }
    /// The error of executing a program.
    package var becomeError: Errno = .noEntry
    package var terminal = false
    package var colour = false
    package var learning = LearningPlaces()
    /// The answers on a terminal; nil if standard input is not a terminal.
    package var answers: [String]?
    package var variables: [String: String] = [:]

    package init(device: RecordingDevice? = nil) {
        self.device = device
    }

    package func run(_ arguments: String...) -> (status: Int32, output: Capture) {
        run(bytes: arguments.map { Array($0.utf8) })
    }

    package func run(bytes arguments: [[UInt8]]) -> (status: Int32, output: Capture) {
        let output = Capture()
        let (device, openError, input, becomeError) = (device, openError, standardInput, becomeError)
        var surroundings = Surroundings(
            Environment(
                program: "verictl", output: output,
                readStandardInput: { () throws(Errno) in input },
                become: { words in
                    output.programs.append(words.map { String(decoding: $0, as: UTF8.self) })
                    return becomeError
                },
                resultsToTerminal: terminal, messagesToTerminal: terminal, usesColour: colour),
            openDevice: { () throws(Errno) in
                guard let device else { throw openError }
                return device
            },
            ruleDirectories: ruleDirectories, securityfs: securityfs, essentials: essentials)
        surroundings.mounts = mounts
        surroundings.systemRoot = systemRoot
        let programOutput = programOutput
        surroundings.runProgram = { words throws(Errno) in
            programOutput(words.map { String(decoding: $0, as: UTF8.self) })
        }
        surroundings.learning = learning
        // In this process: verictl-sign is a program of its own.
        surroundings.answerSignatureRequest = { request, _ throws(Failure) in
            guard let asked = SignatureRequest(encoded: request.encoded),
                let answer = SignatureAnswer(encoded: asked.answer().encoded)
            else { throw Failure(status: .unavailable, message: "not as it was encoded") }
            return answer
        }
        var lines = (answers ?? []).makeIterator()
        surroundings.environment.inputFromTerminal = answers != nil
        surroundings.environment.readLine = { () throws(Errno) in lines.next().map { Array($0.utf8) } }
        let variables = variables
        surroundings.environment.variable = { name in variables[name].map { Array($0.utf8) } }
        surroundings.presentName = presentName
        surroundings.answerPaths = { _, _ in }
        surroundings.stateDirectory = stateDirectory
        surroundings.runtimeDirectory = runtimeDirectory
        surroundings.configurationDirectory = configurationDirectory
        surroundings.bootConfiguration = bootConfiguration
        surroundings.latchDirectory = latchDirectory
        surroundings.changeRoot = { path throws(Errno) in
            output.roots.append(path)
            return { output.roots.append("/") }
        }
        surroundings.halt = {
            output.isHalted = true
            return .notPermitted
        }
        return (VerictlTool.run(arguments, in: surroundings), output)
    }
}
