// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Puts the rules of a table into the order of their keys.
///
/// Keys are compared eight bytes at a time, as numbers, and bytes that all of a group
/// have are left out. Rules that are the same so far form a group of their own, which
/// is sorted by its next eight bytes. A comparison of two whole keys is needed only for
/// rules whose text ends with the same bytes, and only these can have the same key.
struct KeySort {
    typealias Row = RuleTable.Row

    /// A rule, and the bytes by which its group is sorted.
    private struct Item {
        var bytes: UInt64
        var number: UInt32
    }

    private let table: RuleTable
    private let rows: UnsafeBufferPointer<Row>
    private let text: UnsafeBufferPointer<UInt8>
    private let items: UnsafeMutableBufferPointer<Item>
    private let spare: UnsafeMutableBufferPointer<Item>
    private var repetitions: [RuleRepetition] = []

    /// The rules of a table in the order of their keys. Rules with the same key stay as
    /// they are.
    static func sort(_ table: RuleTable) -> CanonicalOrder {
        table.rows.withUnsafeBufferPointer { rows in
            table.text.withUnsafeBufferPointer { text in
                withUnsafeTemporaryAllocation(of: Item.self, capacity: 2 * rows.count) { buffer in
                    table.advice?(UnsafeMutableRawBufferPointer(buffer))
                    buffer.initialize(repeating: Item(bytes: 0, number: 0))
                    var sort = KeySort(
                        table: table, rows: rows, text: text,
                        items: UnsafeMutableBufferPointer(rebasing: buffer[..<rows.count]),
                        spare: UnsafeMutableBufferPointer(rebasing: buffer[rows.count...]))
                    return sort.sort()
                }
            }
        }
    }

    private mutating func sort() -> CanonicalOrder {
        for number in rows.indices {
            items[number] = Item(bytes: group(of: rows[number]), number: UInt32(truncatingIfNeeded: number))
        }
        sortByBytes(rows.indices)
        forEachGroup(rows.indices) { $0.sortGroup($1, from: 0) }
        return CanonicalOrder(
            numbers: items.map(\.number), repetitions: repetitions.sorted { $0.number < $1.number })
    }

    /// All files are one group. Allow digests come before them, and those of one context
    /// and algorithm are one group.
    private func group(of row: Row) -> UInt64 {
        guard row.pathLength < 0 else { return .max }
        let grant = table.grants[Int(row.grant)]
        return UInt64(grant.context.number) << 16 | UInt64(grant.algorithm.rawValue)
    }

    // MARK: Groups

    /// Sorts rules whose text is the same up to `start`. Each level of the recursion
    /// takes eight bytes of the text, of which there are few.
    private mutating func sortGroup(_ range: Range<Int>, from start: Int) {
        guard range.count > 1 else { return }
        let start = endOfCommonBytes(range, from: start)
        for index in range { items[index].bytes = bytes(of: items[index].number, at: start) }
        sortByBytes(range)
        forEachGroup(range) { $0.sortEqual($1, upTo: start + 8) }
    }

    /// Sorts rules that have the same bytes up to `end`. A text that ends there comes
    /// before those that it begins.
    private mutating func sortEqual(_ range: Range<Int>, upTo end: Int) {
        guard range.count > 1 else { return }
        var (ended, others) = (range.lowerBound, range.lowerBound)
        for index in range {
            if words(of: items[index].number).count <= end {
                items[ended] = items[index]
                ended += 1
            } else {
                spare[others] = items[index]
                others += 1
            }
        }
        for offset in 0..<(range.upperBound - ended) { items[ended + offset] = spare[range.lowerBound + offset] }
        sortEnded(range.lowerBound..<ended)
        sortGroup(ended..<range.upperBound, from: end)
    }

    private mutating func sortEnded(_ range: Range<Int>) {
        guard range.count > 1 else { return }
        let table = table
        var group = UnsafeMutableBufferPointer(rebasing: items[range])
        group.sort { left, right in
            let order = table.order(Int(left.number), Int(right.number))
            return order == 0 ? left.number < right.number : order < 0
        }
        var first = items[range.lowerBound].number
        for index in range.dropFirst() {
            let number = items[index].number
            if table.order(Int(first), Int(number)) == 0 {
                repetitions.append(RuleRepetition(number: Int(number), first: Int(first)))
            } else {
                first = number
            }
        }
    }

    /// Calls `body` with each range of items that have the same bytes.
    private mutating func forEachGroup(_ range: Range<Int>, _ body: (inout KeySort, Range<Int>) -> Void) {
        var start = range.lowerBound
        while start < range.upperBound {
            let bytes = items[start].bytes
            var end = start + 1
            while end < range.upperBound, items[end].bytes == bytes { end += 1 }
            if end > start + 1 { body(&self, start..<end) }
            start = end
        }
    }

    // MARK: Text

    /// What the rule is sorted by: the path, or the digest of an allow digest.
    private func words(of number: UInt32) -> (start: Int, count: Int) {
        let row = rows[Int(number)]
        return row.pathLength < 0 ? (row.digestStart, Int(row.digestLength)) : (row.start, Int(row.pathLength))
    }

    /// Eight bytes of a text as a number that is ordered as they are. What is behind
    /// the text counts as zero.
    private func bytes(of number: UInt32, at offset: Int) -> UInt64 {
        let (start, count) = words(of: number)
        let rest = count - offset
        if rest >= 8 { return ByteScan.word(text, at: start + offset).byteSwapped }
        var bytes: UInt64 = 0
        for place in 0..<8 { bytes = bytes << 8 | (place < rest ? UInt64(text[start + offset + place]) : 0) }
        return bytes
    }

    /// The first byte from `start` on that not all texts have.
    private func endOfCommonBytes(_ range: Range<Int>, from start: Int) -> Int {
        let first = words(of: items[range.lowerBound].number)
        var end = first.count
        for index in range.dropFirst() {
            let other = words(of: items[index].number)
            end = min(end, other.count)
            var offset = start
            while offset + 8 <= end {
                let difference =
                    ByteScan.word(text, at: first.start + offset) ^ ByteScan.word(text, at: other.start + offset)
                if difference != 0 {
                    end = min(end, offset + difference.trailingZeroBitCount / 8)
                    break
                }
                offset += 8
            }
            while offset < end, text[first.start + offset] == text[other.start + offset] { offset += 1 }
            end = min(end, offset)
            if end <= start { return start }
        }
        return end
    }

    // MARK: Numbers

    /// With fewer items than this, each of them is moved to its place.
    private static let few = 32

    /// Sorts items by their bytes; those with the same stay as they are.
    private func sortByBytes(_ range: Range<Int>) {
        if range.count < Self.few { return insert(range) }
        var differing: UInt64 = 0
        for index in range { differing |= items[index].bytes ^ items[range.lowerBound].bytes }
        var (from, to) = (items, spare)
        for shift in stride(from: UInt64(0), to: 64, by: 8) where differing >> shift & 0xff != 0 {
            Self.distribute(from, to, range, shift)
            swap(&from, &to)
        }
        guard from.baseAddress != items.baseAddress else { return }
        for index in range { items[index] = from[index] }
    }

    /// Moves items into the order of one of their bytes.
    private static func distribute(
        _ from: UnsafeMutableBufferPointer<Item>, _ to: UnsafeMutableBufferPointer<Item>, _ range: Range<Int>,
        _ shift: UInt64
    ) {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { places in
            places.initialize(repeating: 0)
            for index in range { places[Int(truncatingIfNeeded: from[index].bytes >> shift & 0xff)] += 1 }
            var place = range.lowerBound
            for value in 0..<256 {
                let count = places[value]
                places[value] = place
                place += count
            }
            for index in range {
                let item = from[index]
                let value = Int(truncatingIfNeeded: item.bytes >> shift & 0xff)
                to[places[value]] = item
                places[value] += 1
            }
        }
    }

    private func insert(_ range: Range<Int>) {
        for index in range.dropFirst() {
            let item = items[index]
            var place = index
            while place > range.lowerBound, items[place - 1].bytes > item.bytes {
                items[place] = items[place - 1]
                place -= 1
            }
            items[place] = item
        }
    }
}
