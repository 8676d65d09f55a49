// SPDX-License-Identifier: LGPL-2.1-or-later

/// Two columns, the first as wide as its longest word.
package struct TextTable {
    private var rows: [(String, String)] = []

    package init() {}

    package mutating func add(_ name: String, _ value: String) {
        rows.append((name, value))
    }

    package var text: [UInt8] {
        let width = rows.map(\.0.utf8.count).max() ?? 0
        var text = ""
        for (name, value) in rows {
            text += name + String(repeating: " ", count: width - name.utf8.count + 2) + value + "\n"
        }
        return Array(text.utf8)
    }
}
