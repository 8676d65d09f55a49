// SPDX-License-Identifier: LGPL-2.1-or-later

/// Text for people, made from bytes that an attacker may have chosen: control
/// characters could move the cursor of a terminal or forge a line of a log.
package enum DisplayText {
    /// Returns `bytes` with everything that is not a printable character
    /// written as octal escapes. At most `limit` bytes are shown, followed by
    /// three dots.
    package static func of(_ bytes: some Sequence<UInt8>, limit: Int = 4096) -> String {
        let all = Array(bytes)
        let shown = all.prefix(limit)
        var text = ""
        var index = 0
        while index < shown.count {
            if let (scalar, length) = UTF8Scanner.scalar(in: shown, at: index), isPrintable(scalar) {
                text.unicodeScalars.append(scalar)
                index += length
            } else {
                var escape: [UInt8] = []
                OctalEscape.append(shown[index], to: &escape)
                text += String(decoding: escape, as: UTF8.self)
                index += 1
            }
        }
        return all.count > limit ? text + "..." : text
    }

    /// The same for a text of many lines, whatever its length: line ends and tabs are
    /// kept. A line end that is missing at the end is added.
    package static func lines(of bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + 1)
        var rest = bytes[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != ASCII.newline }
            let parts = line.split(separator: ASCII.tab, omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                if index > 0 { text.append(ASCII.tab) }
                text += of(part, limit: .max).utf8
            }
            text.append(ASCII.newline)
            rest = rest.dropFirst(line.count + 1)
        }
        return text
    }

    /// Returns false for control characters and for the invisible characters
    /// that reorder or hide text on a terminal (bidirectional overrides, line
    /// separators).
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff: false
        default: true
        }
    }
}
