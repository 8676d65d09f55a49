// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import KernelConfiguration
import Policy

/// One definition of a symbol; a symbol may have several.
struct KconfigEntry: Sendable {
    var symbol: String
    var origin: Origin
    /// All conditions around and in the definition.
    var depends: [Expression] = []
    /// The condition of its prompt; nil if it has none.
    var prompt: Expression?
    var defaults: [(value: Expression, condition: Expression?)] = []
    /// Symbols that it turns on, and when.
    var selects: [(symbol: String, condition: Expression?)] = []
    var range: String?
    /// The choice that it is a member of.
    var choice: Int?
}

/// The symbols of a Kconfig tree, as far as they explain why an option has not
/// got its value. The configuration itself is made by the tree's own make.
package struct KconfigTree: Sendable {
    private(set) var entries: [KconfigEntry] = []
    private var indices: [String: [Int]] = [:]
    /// By number of the choice.
    private(set) var choices: [[String]] = []

    private var read: @Sendable (String) -> [UInt8]?
    private let variables: [String: String]
    private var files: Set<String> = []
    /// Conditions of the enclosing menus and ifs.
    private var around: [[Expression]] = []
    private var openChoices: [Int] = []
    /// The statement that attributes belong to.
    private var target = Target.nothing

    private enum Target { case nothing, entry(Int), block }

    /// Reads the file `Kconfig`, and those that it includes. `read` returns the
    /// content of a file below the tree; nil if there is none.
    package init(variables: [String: String], read: @escaping @Sendable (String) -> [UInt8]?) {
        self.read = read
        self.variables = variables
        include("Kconfig")
        for (index, entry) in entries.enumerated() { indices[entry.symbol, default: []].append(index) }
        self.read = { _ in nil }
    }

    func entries(of symbol: String) -> [KconfigEntry] { (indices[symbol] ?? []).map { entries[$0] } }

    package func isDefined(_ symbol: String) -> Bool { indices[symbol] != nil }

    package func nearest(to symbol: String) -> String? {
        Suggestion.nearest(to: symbol.utf8, among: indices.keys.sorted())
    }

    // MARK: Reading

    private mutating func include(_ file: String) {
        guard files.insert(file).inserted, let bytes = read(file) else { return }
        let lines = bytes.split(separator: ASCII.newline, omittingEmptySubsequences: false)
        var number = 0
        // Columns of a help text; nil outside of one, 0 until its first line.
        var help: Int?
        while number < lines.count {
            let first = number
            var line = Array(lines[number])
            number += 1
            while line.last == ASCII.backslash, number < lines.count {
                line.removeLast()
                line += lines[number]
                number += 1
            }
            if let columns = help {
                let indent = Self.indent(line)
                if line.allSatisfy(ASCII.isBlank) { continue }
                if columns == 0, indent > 0 { help = indent }
                if indent > 0, indent >= help ?? 0 { continue }
                help = nil
            }
            let text = Self.withoutComment(line).trimmed
            guard !text.isEmpty else { continue }
            if text == "help" || text == "---help---" {
                help = 0
            } else {
                statement(text, Origin(file: file, line: first + 1))
            }
        }
    }

    /// A tab goes to the next column that is a multiple of 8.
    private static func indent(_ line: [UInt8]) -> Int {
        var columns = 0
        for byte in line {
            if byte == ASCII.space {
                columns += 1
            } else if byte == ASCII.tab {
                columns = (columns / 8 + 1) * 8
            } else {
                break
            }
        }
        return columns
    }

    private static func withoutComment(_ line: [UInt8]) -> String {
        var quote: UInt8?
        for (index, byte) in line.enumerated() {
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == ASCII.hash {
                return String(decoding: line[..<index], as: UTF8.self)
            }
        }
        return String(decoding: line, as: UTF8.self)
    }

    private mutating func statement(_ text: String, _ origin: Origin) {
        let (keyword, rest) = Self.firstWord(text)
        switch keyword {
        case "config", "menuconfig": begin(rest, origin)
        case "choice":
            choices.append([])
            openChoices.append(choices.count - 1)
            open([])
        case "menu": open([])
        case "if": open([ExpressionParser.parse(rest)])
        case "endchoice":
            _ = openChoices.popLast()
            close()
        case "endmenu", "endif": close()
        case "source":
            target = .nothing
            include(path(rest))
        case "comment", "mainmenu": target = .nothing
        default: attribute(keyword, rest)
        }
    }

    private static func firstWord(_ text: String) -> (String, String) {
        guard let blank = text.firstIndex(where: { $0 == " " || $0 == "\t" }) else { return (text, "") }
        return (String(text[..<blank]), String(text[blank...]).trimmed)
    }

    private mutating func open(_ conditions: [Expression]) {
        around.append(conditions)
        target = .block
    }

    private mutating func close() {
        _ = around.popLast()
        target = .nothing
    }

    private func path(_ quoted: String) -> String {
        var path = quoted.filter { $0 != "\"" }
        for (name, value) in variables {
            if let range = path.firstPlace(of: "$(\(name))") { path.replaceSubrange(range, with: value) }
        }
        return path
    }

    private mutating func begin(_ symbol: String, _ origin: Origin) {
        var entry = KconfigEntry(symbol: symbol, origin: origin)
        entry.depends = around.flatMap(\.self)
        if let choice = openChoices.last {
            entry.choice = choice
            choices[choice].append(symbol)
        }
        entries.append(entry)
        target = .entry(entries.count - 1)
    }

    private mutating func attribute(_ keyword: String, _ rest: String) {
        if keyword == "depends" {
            let condition = ExpressionParser.parse(rest.hasPrefix("on") ? String(rest.dropFirst(2)) : rest)
            switch target {
            case .entry(let index): entries[index].depends.append(condition)
            case .block: around[around.count - 1].append(condition)
            case .nothing: break
            }
            return
        }
        guard case .entry(let index) = target else { return }
        let (value, condition) = Self.splitAtIf(rest)
        switch keyword {
        case "bool", "tristate", "string", "int", "hex", "prompt":
            if !value.isEmpty { entries[index].prompt = condition ?? .symbol("y") }
        case "default", "def_bool", "def_tristate":
            entries[index].defaults.append((ExpressionParser.parse(value), condition))
        case "select": entries[index].selects.append((value, condition))
        case "range": entries[index].range = value
        default: break
        }
    }

    /// `VALUE if CONDITION`; the word may be in the quotes of the value.
    private static func splitAtIf(_ text: String) -> (value: String, condition: Expression?) {
        let bytes = Array(text.utf8)
        var quote: UInt8?
        for index in bytes.indices {
            if let open = quote {
                if bytes[index] == open { quote = nil }
                continue
            }
            if bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") { quote = bytes[index] }
            guard index > 0, index + 2 < bytes.count, bytes[index..<index + 2].elementsEqual("if".utf8),
                ASCII.isBlank(bytes[index - 1]) || bytes[index - 1] == UInt8(ascii: "\""),
                ASCII.isBlank(bytes[index + 2]) || bytes[index + 2] == UInt8(ascii: "(")
            else { continue }
            let condition = String(decoding: bytes[(index + 2)...], as: UTF8.self)
            return (String(decoding: bytes[..<index], as: UTF8.self).trimmed, ExpressionParser.parse(condition))
        }
        return (text, nil)
    }
}
