// SPDX-License-Identifier: LGPL-2.1-or-later

import Policy

/// What is wrong with a value; the reader knows its place.
struct ValueFault: Error {
    var code: DiagnosticCode = .badValue
    var message: String
    var token: [UInt8]?
    var hint: String?
}

extension ValueFault {
    init(_ error: SyntaxError) {
        self.init(code: error.code, message: error.message, token: error.token, hint: error.hint)
    }
}
