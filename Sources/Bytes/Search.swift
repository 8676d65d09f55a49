// SPDX-License-Identifier: LGPL-2.1-or-later

// The library has the same in a module for regular expressions, which is not linked
// because it would be a tenth of a small program.
extension Collection where Element: Equatable {
    /// The first place where the elements of `part` follow each other; nil without
    /// such a place. An empty part is at the start.
    package func firstPlace(of part: some Collection<Element>) -> Range<Index>? {
        guard let first = part.first else { return startIndex..<startIndex }
        let rest = part.dropFirst()
        var start = startIndex
        while let found = self[start...].firstIndex(of: first) {
            var end = index(after: found)
            var wanted = rest.startIndex
            while wanted != rest.endIndex, end != endIndex, self[end] == rest[wanted] {
                end = index(after: end)
                rest.formIndex(after: &wanted)
            }
            if wanted == rest.endIndex { return found..<end }
            start = index(after: found)
        }
        return nil
    }

    /// Whether the elements of `part` follow each other somewhere.
    package func holds(_ part: some Collection<Element>) -> Bool { firstPlace(of: part) != nil }
}

extension String {
    /// The text with each place of `part` replaced, from left to right.
    package func substituting(_ part: String, by other: String) -> String {
        var result = ""
        var rest = self[...]
        while !part.isEmpty, let place = rest.firstPlace(of: part) {
            result += rest[..<place.lowerBound] + other
            rest = rest[place.upperBound...]
        }
        return result + rest
    }
}

extension [String] {
    /// The texts with a separator between them. The library has the same for any sequence;
    /// the runtime searches all conformances of the program for that one.
    package func joined(by separator: String) -> String {
        var text = ""
        for (place, part) in enumerated() {
            if place > 0 { text += separator }
            text += part
        }
        return text
    }
}
