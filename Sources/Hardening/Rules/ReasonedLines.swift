// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import KernelConfiguration

/// The place of a rule.
package struct Origin: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// From 1; 0 for the whole file.
    package var line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { line == 0 ? file : "\(file):\(line)" }
}

/// One thing that is wrong with the files of rules.
package struct RuleFault: Error, Hashable, Sendable, CustomStringConvertible {
    package var origin: Origin
    package var message: String

    package var description: String { "\(origin): \(message)" }
}

/// All that is wrong with the files of rules.
package struct RuleFaults: Error, Equatable, Sendable {
    package var faults: [RuleFault]
}

/// A file of rules in which a comment gives the reason of the line below it.
/// The first comment, above a blank line, says what the file is for.
struct ReasonedLines {
    struct Line {
        var text: String
        var reason: String
        var origin: Origin
    }

    private(set) var summary = ""
    private(set) var lines: [Line] = []
    private(set) var faults: [RuleFault] = []

    init(_ bytes: [UInt8], file: String) {
        var comment: [String] = []
        for (index, raw) in bytes.split(separator: ASCII.newline, omittingEmptySubsequences: false).enumerated() {
            let text = DisplayText.of(raw).trimmed
            let origin = Origin(file: file, line: index + 1)
            if text.hasPrefix("#"), !text.isDisabledOption {
                let words = String(text.dropFirst()).trimmed
                if !words.hasPrefix("SPDX-License-Identifier:") { comment.append(words) }
            } else if text.isEmpty {
                if summary.isEmpty, lines.isEmpty { summary = comment.joined(separator: " ") }
                comment = []
            } else {
                if comment.isEmpty {
                    faults.append(RuleFault(origin: origin, message: "no reason above '\(text)'"))
                }
                lines.append(Line(text: text, reason: comment.joined(separator: " "), origin: origin))
                comment = []
            }
        }
        // A file of nothing but a comment has no blank line behind it.
        if summary.isEmpty, lines.isEmpty { summary = comment.joined(separator: " ") }
        if summary.isEmpty {
            faults.append(RuleFault(origin: Origin(file: file, line: 0), message: "it does not say what it is for"))
        }
    }
}
