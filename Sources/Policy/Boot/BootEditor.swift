// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Changes single values of `boot.conf` and leaves everything else as it is.
package enum BootEditor {
    /// The text of a new file.
    package static let template = Array(
        """
        # What verictl does at boot: verictl boot load, verictl boot lock.
        # "verictl enable --boot" and "verictl disable --boot" change mode and level.

        """.utf8)

    /// `text` with this value of `key`: in the line of the key, whose comment
    /// stays, or in a new line at the end.
    package static func setting(_ key: String, to value: String, in text: [UInt8]) -> [UInt8] {
        var lines = text.split(separator: ASCII.newline, omittingEmptySubsequences: false).map(Array.init)
        let place = lines.lastIndex { line in
            BootParser.parts(of: line[...])?.key.elementsEqual(key.utf8) ?? false
        }
        if let place {
            lines[place] = replacing(value, key, in: lines[place])
        } else {
            let line = Array("\(key) = \(value)".utf8)
            // A last line without its end is ended first.
            if lines.last?.isEmpty == true { lines.insert(line, at: lines.count - 1) } else { lines += [line, []] }
        }
        return Array(lines.joined(separator: [ASCII.newline]))
    }

    private static func replacing(_ value: String, _ key: String, in line: [UInt8]) -> [UInt8] {
        guard let parts = BootParser.parts(of: line[...]) else { return line }
        guard let old = parts.value, !old.isEmpty else {
            return Array(line[..<parts.key.startIndex]) + "\(key) = \(value)".utf8
                + line[(parts.value?.endIndex ?? parts.key.endIndex)...]
        }
        return Array(line[..<old.startIndex]) + value.utf8 + line[old.endIndex...]
    }
}
