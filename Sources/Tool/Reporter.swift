// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy
import SystemIO

/// Writes results to the result stream and messages for people to the message
/// stream of an environment.
package struct Reporter {
    private let environment: Environment

    package init(_ environment: Environment) {
        self.environment = environment
    }

    // MARK: Messages

    package func line(_ text: String) {
        environment.output.writeMessage(Array(text.utf8) + [ASCII.newline])
    }

    package func error(_ text: String, hint: String? = nil) {
        message(.error, text, hint)
    }

    package func warning(_ text: String, hint: String? = nil) {
        message(.warning, text, hint)
    }

    package func note(_ text: String) {
        message(.note, text, nil)
    }

    private func message(_ severity: Diagnostic.Severity, _ text: String, _ hint: String?) {
        line("\(environment.program): \(word(severity)): \(text)" + (hint.map { "; hint: \($0)" } ?? ""))
    }

    package func diagnostics(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics { line(coloured(diagnostic)) }
    }

    /// Reports a failure, to programs as well if they expect JSON, and returns
    /// its exit status.
    package func failure(_ failure: Failure, json wantsJSON: Bool = false) -> ExitStatus {
        error(failure.message, hint: failure.hint)
        return wantsJSON ? result(failure.json, then: failure.status) : failure.status
    }

    // MARK: Results

    /// Writes a result and returns `status`, or `io` if it cannot be written.
    package func result(_ bytes: [UInt8], then status: ExitStatus = .done) -> ExitStatus {
        do throws(Errno) {
            try environment.output.writeResult(bytes)
            return status
        } catch {
            self.error("standard output: \(error)")
            return .io
        }
    }

    /// Writes a result that `body` passes on in pieces, until `write` returns false
    /// because of an error.
    package func result(inPieces body: (_ write: ([UInt8]) -> Bool) -> Void) -> ExitStatus {
        var status = ExitStatus.done
        body { piece in
            if status == .done { status = result(piece) }
            return status == .done
        }
        return status
    }

    /// Writes a JSON document on one line.
    package func result(_ json: JSONDocument, then status: ExitStatus = .done) -> ExitStatus {
        result(json.text + [ASCII.newline], then: status)
    }

    /// Writes a text that others may have written: on a terminal, characters that
    /// it obeys are escaped.
    package func foreign(_ text: [UInt8], then status: ExitStatus = .done) -> ExitStatus {
        result(environment.resultsToTerminal ? DisplayText.lines(of: text) : text, then: status)
    }

    // MARK: Colour

    private func coloured(_ diagnostic: Diagnostic) -> String {
        guard environment.usesColour else { return diagnostic.text }
        // The severity is the first word of its kind after the place. The place
        // itself may hold the same word, so it is cut off by its length.
        let mark = ": \(diagnostic.severity.rawValue): "
        var text = diagnostic.text
        let place = DisplayText.of(diagnostic.source).utf8.count
        let start = text.utf8.index(text.startIndex, offsetBy: place)
        guard let range = text[start...].firstPlace(of: mark) else { return text }
        text.replaceSubrange(range, with: ": \(word(diagnostic.severity)): ")
        return text
    }

    private func word(_ severity: Diagnostic.Severity) -> String {
        guard environment.usesColour else { return severity.rawValue }
        let colour =
            switch severity {
            case .error: "\u{1b}[1;31m"
            case .warning: "\u{1b}[1;33m"
            case .note: "\u{1b}[1;36m"
            }
        return "\(colour)\(severity.rawValue)\u{1b}[0m"
    }
}

/// A number with its noun: `1 entry`, `2 entries`.
package func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? singular : plural ?? singular + "s")"
}
