// SPDX-License-Identifier: LGPL-2.1-or-later

/// The output of a tool for programs: an object whose first member, `schema`,
/// defines the meaning of the others.
package struct JSONDocument: Sendable {
    /// The schema of all documents. It grows when a member changes its meaning
    /// or goes away, not when one is added.
    package static let schema: Int64 = 1

    package let members: [(String, JSONValue)]

    package init(_ members: [(String, JSONValue)]) {
        self.members = [("schema", .number(Self.schema))] + members
    }

    /// One line of text without a newline.
    package var text: [UInt8] { JSONValue.object(members).text }
}
