// SPDX-License-Identifier: LGPL-2.1-or-later

/// A set of bits, each of which has a word.
package protocol WordSet: OptionSet, Hashable, Sendable where Element == Self {
    /// The words in the order in which they are printed.
    static var words: [(word: String, bit: Self)] { get }
}

extension WordSet {
    /// The words of the bits that are set.
    package var names: [String] { Self.words.filter { contains($0.bit) }.map(\.word) }
}
