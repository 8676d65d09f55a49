// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

extension EntriesFile {
    /// The entries of `text` for files with this inode number, on any device.
    /// The other lines are not parsed: a list may have a million lines, of
    /// which one is wanted.
    package static func entries(inode: UInt64, in text: [UInt8]) throws(EntriesError) -> [LiveEntry] {
        try entries(with: Array(" inode=\(inode) ".utf8), in: text)
    }

    /// The same for entries of files that were listed under this name.
    package static func entries(listedAs path: BytePath, in text: [UInt8]) throws(EntriesError) -> [LiveEntry] {
        // The kernel escapes a few bytes more than the rule language does.
        let isPlain = path.bytes.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || plainMarks.contains($0) }
        let mark = Array(" path=".utf8) + (isPlain ? path.bytes + [ASCII.space] : [])
        return try entries(with: mark, in: text).filter { $0.path == path }
    }

    private static let plainMarks = Array("/._-+".utf8)

    private static func entries(with mark: [UInt8], in text: [UInt8]) throws(EntriesError) -> [LiveEntry] {
        var found: [LiveEntry] = []
        var start = 0
        var number = 0
        while start < text.count {
            number += 1
            let end = text[start...].firstIndex(of: ASCII.newline) ?? text.count
            if contains(text, start..<end, mark) { found.append(try entry(text[start..<end], number: number)) }
            start = end + 1
        }
        return found
    }

    /// Written by hand: the generic search of the library is ten times slower.
    private static func contains(_ text: [UInt8], _ line: Range<Int>, _ mark: [UInt8]) -> Bool {
        var index = line.lowerBound
        while index + mark.count <= line.upperBound {
            var length = 0
            while length < mark.count, text[index + length] == mark[length] { length += 1 }
            if length == mark.count { return true }
            index += 1
        }
        return false
    }
}
