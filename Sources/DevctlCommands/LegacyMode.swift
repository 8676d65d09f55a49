// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Policy
import SystemIO
import Tool

/// The command lines of CLIP's devctl: `[-u] (-c RULE | -f FILE)`, `-h`, `-v`.
///
/// The exit status is 0 or 1 only. Unlike the original, the whole text is read
/// before anything is sent, and one refused rule refuses all. No letter locks
/// the table: the boot scripts of CLIP write to the sysctl themselves.
enum LegacyMode {
    private static let letters = "c:f:uhv"

    private static let help = """
        usage: devctl [-u] (-c RULE | -f FILE)
          -c RULE  load one rule
          -f FILE  load the rules of a file; - is standard input
          -u       unload instead of load
          -h, -v   this help, the version
        devctl --help lists the commands of this version.

        """

    private enum Source {
        case rule([UInt8])
        case file(BytePath)
    }

    /// Whether the first argument is one dash and a letter.
    static func isMeant(by arguments: [[UInt8]]) -> Bool {
        guard let first = arguments.first, first.count > 1 else { return false }
        return first[0] == ASCII.minus && first[1] != ASCII.minus
    }

    static func run(_ arguments: [[UInt8]], in surroundings: DevctlSurroundings) -> Int32 {
        let reporter = surroundings.reporter
        do throws(Failure) {
            return try status(arguments, in: surroundings) == .done ? 0 : 1
        } catch {
            return reporter.failure(error) == .done ? 0 : 1
        }
    }

    private static func status(
        _ arguments: [[UInt8]], in surroundings: DevctlSurroundings
    ) throws(Failure) -> ExitStatus {
        let reporter = surroundings.reporter
        var source: Source?
        var unload = false
        for option in OptionLetters.parse(arguments, letters: letters) {
            switch option {
            // -h and -v act when they are reached: later words are not read.
            case .flag(UInt8(ascii: "h")): return reporter.result(Array(help.utf8))
            case .flag(UInt8(ascii: "v")):
                return reporter.result(Array("devctl - Version \(DevctlTool.version)\n".utf8))
            case .flag: unload = true
            case .value(let letter, let value):
                guard source == nil else { throw usage("-c and -f exclude each other and are given once") }
                source = letter == UInt8(ascii: "c") ? .rule(value) : .file(BytePath(value))
            case .missingValue(let letter): throw usage("option -\(DisplayText.of([letter])) needs an argument")
            case .unknown(let letter): throw usage("unknown option -\(DisplayText.of([letter]))")
            }
        }
        guard let source else { throw usage("-c RULE or -f FILE is needed") }
        return try transfer(source, unload ? .remove : .add, in: surroundings)
    }

    private static func transfer(
        _ source: Source, _ mode: CommitMode, in surroundings: DevctlSurroundings
    ) throws(Failure) -> ExitStatus {
        var sources = DeviceSources(surroundings)
        switch source {
        case .rule(let text): sources.add(rule: text)
        case .file(let path): sources.add(path: path)
        }
        let rules = try sources.collected().checked(surroundings.reporter)
        return try DeviceAccess(surroundings).commit(rules, mode, []).deliver(surroundings.reporter, json: false)
    }

    private static func usage(_ message: String) -> Failure {
        Failure(status: .usage, message: message, hint: "devctl -h lists the options")
    }
}
