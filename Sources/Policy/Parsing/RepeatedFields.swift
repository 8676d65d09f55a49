// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Reads lines whose fields 2 to 8 are those of an earlier line.
///
/// In a large file nearly all lines differ in path and digest only, and these
/// two have no words to look up. A line of exactly this form, without escapes,
/// comments or superfluous blanks, is read here; every other line, and so every
/// line with an error or a warning, goes to `LineParser`.
struct RepeatedFields {
    /// Fields 2 to 8 with the blanks around them, and what they say.
    private struct Known {
        let text: [UInt8]
        let rule: Rule
    }

    /// The last ones, in no order.
    private var known: [Known] = []
    private var oldest = 0
    private static let most = 8

    /// The rule of the line at `start`, and the index behind the line; nil if
    /// the line has another form.
    func rule(at start: Int, of text: Span<UInt8>, line: UInt32) -> (rule: Rule, end: Int)? {
        guard let middle = Self.endOfPath(at: start, of: text) else { return nil }
        for known in known {
            let digits = middle + known.text.count
            let end = digits + 2 * known.rule.algorithm.size
            guard end <= text.count, Self.holds(text, known.text, at: middle) else { continue }
            guard end == text.count || text[end] == ASCII.newline, end - start <= RuleLimits.oldLineLength,
                let digest = Hex.decode(text.extracting(digits..<end))
            else { return nil }
            var rule = known.rule
            rule.subject = .file(BytePath(text.extracting(start..<middle)))
            rule.digest = digest
            rule.origin.line = line
            return (rule, min(end + 1, text.count))
        }
        return nil
    }

    /// Keeps the fields of a line that has a rule and caused no diagnostic.
    mutating func remember(_ line: ArraySlice<UInt8>, _ rule: Rule) {
        let end = line.endIndex - 2 * rule.digest.count
        guard case .file = rule.subject, end > line.startIndex,
            let start = Self.endOfPath(at: 0, of: line.span).map({ $0 + line.startIndex }), start < end,
            line[end - 1] == ASCII.space, !line[start...].contains(ASCII.hash)
        else { return }
        let new = Known(text: Array(line[start..<end]), rule: rule)
        if known.count < Self.most {
            known.append(new)
        } else {
            known[oldest] = new
            oldest = (oldest + 1) % Self.most
        }
    }

    /// The index of the blank behind the path of a line; nil if the path needs
    /// a closer look.
    private static func endOfPath(at start: Int, of text: Span<UInt8>) -> Int? {
        guard start < text.count, text[start] == ASCII.slash else { return nil }
        var index = start + 1
        let (space, hash, backslash) = (ASCII.space, ASCII.hash, ASCII.backslash)
        while index < text.count {
            let byte = text[index]
            if byte <= space { return byte == space ? index : nil }
            if byte == hash || byte == backslash { return nil }
            index += 1
        }
        return nil
    }

    private static func holds(_ text: Span<UInt8>, _ part: [UInt8], at start: Int) -> Bool {
        let part = part.span
        // The words differ rather at the end than at the beginning, which is
        // nearly always the context.
        var index = part.count - 1
        while index >= 0 {
            if text[start + index] != part[index] { return false }
            index -= 1
        }
        return true
    }
}
