// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// The kernel's command line, in words.
package struct CommandLineText: Sendable {
    package struct Parameter: Hashable, Sendable {
        package var name: String
        package var value: String?
    }

    package private(set) var parameters: [Parameter] = []

    /// Quotes hold blanks, and `--` ends the parameters of the kernel.
    package init(_ text: String) {
        var word = ""
        var isQuoted = false
        for character in text + " " {
            if character == "\"" {
                isQuoted.toggle()
            } else if !isQuoted, character == " " || character == "\n" || character == "\t" {
                if word == "--" { return }
                if !word.isEmpty { add(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
    }

    private mutating func add(_ word: String) {
        let (name, value) = word.splitAtEqualsSign.map { ($0, $1) } ?? (word, nil)
        parameters.append(Parameter(name: name, value: value))
    }

    package func last(_ name: String) -> Parameter? {
        parameters.last { Self.isSame($0.name, name) }
    }

    /// The kernel takes a dash and an underscore in a name for the same.
    package static func isSame(_ left: String, _ right: String) -> Bool {
        left == right || left.utf8.map(folded) == right.utf8.map(folded)
    }

    private static func folded(_ byte: UInt8) -> UInt8 { byte == ASCII.minus ? UInt8(ascii: "_") : byte }
}
