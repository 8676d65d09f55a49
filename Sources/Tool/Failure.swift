// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// The reason why a command ends early, with the exit status it calls for.
package struct Failure: Error, Equatable, Sendable {
    package var status: ExitStatus
    package var message: String
    /// What the user can do about it.
    package var hint: String?

    package init(status: ExitStatus, message: String, hint: String? = nil) {
        self.status = status
        self.message = message
        self.hint = hint
    }

    /// What a command prints for programs if it fails: `failure`, with `status`,
    /// `word`, `message` and `hint`.
    package var json: JSONDocument { json(with: []) }

    /// The same with members that say more about it.
    package func json(with details: [(String, JSONValue)]) -> JSONDocument {
        let failure: JSONValue = .object([
            ("status", .number(Int64(status.rawValue))), ("word", .string(status.word)),
            ("message", .string(message)), ("hint", hint.map { .string($0) } ?? .null),
        ])
        return JSONDocument([("failure", failure)] + details)
    }
}
