// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import Tool

/// A command line of verictl 2, whose letters are read by getopt(3).
struct LegacyArguments: Equatable {
    enum Action: Equatable {
        case load, unload, createContext, deleteContext, narrowContext, activate, deactivate, printLevel
        case setLevel(LevelArgument)
        case updateContext(ContextID)
        case countEntries
    }

    enum Source: Equatable {
        case text([UInt8])
        case file(BytePath)
    }

    /// What the command line asks for.
    enum Request: Equatable {
        case help, longHelp, version
        case action(Action, Source?, dryRun: Bool)
    }

    struct Failure: Error, Equatable {
        var message: String
    }

    private var action: Action?
    private var source: Source?
    private var dryRun = false

    /// The letters in the form that getopt(3) reads.
    private static let letters = "hHvDluxXyedpmc:f:L:U:"

    static func parse(_ arguments: [[UInt8]]) throws(Failure) -> Request {
        var parser = LegacyArguments()
        for option in OptionLetters.parse(arguments, letters: letters) {
            // -h, -H and -v act when they are reached: later words are not read.
            if let request = try parser.read(option) { return request }
        }
        return try parser.checked()
    }

    private mutating func read(_ option: OptionLetters.Element) throws(Failure) -> Request? {
        switch option {
        case .flag(UInt8(ascii: "h")): return .help
        case .flag(UInt8(ascii: "H")): return .longHelp
        case .flag(UInt8(ascii: "v")): return .version
        case .flag(UInt8(ascii: "D")): dryRun = true
        case .flag(let letter): try take(letter)
        case .value(let letter, let argument): try take(letter, argument)
        case .missingValue(let letter):
            throw Failure(message: "option -\(DisplayText.of([letter])) needs an argument")
        case .unknown(let letter):
            throw Failure(message: "unknown option -\(DisplayText.of([letter])); verictl -h lists them")
        }
        return nil
    }

    private mutating func take(_ letter: UInt8) throws(Failure) {
        switch UnicodeScalar(letter) {
        case "l": try set(.load)
        case "u": try set(.unload)
        case "x": try set(.createContext)
        case "X": try set(.deleteContext)
        case "y": try set(.narrowContext)
        case "e": try set(.activate)
        case "d": try set(.deactivate)
        case "p": try set(.printLevel)
        default: try set(.countEntries)
        }
    }

    private mutating func take(_ letter: UInt8, _ argument: [UInt8]) throws(Failure) {
        switch UnicodeScalar(letter) {
        case "c": try set(.text(argument))
        case "f": try set(.file(BytePath(argument)))
        case "L":
            try set(
                .setLevel(try value("-L", argument) { text throws(SyntaxError) in try LevelSyntax.argument(text) }))
        default:
            try set(
                .updateContext(
                    try value("-U", argument) { text throws(SyntaxError) in try LevelSyntax.updateContext(text) }))
        }
    }

    private func value<Value>(
        _ option: String, _ argument: [UInt8], _ read: (ArraySlice<UInt8>) throws(SyntaxError) -> Value
    ) throws(Failure) -> Value {
        do throws(SyntaxError) {
            return try read(argument[...])
        } catch {
            let token = error.token.map { " '\(DisplayText.of($0))'" } ?? ""
            let hint = error.hint.map { "; hint: \($0)" } ?? ""
            throw Failure(message: "\(option): \(error.message)\(token)\(hint)")
        }
    }

    private mutating func set(_ new: Action) throws(Failure) {
        guard action == nil else { throw Failure(message: "more than one action") }
        action = new
    }

    private mutating func set(_ new: Source) throws(Failure) {
        guard source == nil else { throw Failure(message: "-c and -f exclude each other and can be given only once") }
        source = new
    }

    private func checked() throws(Failure) -> Request {
        guard let action else { throw Failure(message: "no action given; verictl -h lists them") }
        switch action {
        case .load, .unload:
            guard source != nil else { throw Failure(message: "-l and -u require -c ENTRY or -f FILE") }
        case .createContext, .deleteContext, .narrowContext:
            guard case .text = source else { throw Failure(message: "-x, -X and -y require -c CONTEXT") }
        default:
            break
        }
        return .action(action, source, dryRun: dryRun)
    }
}
