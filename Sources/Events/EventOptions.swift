// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// The command line of `verictl-events`. It is the one that `verictl events`
/// makes of its own, which has been checked and explained there.
package struct EventOptions: Equatable, Sendable {
    package var withGrants = false
    package var withCreations = false
    package var json = false
    /// How many events, or nil.
    package var count: UInt32?
    /// Seconds, or nil.
    package var timeout: UInt32?

    package struct Failure: Error, Equatable {
        package let message: String
    }

    package init() {}

    package init(_ arguments: [[UInt8]]) throws(Failure) {
        var rest = arguments[...]
        var follow = false
        while let word = rest.popFirst() {
            let name = String(decoding: word, as: UTF8.self)
            switch name {
            case "--follow": follow = true
            case "--grants": withGrants = true
            case "--creations": withCreations = true
            case "--json": json = true
            case "--count": count = try Self.number(name, rest.popFirst())
            case "--timeout": timeout = try Self.number(name, rest.popFirst())
            default: throw Failure(message: "unknown argument '\(DisplayText.of(word))'")
            }
        }
        if follow && (count != nil || timeout != nil) {
            throw Failure(message: "--follow excludes --count and --timeout")
        }
        if !follow && count == nil && timeout == nil { count = 1 }
    }

    private static func number(_ name: String, _ word: [UInt8]?) throws(Failure) -> UInt32 {
        guard let word, let number = UInt32(String(decoding: word, as: UTF8.self)), number > 0 else {
            throw Failure(message: "\(name) takes a number")
        }
        return number
    }
}
