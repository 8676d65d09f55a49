// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// A context as `-x`, `-X` and `-y` describe it (spec 5).
package struct ContextEntry: Equatable, Sendable {
    package var context: ContextID
    package var level: ContextLevel
    /// The bounds: the most that entries of the context may grant.
    package var capabilities: CapabilitySet
    package var privileges: Privileges

    package init(
        context: ContextID, level: ContextLevel = [], capabilities: CapabilitySet = [], privileges: Privileges = []
    ) {
        self.context = context
        self.level = level
        self.capabilities = capabilities
        self.privileges = privileges
    }

    /// The four fields, for display.
    package var text: String {
        "\(context.number) \(level.text) \(capabilities.text) \(String(decoding: privileges.letters, as: UTF8.self))"
    }
}

package enum ContextEntrySyntax {
    private static let fieldNames = ["context", "level", "capabilities", "privileges"]

    /// Reads `ctx level capset privset`. Every problem is reported; the entry
    /// is nil if one of them is an error.
    package static func parse(_ text: [UInt8], source: [UInt8]) -> (ContextEntry?, [Diagnostic]) {
        var reader = Reader(source: source)
        let content = text.prefix { $0 != ASCII.hash }
        let blank = { (byte: UInt8) in ASCII.isBlank(byte) || byte == ASCII.newline || byte == ASCII.carriageReturn }
        let fields = content.split(maxSplits: fieldNames.count + 1, whereSeparator: blank)
        if let nul = text.firstIndex(of: 0) {
            reader.report(.error, SyntaxError(.nulByte, "NUL byte", token: [] as [UInt8]?), at: nul, field: nil)
        } else if fields.count < fieldNames.count {
            let fault = SyntaxError(
                .tooFewFields, "too few fields: \(fields.count) of 4, \(fieldNames[fields.count]) missing",
                token: nil as [UInt8]?)
            reader.report(.error, fault, at: fields.last?.endIndex ?? 0, field: fields.count + 1)
        } else if fields.count > fieldNames.count {
            let fault = SyntaxError(.tooManyFields, "too many fields: unexpected", token: fields[fieldNames.count])
            reader.report(.error, fault, at: fields[fieldNames.count].startIndex, field: fieldNames.count + 1)
        } else {
            return (reader.entry(fields), reader.diagnostics)
        }
        return (nil, reader.diagnostics)
    }

    private struct Reader: FieldReader {
        let source: [UInt8]
        var diagnostics: [Diagnostic] = []

        mutating func entry(_ fields: [ArraySlice<UInt8>]) -> ContextEntry? {
            let context = value(1, fields) { text throws(SyntaxError) in (try LevelSyntax.contextNumber(text), []) }
            let level = value(2, fields) { text throws(SyntaxError) in try LevelSyntax.level(text) }
            let capabilities = value(3, fields) { text throws(SyntaxError) in
                try FieldSyntax.capabilities(text, tolerant: false)
            }
            let privileges = value(4, fields) { text throws(SyntaxError) in
                try FieldSyntax.letters(text, as: Privileges.self, tolerant: false)
            }
            guard let context, let level, let capabilities, let privileges else { return nil }
            return ContextEntry(context: context, level: level, capabilities: capabilities, privileges: privileges)
        }

        mutating func report(_ severity: Diagnostic.Severity, _ fault: SyntaxError, at start: Int, field: Int?) {
            diagnostics.append(
                Diagnostic(
                    severity, fault.code, source: source, line: 1, column: start + fault.offset + 1, field: field,
                    message: fault.message, token: fault.token, hint: fault.hint))
        }
    }
}
