// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Finds the word that was probably intended.
package enum Suggestion {
    /// The candidate nearest to `word`, ignoring case; nil if none is close
    /// enough.
    package static func nearest(to word: some Sequence<UInt8>, among candidates: [String]) -> String? {
        let wanted = word.map(ASCII.raised)
        // Short words resemble each other too easily.
        let limit = wanted.count < 3 ? 0 : wanted.count < 6 ? 1 : 2
        var best: (word: String, distance: Int)?
        // Long words are unlikely to be typing errors, and would make the table
        // below large.
        guard wanted.count <= 40 else { return nil }
        for candidate in candidates {
            let distance = distance(wanted, candidate.utf8.map(ASCII.raised))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn
    /// one word into the other (optimal string alignment).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let same = left[row] == right[column]
                var cost = min(previous[column] + (same ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
