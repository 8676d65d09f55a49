// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// One letter of a mask field, with its name and its bit.
package struct LetterKey<Bits: Sendable>: Sendable {
    package let letter: UInt8
    package let name: String
    package let bit: Bits

    init(_ letter: Unicode.Scalar, _ name: String, _ bit: Bits) {
        self.letter = UInt8(ascii: letter)
        self.name = name
        self.bit = bit
    }
}

/// A set of bits that rule files write as letters (fields 3 and 7). The same
/// letter may have different meanings in different fields, so each field has
/// its own table.
package protocol LetterMask: OptionSet, Hashable, Sendable
where RawValue: FixedWidthInteger & UnsignedInteger & Sendable, Element == Self {
    /// All letters, in the order in which they are printed.
    static var keys: [LetterKey<Self>] { get }
    /// All bits that have a letter. The value is stored because it is needed
    /// for every entry of an image.
    static var all: Self { get }
    /// The noun for one letter in messages.
    static var noun: String { get }
}

extension LetterMask {
    package static func key(_ letter: UInt8) -> LetterKey<Self>? {
        keys.first { $0.letter == letter }
    }

    /// The bit that `word` names, in capital letters or small ones.
    package static func key(named word: some Sequence<UInt8>) -> LetterKey<Self>? {
        let raised = word.map(ASCII.raised)
        return keys.first { raised.elementsEqual($0.name.utf8) }
    }

    /// The letters, or `-` for the empty set. Bits without a letter are
    /// omitted.
    package var letters: [UInt8] {
        var text: [UInt8] = []
        appendLetters(to: &text)
        return text
    }

    /// Appends the same to text.
    package func appendLetters(to text: inout [UInt8]) {
        let before = text.count
        for key in Self.keys where contains(key.bit) { text.append(key.letter) }
        if text.count == before { text.append(ASCII.minus) }
    }

    /// The names of the bits that are set.
    package var names: [String] {
        Self.keys.filter { contains($0.bit) }.map(\.name)
    }

    /// Letters and names for people: `c (NETCLIENT) s (NETSERVER)`, or `-`.
    package var explained: String {
        let words = Self.keys.filter { contains($0.bit) }.map { "\(DisplayText.of([$0.letter])) (\($0.name))" }
        return words.isEmpty ? "-" : words.joined(separator: " ")
    }

    /// The names joined by bars, as capabilities are written, or `-`.
    package var nameText: String {
        isEmpty ? "-" : names.joined(by: "|")
    }

    /// The union of all letters, for `all`.
    static func union(of keys: [LetterKey<Self>]) -> Self {
        keys.reduce(into: []) { $0.formUnion($1.bit) }
    }
}
