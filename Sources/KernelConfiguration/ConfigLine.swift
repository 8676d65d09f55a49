// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

extension String {
    /// Without blanks and ends of lines at both ends.
    package var trimmed: String {
        let bytes = Array(utf8)
        guard let first = bytes.firstIndex(where: { !Self.isSpace($0) }),
            let last = bytes.lastIndex(where: { !Self.isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// The text of a reason in the middle of a line.
    package var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }

    private static func isSpace(_ byte: UInt8) -> Bool {
        ASCII.isBlank(byte) || byte == ASCII.newline || byte == ASCII.carriageReturn
    }

    /// The words between blanks and ends of lines.
    package var words: [String] {
        utf8.split(whereSeparator: Self.isSpace).map { String(decoding: Array($0), as: UTF8.self) }
    }

    /// Kconfig's way to write that an option is off, which looks like a comment.
    package var isDisabledOption: Bool { hasPrefix("# CONFIG_") && hasSuffix(" is not set") }

    /// The parts before and behind the first `=`; nil if there is none.
    package var splitAtEqualsSign: (String, String)? {
        guard let index = firstIndex(of: "=") else { return nil }
        return (String(self[..<index]).trimmed, String(self[self.index(after: index)...]).trimmed)
    }
}
