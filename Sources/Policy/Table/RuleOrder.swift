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

    /// Whether two rules have a path, and the same one.
    package func haveSamePath(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (rows[left], rows[right])
        guard left.pathLength == right.pathLength, left.pathLength >= 0 else { return false }
        return text.withUnsafeBufferPointer {
            ByteScan.areEqual($0, at: left.start, $0, at: right.start, count: Int(left.pathLength))
        }
    }

    /// Whether each rule comes before the next one, or has the same key if
    /// `strictly` is false.
    package func isAscending(strictly: Bool) -> Bool {
        text.withUnsafeBufferPointer { text in
            rows.withUnsafeBufferPointer { rows in
                var index = 1
                while index < rows.count {
                    let order = order(rows[index - 1], rows[index], text)
                    if order > 0 || strictly && order == 0 { return false }
                    index += 1
                }
                return true
            }
        }
    }

    /// The numbers of the rules in the order of their keys; nil if they are in this
    /// order. Rules with the same key stay as they are.
    package func canonicalOrder() -> [Int]? {
        if isAscending(strictly: false) { return nil }
        return text.withUnsafeBufferPointer { text in
            rows.withUnsafeBufferPointer { rows in
                rows.indices.sorted { left, right in
                    let order = order(rows[left], rows[right], text)
                    return order == 0 ? left < right : order < 0
                }
            }
        }
    }

    /// For each rule the number of the first one that has its key.
    func firstOfKey() -> [Int] {
        var size = 64
        while size < rows.count * 2 { size *= 2 }
        var slots = [Int32](repeating: -1, count: size)
        return text.withUnsafeBufferPointer { text in
            rows.indices.map { index in
                var place = hash(rows[index], text) & (size - 1)
                while slots[place] >= 0 {
                    let earlier = Int(slots[place])
                    if order(rows[earlier], rows[index], text) == 0 { return earlier }
                    place = (place + 1) & (size - 1)
                }
                slots[place] = Int32(index)
                return index
            }
        }
    }

    private func hash(_ row: Row, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        let grant = grants[Int(row.grant)]
        hasher.combine(grant.context)
        let key =
            row.pathLength < 0 ? row.digestStart..<row.end : row.start..<(row.digestStart - 1)
        hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[key]))
        return hasher.finalize()
    }
}
