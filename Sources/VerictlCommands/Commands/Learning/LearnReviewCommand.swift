// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Learning
import Loading
import Policy
import SystemIO
import Tool

struct LearnReviewCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Go through the proposals on a terminal.",
        discussion: """
            Accepted rules are appended to /etc/verictl.d/learned, each at once; nothing else is changed. They are \
            in force after verictl load --all. Exit status: 0 every proposal was answered, 1 some were left open.
            """)

    @Option(help: ArgumentHelp("Only refusals after a time or within a period, as for suggest.", valueName: "time"))
    var since: ByteArgument?

    @Option(help: ArgumentHelp("A record instead of that of the system.", valueName: "file"))
    var from: ByteArgument?

    func validate() throws {
        _ = try since.map(TimeText.start)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        guard surroundings.environment.inputFromTerminal else {
            throw Failure(
                status: .usage, message: "learn review asks questions, and standard input is no terminal",
                hint: "verictl suggest prints the proposals")
        }
        let (suggestions, _) = try SuggestCommand.suggestions(from: from, since: since, surroundings)
        var review = Review(
            rules: try LearnedRules(reading: surroundings.learning.rules), surroundings: surroundings)
        return try review.run(suggestions.proposals)
    }
}

/// The questions of a review and what is done with the answers.
private struct Review {
    var rules: LearnedRules
    let surroundings: Surroundings
    private var accepted = 0
    private var left = 0

    init(rules: LearnedRules, surroundings: Surroundings) {
        self.rules = rules
        self.surroundings = surroundings
    }

    private var reporter: Reporter { surroundings.reporter }

    mutating func run(_ proposals: [Proposal]) throws -> ExitStatus {
        let open = proposals.filter { $0.rule != nil }
        for proposal in proposals where proposal.rule == nil { show(proposal) }
        var answered = 0
        for (index, proposal) in open.enumerated() {
            reporter.line("\n[\(index + 1) of \(open.count)]")
            show(proposal)
            guard try ask(proposal) else { break }
            answered += 1
        }
        reporter.line(
            "\n\(counted(accepted, "rule")) accepted, \(left) left, \(open.count - answered) open"
                + (accepted > 0 ? "; next: verictl load --all" : ""))
        return answered == open.count ? .done : .no
    }

    private func show(_ proposal: Proposal) {
        for comment in proposal.comments { reporter.line("  # \(comment)") }
        if let line = proposal.line { reporter.line("  \(DisplayText.of(line))") }
    }

    /// Asks until there is an answer. Returns false at the end.
    private mutating func ask(_ proposal: Proposal) throws -> Bool {
        while true {
            guard let answer = try question("(a)ccept, (e)dit, (l)eave, (w)hy, (q)uit? ") else { return false }
            switch answer.first.map(ASCII.lowered) {
            case UInt8(ascii: "a"):
                if try accept(proposal.line ?? [], comments: proposal.comments) { return true }
            case UInt8(ascii: "e"):
                guard let line = try edit(proposal) else { continue }
                if try accept(line, comments: proposal.comments + ["edited in the review"]) { return true }
            case UInt8(ascii: "l"):
                left += 1
                return true
            case UInt8(ascii: "w"): explain(proposal)
            case UInt8(ascii: "q"): return false
            default: reporter.line("one letter is expected")
            }
        }
    }

    /// nil at the end of the input.
    private func question(_ text: String) throws(Failure) -> [UInt8]? {
        surroundings.environment.output.writeMessage(Array(text.utf8))
        do throws(Errno) {
            return try surroundings.environment.readLine()
        } catch {
            throw Failure(status: .io, message: "standard input: \(error)")
        }
    }

    /// Returns false if the rule cannot be taken, after saying why.
    private mutating func accept(_ line: [UInt8], comments: [String]) throws(Failure) -> Bool {
        switch try rules.append(line, comments: comments) {
        case .added:
            accepted += 1
            reporter.line("added to \(rules.path)")
            return true
        case .present:
            reporter.line("\(rules.path) has this rule already")
            return true
        case .contradicts(let origin):
            reporter.error("\(origin.text) is another rule for the same file; nothing was written")
            return false
        case .wrong(let diagnostics):
            reporter.diagnostics(diagnostics)
            return false
        }
    }

    /// The rule in the words of the user; nil if there is none.
    private func edit(_ proposal: Proposal) throws -> [UInt8]? {
        guard let editor = surroundings.environment.variable("EDITOR"), !editor.isEmpty else {
            let line = try question("the rule, or nothing to go back: ")
            return line.flatMap { $0.isEmpty ? nil : $0 }
        }
        do throws(Errno) {
            let scratch = try ScratchDirectory()
            let file = scratch.path.appending(Array("rule".utf8))
            try Files.write(proposal.text, to: file, permissions: FilePermissions(rawValue: 0o600))
            // EDITOR may have options.
            let words = ["/bin/sh", "-c", "$EDITOR \"$1\"", "sh"].map { Array($0.utf8) } + [file.bytes]
            let status = try surroundings.learning.run(words)
            let lines = try Files.read(file).split(separator: ASCII.newline).filter { $0.first != ASCII.hash }
            guard status == 0, lines.count == 1 else {
                reporter.line(
                    status == 0
                        ? "one line with a rule is expected, and there are \(lines.count)"
                        : "the editor ended with status \(status)")
                return nil
            }
            return Array(lines[0])
        } catch {
            throw Failure(status: .io, message: "the editor: \(error)")
        }
    }

    private func explain(_ proposal: Proposal) {
        guard let rule = proposal.rule else { return }
        if rule.isAllowDigest {
            reporter.line(
                "  The rule lets every file with this content run in context \(rule.context.text). It grants nothing, "
                    + "and a file with another content stays refused.")
        } else {
            reporter.line(
                "  The rule is for this file and this content, in context \(rule.context.text). "
                    + "Flags: \(rule.flags.explained). Capabilities: \(rule.capabilities.text). "
                    + "Privileges: \(rule.privileges.explained).")
        }
        for reason in proposal.reasons { reporter.line("  \(reason)") }
        switch proposal.origin {
        case .package(let name):
            reporter.line("  The content is that of the package \(name), by the sum that dpkg keeps.")
        case .changed(let name):
            reporter.line(
                "  The package \(name) has this path, but another content was refused. Find out who changed the file: "
                    + "dpkg --verify \(name)")
        case .none:
            reporter.line("  No package has this path. Accept the rule only if it is known where the file comes from.")
        }
    }
}
