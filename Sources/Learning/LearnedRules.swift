// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy
import SystemIO
package import Tool

/// The rule file of accepted proposals. Rules are only added, each by replacing
/// the file as a whole.
package struct LearnedRules {
    package let path: BytePath
    private var text: [UInt8] = []
    private var rules: [Rule] = []

    package enum Outcome: Equatable {
        case added
        /// The file has the same rule.
        case present
        /// The file has another rule for the same file and context.
        case contradicts(RuleOrigin)
        case wrong([Diagnostic])
    }

    /// A file that is not there has no rules.
    package init(reading path: BytePath) throws(Failure) {
        self.path = path
        do throws(Errno) {
            text = try Files.read(path, limit: RuleLimits.fileSize)
        } catch {
            if error == .noEntry { return }
            throw Failure(status: .io, message: "\(path): \(error)")
        }
        let parsed = RuleParser(source: path.bytes).parse(text)
        if let error = parsed.diagnostics.first(where: { $0.severity == .error }) {
            throw Failure(status: .syntax, message: error.text, hint: "nothing was written")
        }
        rules = parsed.rules
        if let last = text.last, last != ASCII.newline { text.append(ASCII.newline) }
    }

    /// Adds the rule of a line. The comments must be without line breaks.
    package mutating func append(_ line: [UInt8], comments: [String]) throws(Failure) -> Outcome {
        let parsed = RuleParser(source: Array("the rule".utf8)).parseEntry(line)
        guard let rule = parsed.rules.first, !parsed.hasErrors else { return .wrong(parsed.diagnostics) }
        if let old = rules.first(where: { $0.key == rule.key }) {
            return old.saysSame(as: rule) ? .present : .contradicts(old.origin)
        }
        var new = text
        for comment in comments { new += Array("# \(comment)\n".utf8) }
        let number = UInt32(new.count { $0 == ASCII.newline } + 1)
        new += line + [ASCII.newline]
        do throws(Errno) {
            try Files.makeDirectory(path.parent)
            try Files.write(new, to: path)
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
        text = new
        var kept = rule
        kept.origin = RuleOrigin(source: path.bytes, line: number)
        rules.append(kept)
        return .added
    }
}
