// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import Tool

/// The files of the option --intent.
enum IntentOption {
    /// All rules without digests. Errors are reported, and end the command.
    static func read(_ files: [BytePath], _ reporter: Reporter) throws(Failure) -> [Intent] {
        var intents: [Intent] = []
        var errors = 0
        for file in files {
            let text: [UInt8]
            do throws(Errno) {
                text = try Files.read(file, limit: RuleLimits.fileSize)
            } catch {
                throw Failure(status: .io, message: "\(file): \(error)")
            }
            let (found, diagnostics) = IntentParser.parse(text, source: file.bytes)
            reporter.diagnostics(diagnostics)
            errors += diagnostics.count { $0.severity == .error }
            intents += found
        }
        try check(errors)
        return intents
    }

    /// Reports errors and ends the command if there are any.
    static func refuse(_ errors: [Diagnostic], _ reporter: Reporter) throws(Failure) {
        reporter.diagnostics(errors)
        try check(errors.count)
    }

    private static func check(_ errors: Int) throws(Failure) {
        guard errors == 0 else {
            throw Failure(status: .syntax, message: "\(counted(errors, "error")); nothing was written")
        }
    }
}
