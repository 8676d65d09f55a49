// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import KernelConfiguration

/// Reads the single files of rules. What is wrong is collected, so that all of
/// it is reported at once.
struct RuleParser {
    private(set) var faults: [RuleFault] = []

    private mutating func fault(_ origin: Origin, _ message: String) {
        faults.append(RuleFault(origin: origin, message: message))
    }

    private mutating func lines(_ bytes: [UInt8], _ file: String) -> ReasonedLines {
        let read = ReasonedLines(bytes, file: file)
        faults += read.faults
        return read
    }

    /// A fragment of .config.
    mutating func options(_ bytes: [UInt8], file: String, set: String) -> (summary: String, options: [OptionRule]) {
        let read = lines(bytes, file)
        var options: [OptionRule] = []
        var first: [String: Origin] = [:]
        for line in read.lines {
            guard let (symbol, value) = KernelConfig.assignment(line.text) else {
                fault(line.origin, "'\(line.text)' is no line of a configuration")
                continue
            }
            if let other = first[symbol] {
                fault(line.origin, "CONFIG_\(symbol) is in line \(other.line) as well")
                continue
            }
            first[symbol] = line.origin
            options.append(
                OptionRule(symbol: symbol, value: value, reason: line.reason, origin: line.origin, set: set))
        }
        return (read.summary, options)
    }

    /// Parameters of the command line, one a line; `!` in front of an unwanted one.
    mutating func parameters(_ bytes: [UInt8], file: String) -> [ParameterRule] {
        var rules: [ParameterRule] = []
        for line in lines(bytes, file).lines {
            let isWanted = !line.text.hasPrefix("!")
            let word = isWanted ? line.text : String(line.text.dropFirst())
            guard !word.isEmpty, word.words.count == 1 else {
                fault(line.origin, "'\(line.text)' is no parameter of a command line")
                continue
            }
            let (name, value) = word.splitAtEqualsSign.map { ($0, $1) } ?? (word, nil)
            rules.append(
                ParameterRule(
                    name: name, value: value, isWanted: isWanted, reason: line.reason, origin: line.origin))
        }
        return rules
    }

    /// Lines of sysctl.d(5).
    mutating func sysctls(_ bytes: [UInt8], file: String) -> [SysctlRule] {
        var rules: [SysctlRule] = []
        for line in lines(bytes, file).lines {
            let mayBeAbsent = line.text.hasPrefix("-")
            guard let (key, value) = (mayBeAbsent ? String(line.text.dropFirst()) : line.text).splitAtEqualsSign,
                !key.isEmpty, key.words.count == 1, !value.isEmpty
            else {
                fault(line.origin, "'\(line.text)' is no 'KEY = VALUE'")
                continue
            }
            if let other = rules.first(where: { $0.key == key }) {
                fault(line.origin, "\(key) is in line \(other.origin.line) as well")
                continue
            }
            rules.append(
                SysctlRule(
                    key: key, value: value, mayBeAbsent: mayBeAbsent, reason: line.reason, origin: line.origin))
        }
        return rules
    }

    /// `SYMBOL MARK REASON`; the mark is `T` or `-`.
    mutating func forbidden(_ bytes: [UInt8], file: String) -> [ForbiddenRule] {
        var rules: [ForbiddenRule] = []
        for (index, raw) in bytes.split(separator: ASCII.newline, omittingEmptySubsequences: false).enumerated() {
            let text = DisplayText.of(raw).trimmed
            guard !text.isEmpty, !text.hasPrefix("#") else { continue }
            let origin = Origin(file: file, line: index + 1)
            let words = text.words
            guard words.count >= 3, ["T", "-"].contains(words[1]), KernelConfig.isSymbol(words[0]) else {
                fault(origin, "'\(text)' is no 'SYMBOL MARK REASON'; the mark is T or -")
                continue
            }
            if let other = rules.first(where: { $0.symbol == words[0] }) {
                fault(origin, "\(words[0]) is in line \(other.origin.line) as well")
                continue
            }
            rules.append(
                ForbiddenRule(
                    symbol: words[0], isLiftable: words[1] == "T",
                    reason: words[2...].joined(separator: " "), origin: origin))
        }
        return rules
    }

    /// `NAME: SET...`
    mutating func compositions(_ bytes: [UInt8], file: String) -> [NamedComposition] {
        var compositions: [NamedComposition] = []
        for line in lines(bytes, file).lines {
            guard let colon = line.text.firstIndex(of: ":") else {
                fault(line.origin, "'\(line.text)' is no 'NAME: SET...'")
                continue
            }
            let name = String(line.text[..<colon]).trimmed
            let members = String(line.text[line.text.index(after: colon)...]).words
            guard name.words.count == 1, !members.isEmpty else {
                fault(line.origin, "'\(line.text)' is no 'NAME: SET...'")
                continue
            }
            compositions.append(
                NamedComposition(name: name, members: members, reason: line.reason, origin: line.origin))
        }
        return compositions
    }
}
