// SPDX-License-Identifier: LGPL-2.1-or-later

import Arguments
import Bytes
import Loading
import Tool

/// The command lines of units and of monitoring, which are read without the parser.
///
/// The parser builds tables of all options before it looks at a word, which takes longer
/// than the rest of a command that has little to do. Whatever is not in the plainest form
/// is left to it, and so is every error.
enum QuickStart {
    typealias Act = (Surroundings) throws(Failure) -> ExitStatus

    /// What a command line asks for; nil if the parser has to read it.
    static func act(for arguments: [[UInt8]]) -> Act? {
        if let rest = words(arguments, behind: ["status"]) { return status(rest) }
        if let rest = words(arguments, behind: ["boot", "load"]) { return bootLoad(rest) }
        return nil
    }

    private static func words(_ arguments: [[UInt8]], behind command: [StaticString]) -> ArraySlice<[UInt8]>? {
        guard arguments.count >= command.count, zip(arguments, command).allSatisfy({ $0.elementsEqual($1) }) else {
            return nil
        }
        return arguments[command.count...]
    }

    private static func status(_ arguments: ArraySlice<[UInt8]>) -> Act? {
        var json = false
        for argument in arguments {
            guard argument.elementsEqual("--json"), !json else { return nil }
            json = true
        }
        return { [json] surroundings throws(Failure) in try StatusCommand.run(json: json, in: surroundings) }
    }

    private static func bootLoad(_ arguments: ArraySlice<[UInt8]>) -> Act? {
        var request = BootLoadCommand.Request()
        var rest = arguments
        while let argument = rest.popFirst() {
            if argument.elementsEqual("--rules-only"), !request.rulesOnly {
                request.rulesOnly = true
            } else if argument.elementsEqual("--json"), !request.json {
                request.json = true
            } else if argument.elementsEqual("--root"), request.root == nil, let path = rest.popFirst(),
                path.first == ASCII.slash
            {
                request.root = BytePath(path)
            } else {
                return nil
            }
        }
        return { [request] surroundings throws(Failure) in try BootLoadCommand.run(request, in: surroundings) }
    }
}

extension [UInt8] {
    fileprivate func elementsEqual(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && text.withUTF8Buffer { elementsEqual($0) }
    }
}
