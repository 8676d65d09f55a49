// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// The configuration of a kernel: .config, or /boot/config-VERSION.
package struct KernelConfig: Sendable {
    /// Symbols without `CONFIG_`, and their values as they are written.
    package private(set) var values: [String: String] = [:]

    package init(_ bytes: [UInt8]) {
        for raw in bytes.split(separator: ASCII.newline) {
            let line = String(decoding: raw, as: UTF8.self).trimmed
            if let (symbol, value) = Self.assignment(line) { values[symbol] = value }
        }
    }

    package init(values: [String: String]) {
        self.values = values
    }

    /// Whether these bytes were a configuration at all.
    package var isEmpty: Bool { values.isEmpty }

    /// An option that is not mentioned is off.
    package func value(of symbol: String) -> String { values[symbol] ?? "n" }

    package func isSet(_ symbol: String) -> Bool { value(of: symbol) != "n" }

    /// The symbol and the value in a line like `CONFIG_X=y` or `# CONFIG_X is
    /// not set`; nil if it is no such line.
    package static func assignment(_ line: String) -> (symbol: String, value: String)? {
        if line.isDisabledOption {
            let symbol = String(line.dropFirst("# CONFIG_".count).dropLast(" is not set".count))
            return isSymbol(symbol) ? (symbol, "n") : nil
        }
        guard line.hasPrefix("CONFIG_"), let (name, value) = line.splitAtEqualsSign else { return nil }
        let symbol = String(name.dropFirst("CONFIG_".count))
        return isSymbol(symbol) && !value.isEmpty ? (symbol, value) : nil
    }

    package static func isSymbol(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// What a name on the command line stands for, with or without `CONFIG_`.
    package static func symbol(of name: String) -> String {
        name.hasPrefix("CONFIG_") ? String(name.dropFirst("CONFIG_".count)) : name
    }
}
