// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO

/// Writes messages for people to the error stream.
struct Reporter {
    let surroundings: Surroundings

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    func line(_ text: String) {
        surroundings.output.writeMessage(Array(text.utf8) + [ASCII.newline])
    }

    func error(_ text: String, hint: String? = nil) {
        line("verictl: \(word(.error)): \(text)" + (hint.map { "; hint: \($0)" } ?? ""))
    }

    func warning(_ text: String) {
        line("verictl: \(word(.warning)): \(text)")
    }

    func note(_ text: String) {
        line("verictl: \(word(.note)): \(text)")
    }

    func diagnostics(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics { line(coloured(diagnostic)) }
    }

    /// Prints a result, and turns a failure to do so into an exit status.
    func result(_ bytes: [UInt8], then status: ExitStatus = .done) -> ExitStatus {
        do throws(Errno) {
            try surroundings.output.writeResult(bytes)
            return status
        } catch {
            self.error("standard output: \(error)")
            return .io
        }
    }

    func result(_ json: JSONValue, then status: ExitStatus = .done) -> ExitStatus {
        result(json.text + [ASCII.newline], then: status)
    }

    private func coloured(_ diagnostic: Diagnostic) -> String {
        guard surroundings.usesColour else { return diagnostic.text }
        // The severity is the first of its kind after the place; the place
        // itself may hold the same word, so it is cut off by its length.
        let mark = ": \(diagnostic.severity.rawValue): "
        var text = diagnostic.text
        let place = DisplayText.of(diagnostic.source).utf8.count
        let start = text.utf8.index(text.startIndex, offsetBy: place)
        guard let range = text[start...].firstRange(of: mark) else { return text }
        text.replaceSubrange(range, with: ": \(word(diagnostic.severity)): ")
        return text
    }

    private func word(_ severity: Diagnostic.Severity) -> String {
        guard surroundings.usesColour else { return severity.rawValue }
        let colour =
            switch severity {
            case .error: "\u{1b}[1;31m"
            case .warning: "\u{1b}[1;33m"
            case .note: "\u{1b}[1;36m"
            }
        return "\(colour)\(severity.rawValue)\u{1b}[0m"
    }
}

/// `1 entry`, `2 entries`.
func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? singular : plural ?? singular + "s")"
}
