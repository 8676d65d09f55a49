// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Policy
import SystemIO
import Tool

/// Values of options that are fields of the rule language.
enum OptionValue {
    static func context(_ argument: ByteArgument) throws -> ContextID {
        try value("--context") { () throws(SyntaxError) in try FieldSyntax.context(argument.bytes[...]).0 }
    }

    /// A context that is given as an argument; here `-1` has no meaning.
    static func contextNumber(_ argument: ByteArgument) throws -> ContextID {
        try value("NUMBER") { () throws(SyntaxError) in try LevelSyntax.contextNumber(argument.bytes[...]) }
    }

    static func level(_ name: String, _ argument: ByteArgument) throws -> ContextLevel {
        try value(name) { () throws(SyntaxError) in try LevelSyntax.level(argument.bytes[...]).0 }
    }

    /// An address, or a range without bits behind its prefix.
    static func address(_ option: String, _ argument: ByteArgument) throws -> NetworkAddress {
        guard let address = NetworkAddress(argument.bytes) else {
            throw ValidationError(
                "\(option): '\(DisplayText.of(argument.bytes))' is no network address; hint: 10.0.0.5/32, fd00::5/128")
        }
        guard address == address.network else {
            throw ValidationError(
                "\(option): '\(DisplayText.of(argument.bytes))' has bits behind its prefix; hint: "
                    + "\(address.network.text) is the range, /\(address.bytes.count * 8) one address")
        }
        return address
    }

    /// Letters as in a rule, or names.
    static func letters<Mask: LetterMask>(_ option: String, _ argument: ByteArgument) throws -> Mask {
        try value(option) { () throws(SyntaxError) in
            try FieldSyntax.lettersOrNames(argument.bytes[...], as: Mask.self).0
        }
    }

    static func capabilities(_ option: String, _ argument: ByteArgument) throws -> CapabilitySet {
        try value(option) { () throws(SyntaxError) in
            try FieldSyntax.capabilities(argument.bytes[...], tolerant: false).0
        }
    }

    static func algorithm(_ argument: ByteArgument) throws -> DigestAlgorithm {
        try value("--algo") { () throws(SyntaxError) in
            try FieldSyntax.algorithm(argument.bytes[...], tolerant: false).0
        }
    }

    /// The canonical path of the future root directory; / by default.
    static func root(_ argument: ByteArgument?) throws(Failure) -> BytePath {
        guard let argument else { return "/" }
        do throws(Errno) {
            let path = try Files.realPath(argument.path)
            guard try Files.status(path).kind == .directory else { throw .notDirectory }
            return path
        } catch {
            throw Failure(status: .io, message: "\(argument.path): \(error)")
        }
    }

    private static func value<Value>(_ option: String, _ read: () throws(SyntaxError) -> Value) throws -> Value {
        do throws(SyntaxError) {
            return try read()
        } catch {
            let token = error.token.map { " '\(DisplayText.of($0))'" } ?? ""
            throw ValidationError("\(option): \(error.message)\(token)" + (error.hint.map { "; hint: \($0)" } ?? ""))
        }
    }
}
