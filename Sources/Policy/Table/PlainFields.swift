// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Reads fields 2 to 8 of a line in their usual form, without an object for each.
///
/// It knows a part of the language only: whatever it does not know, and whatever
/// causes a message, is left to `LineParser`, which knows all of it.
struct PlainFields {
    private let text: UnsafeBufferPointer<UInt8>
    private var index: Int

    /// The grant of fields that are each surrounded by one blank; nil if another
    /// reader has to look at them. `isAllow` says whether the line is an allow digest.
    static func grant(
        _ text: UnsafeBufferPointer<UInt8>, isAllow: Bool, source: Int32
    ) -> Grant? {
        var fields = PlainFields(text: text, index: 1)
        guard let context = fields.context(), let flags = fields.letters(EntryFlags.self, table.flags),
            let effective = fields.capabilities(), let permitted = fields.capabilities(),
            let inheritable = fields.capabilities(), let privileges = fields.privileges(),
            let algorithm = fields.algorithm(), fields.index == text.count
        else { return nil }
        var grant = Grant(context: context, algorithm: algorithm, source: source)
        if isAllow {
            let grants = flags.isEmpty && effective.isEmpty && permitted.isEmpty && inheritable.isEmpty
            return grants && privileges.isEmpty ? grant : nil
        }
        (grant.flags, grant.privileges) = (flags, privileges)
        (grant.effective, grant.permitted, grant.inheritable) = (effective, permitted, inheritable)
        return RuleLint.isClean(grant) ? grant : nil
    }

    /// The next field, and the place behind the blank that ends it.
    private mutating func field() -> Range<Int>? {
        let start = index
        while index < text.count, text[index] != ASCII.space { index += 1 }
        guard index > start, index < text.count else { return nil }
        defer { index += 1 }
        return start..<index
    }

    private func isDash(_ field: Range<Int>) -> Bool { field.count == 1 && text[field.lowerBound] == ASCII.minus }

    /// A decimal number, or -1.
    private mutating func context() -> ContextID? {
        guard let field = field(), field.count <= 10 else { return nil }
        if field.count == 2, text[field.lowerBound] == ASCII.minus, text[field.lowerBound + 1] == ASCII.zero + 1 {
            return .own
        }
        if text[field.lowerBound] == ASCII.zero, field.count > 1 { return nil }
        var number: UInt64 = 0
        for place in field {
            guard ASCII.isDigit(text[place]) else { return nil }
            number = number * 10 + UInt64(text[place] - ASCII.zero)
        }
        return number < UInt64(ContextID.own.number) ? ContextID(UInt32(number)) : nil
    }

    private mutating func letters<Mask: LetterMask>(_: Mask.Type, _ bits: [Mask.RawValue]) -> Mask? {
        guard let field = field() else { return nil }
        return letters(field, bits)
    }

    private func letters<Mask: LetterMask>(_ field: Range<Int>, _ bits: [Mask.RawValue]) -> Mask? {
        if isDash(field) { return [] }
        var mask: Mask.RawValue = 0
        for place in field {
            let bit = bits[Int(text[place])]
            guard bit != 0, mask & bit == 0 else { return nil }
            mask |= bit
        }
        return Mask(rawValue: mask)
    }

    /// Letters that are not also a name.
    private mutating func privileges() -> Privileges? {
        guard let field = field() else { return nil }
        if field.count >= Self.table.shortestName, Privileges.key(named: text[field]) != nil { return nil }
        return letters(field, Self.table.privileges)
    }

    private mutating func capabilities() -> CapabilitySet? {
        guard let field = field() else { return nil }
        if isDash(field) { return [] }
        var set: CapabilitySet = []
        var start = field.lowerBound
        while start <= field.upperBound {
            var end = start
            while end < field.upperBound, text[end] != ASCII.bar { end += 1 }
            guard let capability = Self.table.words.find(text, start..<end), !set.contains(capability) else {
                return nil
            }
            set.formUnion(capability)
            start = end + 1
        }
        return set
    }

    /// nil for one that is weak, which causes a warning.
    private mutating func algorithm() -> DigestAlgorithm? {
        guard let field = field() else { return nil }
        return Self.table.algorithms.first { known in
            known.name.count == field.count && zip(known.name, text[field]).allSatisfy { $0 == $1 }
        }?.algorithm
    }

    // MARK: What is looked up

    private struct Table {
        let flags = Table.bits(of: EntryFlags.keys)
        let privileges = Table.bits(of: Privileges.keys)
        let shortestName = Privileges.keys.map(\.name.utf8.count).min() ?? 0
        let words = CapabilityWords()
        let algorithms = DigestAlgorithm.allCases.filter { !$0.isWeak }.map {
            (name: Array($0.name.utf8), algorithm: $0)
        }

        private static func bits<Mask: LetterMask>(of keys: [LetterKey<Mask>]) -> [Mask.RawValue] {
            var bits = [Mask.RawValue](repeating: 0, count: 256)
            for key in keys { bits[Int(key.letter)] = key.bit.rawValue }
            return bits
        }
    }

    private static let table = Table()
}

/// The words of capabilities, by their lengths and first letters.
private struct CapabilityWords {
    private struct Word {
        let bytes: [UInt8]
        let capability: CapabilitySet
    }

    /// By the length of a word: few words have the same.
    private var byLength: [[Word]]

    init() {
        let words = CapabilitySet.words.map { Word(bytes: Array($0.word.utf8), capability: .init(bit: $0.bit)) }
        byLength = Array(repeating: [], count: (words.map(\.bytes.count).max() ?? 0) + 1)
        for word in words { byLength[word.bytes.count].append(word) }
    }

    func find(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> CapabilitySet? {
        guard range.count < byLength.count else { return nil }
        return byLength[range.count].withUnsafeBufferPointer { words in
            for word in words {
                let isSame = word.bytes.withUnsafeBufferPointer {
                    ByteScan.areEqual(text, at: range.lowerBound, $0, at: 0, count: range.count)
                }
                if isSame { return word.capability }
            }
            return nil
        }
    }
}
