// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// Reads a jail file: sections with lines `Key=Value`, and comments that begin
/// with `#` or `;`. Whatever is not understood is an error.
package struct JailParser {
    package private(set) var jail: Jail
    package private(set) var diagnostics: [Diagnostic] = []
    private let source: [UInt8]
    private var section: String?
    private var seen: [String: Int] = [:]
    private var line = 0

    package init(_ text: [UInt8], name: String, source: [UInt8]) {
        jail = Jail(name: name)
        self.source = source
        for text in text.split(separator: ASCII.newline, omittingEmptySubsequences: false) {
            line += 1
            read(text)
        }
        line = 0
        if jail.context.number == nil {
            report(.error, ValueFault(code: .badContext, message: "no context", hint: "Number= in [Context]"))
        }
    }

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// The keys of each section, in their order.
    package static var keys: [(section: String, keys: [String])] {
        SettingKey.sections.map { section in
            (section, SettingKey.all.filter { $0.section == section }.map(\.name))
        }
    }

    private mutating func read(_ text: ArraySlice<UInt8>) {
        let content = ValueSyntax.trimmed(text)
        guard let first = content.first, first != ASCII.hash, first != UInt8(ascii: ";") else { return }
        if first == UInt8(ascii: "[") { return begin(content) }
        guard let equals = content.firstIndex(of: UInt8(ascii: "=")) else {
            return report(
                .error, ValueFault(code: .badKey, message: "not Key=Value:", token: Array(content)))
        }
        set(ValueSyntax.trimmed(content[..<equals]), ValueSyntax.trimmed(content[(equals + 1)...]), in: text)
    }

    private mutating func begin(_ content: ArraySlice<UInt8>) {
        let name = content.dropFirst().dropLast()
        section = SettingKey.sections.first { $0.utf8.elementsEqual(name) }
        guard content.last == UInt8(ascii: "]"), section != nil else {
            section = ""
            return report(
                .error,
                ValueFault(
                    code: .badKey, message: "unknown section", token: Array(content),
                    hint: Suggestion.nearest(to: name, among: SettingKey.sections)
                        ?? SettingKey.sections.joined(separator: ", ")))
        }
    }

    private mutating func set(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, in text: ArraySlice<UInt8>) {
        // The error about the section has been reported.
        if section == "" { return }
        guard let section else {
            return report(
                .error, ValueFault(code: .badKey, message: "a key before the first section:", token: Array(key)))
        }
        let name = String(decoding: key, as: UTF8.self)
        guard let found = SettingKey.all.first(where: { $0.name == name && $0.section == section }) else {
            return report(.error, unknown(key, in: section), column: key.startIndex - text.startIndex + 1)
        }
        guard !value.isEmpty else {
            return report(
                .error, ValueFault(message: "the key has no value:", token: Array(key), hint: "remove the line"))
        }
        let place = "\(section).\(found.name)"
        if let first = seen[place], !found.isRepeatable {
            return report(
                .error,
                ValueFault(code: .badKey, message: "the key is there already, in line \(first):", token: Array(key)))
        }
        seen[place] = line
        let column = value.startIndex - text.startIndex + 1
        let known = jail.mounts.count
        var warnings: [ValueFault] = []
        do throws(ValueFault) {
            try found.set(&jail, value) { warnings.append($0) }
        } catch {
            report(.error, error, column: column)
        }
        for warning in warnings { report(.warning, warning, column: column) }
        for index in known..<jail.mounts.count {
            jail.mounts[index].line = line
            jail.mounts[index].file = source
        }
    }

    private func unknown(_ key: ArraySlice<UInt8>, in section: String) -> ValueFault {
        let own = SettingKey.all.filter { $0.section == section }.map(\.name)
        let elsewhere = SettingKey.all.first { $0.name.utf8.elementsEqual(key) }
        let hint =
            elsewhere.map { "it belongs into [\($0.section)]" } ?? Suggestion.nearest(to: key, among: own)
            ?? Suggestion.nearest(to: key, among: SettingKey.all.map(\.name)) ?? own.joined(separator: ", ")
        return ValueFault(code: .badKey, message: "unknown key in [\(section)]:", token: Array(key), hint: hint)
    }

    private mutating func report(_ severity: Diagnostic.Severity, _ fault: ValueFault, column: Int = 1) {
        diagnostics.append(
            Diagnostic(
                severity, fault.code, source: source, line: line, column: line == 0 ? 0 : column,
                message: fault.message, token: fault.token, hint: fault.hint))
    }
}
