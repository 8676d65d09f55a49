// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO

/// Recognises files that interpreters read as code. They need no x bit, so
/// that only a name or the first line tells what they are.
package enum ScriptFile {
    /// Ends of the names of Python's, Perl's and the shells' files: sources,
    /// compiled forms, archives that are run, and Python's lines of code in
    /// site directories.
    static let suffixes = [
        "py", "pyc", "pyw", "pyz", "pth", "pl", "pm", "ph", "al", "ix", "sh", "bash", "dash",
    ]

    package static func hasKnownName(_ name: [UInt8]) -> Bool {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return false }
        let suffix = name[name.index(after: dot)...]
        return suffixes.contains { suffix.elementsEqual($0.utf8) }
    }

    /// Whether the first line names an interpreter.
    static func beginsWithInterpreter(_ path: BytePath) throws(Errno) -> Bool {
        try Files.readStart(path, count: 2) == Array("#!".utf8)
    }
}
