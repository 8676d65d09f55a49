// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// A command line of verb mode, by hand: the tool has nine verbs and as many
/// options, and is to be small.
struct DevctlArguments {
    struct Failure: Error {
        var message: String
    }

    private(set) var files: [BytePath] = []
    private(set) var rules: [[UInt8]] = []
    private(set) var words: [[UInt8]] = []
    private(set) var flags: Set<String> = []
    private(set) var want: [UInt8]?
    private(set) var mountinfo: BytePath?
    private(set) var devices: BytePath?

    var all: Bool { flags.contains("--all") }
    var json: Bool { flags.contains("--json") }
    var dryRun: Bool { flags.contains("--dry-run") }
    var skipMissing: Bool { flags.contains("--skip-missing") }
    var help: Bool { flags.contains("--help") }

    init(_ arguments: some Sequence<[UInt8]>, flags allowed: Set<String>) throws(Failure) {
        var rest = Array(arguments)[...]
        var isWords = false
        while let argument = rest.popFirst() {
            let text = String(decoding: argument, as: UTF8.self)
            if isWords || argument == [ASCII.minus] || argument.first != ASCII.minus {
                words.append(argument)
            } else if text == "--" {
                isWords = true
            } else {
                try option(text, &rest, allowed)
            }
        }
    }

    private mutating func option(
        _ text: String, _ rest: inout ArraySlice<[UInt8]>, _ allowed: Set<String>
    ) throws(Failure) {
        let long = ["-f": "--file", "-n": "--dry-run", "-h": "--help"][text] ?? text
        guard allowed.contains(long) || long == "--help" else {
            throw Failure(message: "unknown option '\(DisplayText.of(text.utf8))'")
        }
        guard ["--file", "--rule", "--want", "--mountinfo", "--devices"].contains(long) else {
            flags.insert(long)
            return
        }
        guard let value = rest.popFirst() else { throw Failure(message: "option \(text) needs a value") }
        switch long {
        case "--file": files.append(BytePath(value))
        case "--rule": rules.append(value)
        case "--mountinfo": mountinfo = BytePath(value)
        case "--devices": devices = BytePath(value)
        default: want = value
        }
    }
}
