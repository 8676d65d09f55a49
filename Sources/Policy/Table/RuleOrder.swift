// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

extension RuleTable {
    /// Negative, zero or positive as the key of the first rule is less than, the
    /// same as or greater than that of the second: see `RuleKey`.
    package func order(_ left: Int, _ right: Int) -> Int {
        text.withUnsafeBufferPointer { order(rows[left], rows[right], $0) }
    }

    private func order(_ left: Row, _ right: Row, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        guard left.pathLength >= 0, right.pathLength >= 0 else {
            if left.pathLength >= 0 || right.pathLength >= 0 { return left.pathLength < 0 ? -1 : 1 }
            return digestOrder(left, right, text)
        }
        let order = BytePath.order(
            UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[left.start..<(left.digestStart - 1)]),
            UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[right.start..<(right.digestStart - 1)]))
        if order != 0 { return order }
        return Int(grants[Int(left.grant)].context.number) - Int(grants[Int(right.grant)].context.number)
    }

    /// Of two allow digests.
    private func digestOrder(_ left: Row, _ right: Row, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        let (first, second) = (grants[Int(left.grant)], grants[Int(right.grant)])
        if first.context != second.context { return first.context < second.context ? -1 : 1 }
        if first.algorithm != second.algorithm {
            return Int(first.algorithm.rawValue) - Int(second.algorithm.rawValue)
        }
        return BytePath.order(
            UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[left.digestStart..<left.end]),
            UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[right.digestStart..<right.end]))
    }

    /// Whether each rule comes before the next one, or has the same key.
    package var isAscending: Bool { ascendingOrder() != nil }

    /// The canonical order of the rules. It is kept until a rule is added or removed.
    package mutating func findOrder() -> CanonicalOrder {
        let found = canonicalOrder()
        knownOrder = found
        return found
    }

    /// The same, without being kept.
    package func canonicalOrder() -> CanonicalOrder { knownOrder ?? ascendingOrder() ?? KeySort.sort(self) }

    /// The order of rules that are in it already, as those of generated files are; nil
    /// if they are not.
    private func ascendingOrder() -> CanonicalOrder? {
        var repetitions: [RuleRepetition] = []
        let isAscending = text.withUnsafeBufferPointer { text in
            rows.withUnsafeBufferPointer { rows in
                var first = 0
                var index = 1
                while index < rows.count {
                    let order = order(rows[index - 1], rows[index], text)
                    if order > 0 { return false }
                    if order == 0 {
                        repetitions.append(RuleRepetition(number: index, first: first))
                    } else {
                        first = index
                    }
                    index += 1
                }
                return true
            }
        }
        return isAscending ? CanonicalOrder(numbers: nil, repetitions: repetitions) : nil
    }
}

/// The order of rules by their keys: see `RuleKey`.
package struct CanonicalOrder: Sendable {
    /// The numbers of the rules in this order; nil if it is the order that they have.
    /// Rules with the same key stay as they are.
    package let numbers: [UInt32]?
    /// The rules whose key an earlier one has, in the order that they have.
    let repetitions: [RuleRepetition]

    /// The number of the rule that is at `place`.
    package func number(at place: Int) -> Int { numbers.map { Int($0[place]) } ?? place }
}

/// A rule whose key an earlier one has.
struct RuleRepetition: Sendable {
    /// The number of the rule.
    var number: Int
    /// The number of the first rule with this key.
    var first: Int
}
