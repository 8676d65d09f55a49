// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Reads `boot.conf`: lines `key = value`. A comment begins with `#`, at the
/// beginning of a line or behind a blank.
package struct BootParser {
    package private(set) var settings = BootSettings()
    package private(set) var diagnostics: [Diagnostic] = []
    private let source: [UInt8]
    private var seen: [String: Int] = [:]
    private var line = 0

    package static let keys = ["mode", "level", "latches", "lock", "contexts", "on-failure", "signature"]

    package init(_ text: [UInt8], source: [UInt8]) {
        self.source = source
        for text in text.split(separator: ASCII.newline, omittingEmptySubsequences: false) {
            line += 1
            read(text)
        }
    }

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    // MARK: Lines

    /// The key and the value of a line, without comment and surrounding blanks;
    /// nil for a line without content.
    static func parts(of line: ArraySlice<UInt8>) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>?)? {
        var content = line
        if let mark = line.indices.first(where: { index in
            line[index] == ASCII.hash && (index == line.startIndex || ASCII.isBlank(line[index - 1]))
        }) {
            content = line[..<mark]
        }
        content = trimmed(content)
        guard !content.isEmpty else { return nil }
        guard let equals = content.firstIndex(of: UInt8(ascii: "=")) else { return (content, nil) }
        return (trimmed(content[..<equals]), trimmed(content[(equals + 1)...]))
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in ASCII.isBlank(byte) || byte == ASCII.carriageReturn }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    private mutating func read(_ text: ArraySlice<UInt8>) {
        guard let (key, value) = Self.parts(of: text) else { return }
        let start = text.startIndex
        let name = String(decoding: key, as: UTF8.self)
        guard Self.keys.contains(name) else {
            let hint = Suggestion.nearest(to: key, among: Self.keys) ?? Self.keys.joined(separator: ", ")
            report(SyntaxError(.badKey, "unknown key", token: key, hint: hint), at: key.startIndex - start)
            return
        }
        guard let value, !value.isEmpty else {
            let fault = SyntaxError(
                .badValue, "the key has no value:", token: key, hint: "write '\(name) = VALUE', or remove the line")
            report(fault, at: key.startIndex - start)
            return
        }
        if let first = seen[name], name != "contexts" {
            report(
                SyntaxError(.badKey, "the key is there already, in line \(first):", token: key),
                at: key.startIndex - start)
            return
        }
        seen[name] = seen[name] ?? line
        do throws(SyntaxError) {
            try set(name, value, at: value.startIndex - start)
        } catch {
            report(error, at: value.startIndex - start)
        }
    }

    private mutating func report(_ fault: SyntaxError, at start: Int) {
        diagnostics.append(
            Diagnostic(
                .error, fault.code, source: source, line: line, column: start + fault.offset + 1,
                message: fault.message, token: fault.token, hint: fault.hint))
    }

    // MARK: Values

    private mutating func set(_ key: String, _ value: ArraySlice<UInt8>, at start: Int) throws(SyntaxError) {
        switch key {
        case "mode": settings.mode = try Self.word(value)
        case "on-failure": settings.onFailure = try Self.word(value)
        case "signature": settings.signature = try Self.word(value)
        case "level": settings.level = try Self.level(value)
        case "latches":
            for word in Self.words(value) { settings.latches.append(try Self.latch(word, in: value)) }
        case "lock":
            for word in Self.words(value) { try lock(word, in: value) }
        default:
            let (entry, faults) = ContextEntrySyntax.parse(Array(value), source: source)
            diagnostics += faults.map { fault in
                var fault = fault
                fault.line = line
                if fault.column > 0 { fault.column += start }
                return fault
            }
            if let entry { settings.contexts.append(entry) }
        }
    }

    private static func words(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        text.split(whereSeparator: ASCII.isBlank)
    }

    private static func word<Word: RawRepresentable & CaseIterable>(
        _ text: ArraySlice<UInt8>
    ) throws(SyntaxError) -> Word where Word.RawValue == String {
        if let word = Word(rawValue: String(decoding: text, as: UTF8.self)) { return word }
        let known = Word.allCases.map(\.rawValue)
        throw SyntaxError(
            .badValue, "unknown value", token: text,
            hint: Suggestion.nearest(to: text, among: known) ?? known.joined(separator: ", "))
    }

    private static func level(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> ContextLevel {
        // What cancels other words is of no use in a file.
        let (level, warnings) = try LevelSyntax.level(text)
        if let warning = warnings.first { throw warning }
        guard !level.contains(.permissive) else {
            throw SyntaxError(.badValue, "the word is no part of this key:", token: text, hint: "mode = permissive")
        }
        return level.subtracting(.active)
    }

    private static func latch(
        _ word: ArraySlice<UInt8>, in value: ArraySlice<UInt8>
    ) throws(SyntaxError) -> BootLatch {
        let offset = word.startIndex - value.startIndex
        let parts = word.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(decoding: parts[0], as: UTF8.self)
        let number = parts.count == 2 ? String(decoding: parts[1], as: UTF8.self) : "1"
        let latch = BootLatch(name, number)
        guard let kind = latch.kind else {
            let hint =
                ["mount", "mounts"].contains(name)
                ? "lock = mounts" : Suggestion.nearest(to: parts[0], among: BootLatch.kinds.map(\.name))
            throw SyntaxError(.badValue, "unknown latch", offset: offset, token: parts[0], hint: hint)
        }
        let (isValid, hint): (Bool, String) =
            switch kind {
            case .flag: (number == "1", "the only value is 1")
            case .group: (parts.count == 2 && UInt32(number) != nil, "\(name)=GROUP, a number")
            case .mask, .bits:
                (parts.count == 2 && BootLatch.bits(number) != nil, "\(name)=BITS, in hexadecimal")
            }
        guard isValid else {
            throw SyntaxError(.badValue, "bad value of a latch:", offset: offset, token: word, hint: hint)
        }
        return latch
    }

    private mutating func lock(_ word: ArraySlice<UInt8>, in value: ArraySlice<UInt8>) throws(SyntaxError) {
        switch String(decoding: word, as: UTF8.self) {
        case "mounts": settings.lock.mounts = true
        case "devices": settings.lock.devices = true
        default:
            let words = ContextLevel.words.filter { $0.bit.isDisjoint(with: [.active, .permissive]) }
            guard let match = words.first(where: { word.elementsEqual($0.word.utf8) }) else {
                throw SyntaxError(
                    .badValue, "unknown lock", offset: word.startIndex - value.startIndex, token: word,
                    hint: Suggestion.nearest(to: word, among: ["mounts", "devices"] + words.map(\.word))
                        ?? "mounts, devices, lvl_immutable or another word of a level")
            }
            settings.lock.level.formUnion(match.bit)
        }
    }
}
