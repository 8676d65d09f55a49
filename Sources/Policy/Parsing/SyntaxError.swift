// SPDX-License-Identifier: LGPL-2.1-or-later

/// A fault in the text of one field or argument. The offset counts bytes from
/// the start of that text; the caller knows its position in the file.
package struct SyntaxError: Error, Equatable, Sendable {
    package var code: DiagnosticCode
    package var message: String
    package var offset: Int
    package var token: [UInt8]?
    package var hint: String?

    package init(
        _ code: DiagnosticCode, _ message: String, offset: Int = 0, token: (some Sequence<UInt8>)?, hint: String? = nil
    ) {
        self.code = code
        self.message = message
        self.offset = offset
        self.token = token.map { Array($0) }
        self.hint = hint
    }
}
