// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import KernelConfiguration

/// A condition of Kconfig. What only the build knows, such as the abilities of
/// the compiler, is `unknown`.
indirect enum Expression: Equatable, Sendable {
    case symbol(String)
    case text(String)
    case unknown(String)
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    case comparison(Expression, String, Expression)

    enum Answer: Int, Sendable {
        case no, module, yes
    }

    /// nil if it depends on something unknown.
    func answer(in config: KernelConfig) -> Answer? {
        switch self {
        case .symbol, .text:
            switch value(in: config) {
            case "y": return .yes
            case "m": return .module
            default: return .no
            }
        case .unknown: return nil
        case .not(let inner):
            return inner.answer(in: config).flatMap { Answer(rawValue: 2 - $0.rawValue) }
        case .and(let left, let right):
            let answers = (left.answer(in: config), right.answer(in: config))
            if answers.0 == .no || answers.1 == .no { return .no }
            guard let one = answers.0, let other = answers.1 else { return nil }
            return one.rawValue < other.rawValue ? one : other
        case .or(let left, let right):
            let answers = (left.answer(in: config), right.answer(in: config))
            if answers.0 == .yes || answers.1 == .yes { return .yes }
            guard let one = answers.0, let other = answers.1 else { return nil }
            return one.rawValue > other.rawValue ? one : other
        case .comparison(let left, let sign, let right):
            guard let one = left.value(in: config), let other = right.value(in: config) else { return nil }
            return Self.compare(one, sign, other) ? .yes : .no
        }
    }

    private static func compare(_ left: String, _ sign: String, _ right: String) -> Bool {
        switch sign {
        case "=": return left == right
        case "!=": return left != right
        default: break
        }
        guard let one = Int(left), let other = Int(right) else { return false }
        switch sign {
        case "<": return one < other
        case ">": return one > other
        case "<=": return one <= other
        default: return one >= other
        }
    }

    /// The value as text; nil if it is unknown.
    private func value(in config: KernelConfig) -> String? {
        switch self {
        case .symbol(let name):
            // Numbers and the letters y, m and n stand for themselves.
            if name == "y" || name == "m" || name == "n" || Int(name) != nil { return name }
            let value = config.value(of: name)
            return value.hasPrefix("\"") ? String(value.dropFirst().dropLast()) : value
        case .text(let text): return text
        case .unknown: return nil
        default: return answer(in: config).map { ["n", "m", "y"][$0.rawValue] }
        }
    }

    /// The parts that must all hold.
    var conjuncts: [Expression] {
        if case .and(let left, let right) = self { return left.conjuncts + right.conjuncts }
        return [self]
    }

    /// The symbols in it, each once.
    var symbols: [String] {
        var found: [String] = []
        collect(into: &found)
        return found
    }

    private func collect(into found: inout [String]) {
        switch self {
        case .symbol(let name):
            if KernelConfig.isSymbol(name), !["y", "m", "n"].contains(name), Int(name) == nil, !found.contains(name) {
                found.append(name)
            }
        case .text, .unknown: break
        case .not(let inner): inner.collect(into: &found)
        case .and(let left, let right), .or(let left, let right), .comparison(let left, _, let right):
            left.collect(into: &found)
            right.collect(into: &found)
        }
    }
}

extension Expression: CustomStringConvertible {
    var description: String {
        switch self {
        case .symbol(let name): name
        case .text(let text): "\"\(text)\""
        case .unknown(let text): text
        case .not(let inner): "!" + inner.inParentheses
        case .and(let left, let right): left.inParentheses + " && " + right.inParentheses
        case .or(let left, let right): left.inParentheses + " || " + right.inParentheses
        case .comparison(let left, let sign, let right): "\(left)\(sign)\(right)"
        }
    }

    private var inParentheses: String {
        switch self {
        case .and, .or: "(\(description))"
        default: description
        }
    }
}

/// Reads conditions. A text that is no condition becomes `unknown`: the tool
/// then says that it does not know, and never that a condition holds.
struct ExpressionParser {
    private var tokens: [String]
    private var index = 0
    private let text: String

    static func parse(_ text: String) -> Expression {
        var parser = ExpressionParser(text)
        guard let expression = parser.disjunction(), parser.index == parser.tokens.count else {
            return .unknown(text.trimmed)
        }
        return expression
    }

    private init(_ text: String) {
        self.text = text
        tokens = Self.tokens(of: Array(text.utf8))
    }

    private static func tokens(of bytes: [UInt8]) -> [String] {
        var tokens: [String] = []
        var start = 0
        while start < bytes.count {
            var end = start + 1
            let pair = bytes[start..<min(start + 2, bytes.count)]
            switch bytes[start] {
            case ASCII.space, ASCII.tab:
                start = end
                continue
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                while end < bytes.count, bytes[end] != bytes[start] { end += 1 }
                end = min(end + 1, bytes.count)
            case UInt8(ascii: "$"):
                // A macro, up to the parenthesis that closes it.
                var depth = 0
                while end < bytes.count {
                    if bytes[end] == UInt8(ascii: "(") { depth += 1 }
                    if bytes[end] == UInt8(ascii: ")") { depth -= 1 }
                    end += 1
                    if depth == 0 { break }
                }
            case _ where ["&&", "||", "!=", "<=", ">="].contains(where: { pair.elementsEqual($0.utf8) }):
                end = start + 2
            case let byte where isWord(byte):
                while end < bytes.count, isWord(bytes[end]) { end += 1 }
            default: break
            }
            tokens.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end
        }
        return tokens
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "_") || byte == ASCII.minus
    }

    private var next: String? { index < tokens.count ? tokens[index] : nil }

    private mutating func take(_ token: String) -> Bool {
        guard next == token else { return false }
        index += 1
        return true
    }

    private mutating func disjunction() -> Expression? {
        guard var left = conjunction() else { return nil }
        while take("||") {
            guard let right = conjunction() else { return nil }
            left = .or(left, right)
        }
        return left
    }

    private mutating func conjunction() -> Expression? {
        guard var left = negation() else { return nil }
        while take("&&") {
            guard let right = negation() else { return nil }
            left = .and(left, right)
        }
        return left
    }

    private mutating func negation() -> Expression? {
        if take("!") { return negation().map { .not($0) } }
        if take("(") {
            guard let inner = disjunction(), take(")") else { return nil }
            return inner
        }
        guard let left = operand() else { return nil }
        guard let sign = next, ["=", "!=", "<", ">", "<=", ">="].contains(sign) else { return left }
        index += 1
        return operand().map { .comparison(left, sign, $0) }
    }

    private mutating func operand() -> Expression? {
        guard let token = next else { return nil }
        guard let first = token.utf8.first else { return nil }
        index += 1
        if first == UInt8(ascii: "$") { return .unknown(token) }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            let inner = String(token.dropFirst().dropLast())
            return inner.holds("$(") ? .unknown(token) : .text(inner)
        }
        return Self.isWord(first) ? .symbol(token) : nil
    }
}
