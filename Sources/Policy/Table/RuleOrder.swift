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
            // Neighbours differ rather at their ends.
            left.pathLength == 0
                || $0[left.digestStart - 2] == $0[right.digestStart - 2]
                    && ByteScan.areEqual($0, at: left.start, $0, at: right.start, count: Int(left.pathLength))
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
                // The first bytes that differ decide nearly always.
                let common = commonStart(text)
                var keys = rows.indices.map { (start: sortKey(rows[$0], common, text), number: $0) }
                keys.sort { left, right in
                    if left.start != right.start { return left.start < right.start }
                    let order = order(rows[left.number], rows[right.number], text)
                    return order == 0 ? left.number < right.number : order < 0
                }
                return keys.map(\.number)
            }
        }
    }

    /// The number of bytes with which all paths begin.
    private func commonStart(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        guard let first = rows.first(where: { $0.pathLength >= 0 }) else { return 0 }
        var common = Int(first.pathLength)
        for row in rows where row.pathLength >= 0 {
            common = Swift.min(common, Int(row.pathLength))
            var length = 0
            while length < common, text[first.start + length] == text[row.start + length] { length += 1 }
            common = length
        }
        return common
    }

    /// Eight bytes of a path as a number that is ordered as they are. What is behind
    /// the path counts as zero, as the key of an allow digest does: these come first.
    private func sortKey(_ row: Row, _ start: Int, _ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard row.pathLength >= 0 else { return 0 }
        let place = row.start + start
        let length = Swift.min(Int(row.pathLength) - start, 8)
        if length == 8 { return ByteScan.word(text, at: place).byteSwapped }
        var key: UInt64 = 0
        for offset in 0..<8 { key = key << 8 | (offset < length ? UInt64(text[place + offset]) : 0) }
        return key
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
                    if rows[earlier].pathLength == rows[index].pathLength,
                        order(rows[earlier], rows[index], text) == 0
                    {
                        return earlier
                    }
                    place = (place + 1) & (size - 1)
                }
                slots[place] = Int32(index)
                return index
            }
        }
    }

    private func hash(_ row: Row, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        let key = row.pathLength < 0 ? row.digestStart..<row.end : row.start..<(row.digestStart - 1)
        let context = UInt64(grants[Int(row.grant)].context.number)
        return Int(truncatingIfNeeded: (ByteScan.hash(text, key) ^ context) >> 1)
    }
}
