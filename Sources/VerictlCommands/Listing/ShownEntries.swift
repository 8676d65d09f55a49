// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import SystemIO

/// The entries in force in the order of their paths, under the present names of their
/// files, and without those that the kernel has listed twice, as it may while its table
/// grows.
///
/// What is printed of a usual entry are pieces of the kernel's list, and pieces that
/// many entries have in common.
struct ShownEntries {
    private var rows: EntryRows
    /// Those that are no usual ones, by the numbers that rows have for them.
    private var shown: [ShownEntry] = []
    /// The numbers of rows.
    private var order: [UInt32] = []
    /// How many files have lost their names.
    private(set) var lost = 0

    /// Entries of some contexts; of all if there is none. `leads` answers for most of
    /// them, without an entry being made, and `presentName` for the others.
    init(
        _ rows: consuming EntryRows, of contexts: Set<ContextID> = [], presentName: (LiveEntry) -> PresentName,
        leads: (UnsafeBufferPointer<UInt8>, FileIdentity) -> Bool
    ) {
        self.rows = rows
        var (numbers, questions) = askUsual(contexts, leads)
        for number in questions {
            let entry = self.rows.entry(self.rows.rows[number])
            let name = presentName(entry)
            if self.rows.rows[number].unusual < 0, name == .asListed {
                numbers.append(UInt32(truncatingIfNeeded: number))
            } else {
                add(number, ShownEntry(entry, name), &numbers)
            }
        }
        sort(numbers)
        lost = shown.isEmpty ? 0 : order.count { number in unusual(number).map { !$0.isNamed } ?? false }
    }

    /// The numbers of the usual rows whose paths lead to their files, and those of the others.
    private mutating func askUsual(
        _ contexts: Set<ContextID>, _ leads: (UnsafeBufferPointer<UInt8>, FileIdentity) -> Bool
    ) -> (good: [UInt32], others: [Int]) {
        var good: [UInt32] = []
        var others: [Int] = []
        good.reserveCapacity(rows.rows.count)
        let (list, devices) = (rows.rows, rows.devices.map(\.number))
        let wanted = list.map { contexts.isEmpty || contexts.contains(rows.context(of: $0)) }
        rows.text.withUnsafeMutableBufferPointer { text in
            for number in list.indices where wanted[number] {
                let row = list[number]
                guard row.unusual < 0 else {
                    others.append(number)
                    continue
                }
                let path = Int(row.pathStart)..<Int(row.pathStart + row.pathLength)
                let behind = text[path.upperBound]
                text[path.upperBound] = 0
                let isGood = leads(
                    UnsafeBufferPointer(rebasing: text[path]),
                    FileIdentity(device: devices[Int(row.device)], inode: row.inode))
                text[path.upperBound] = behind
                if isGood { good.append(UInt32(truncatingIfNeeded: number)) } else { others.append(number) }
            }
        }
        return (good, others)
    }

    /// Adds an entry that is no usual one. Its path is put behind the list; an entry
    /// without a path comes last.
    private mutating func add(_ number: Int, _ entry: ShownEntry, _ numbers: inout [UInt32]) {
        rows.rows[number].unusual = Int32(truncatingIfNeeded: shown.count)
        shown.append(entry)
        guard let path = entry.entry.path else {
            order.append(UInt32(truncatingIfNeeded: number))
            return
        }
        rows.rows[number].pathStart = UInt32(truncatingIfNeeded: rows.text.count)
        rows.rows[number].pathLength = UInt32(truncatingIfNeeded: path.bytes.count)
        rows.text += path.bytes
        numbers.append(UInt32(truncatingIfNeeded: number))
    }

    private func unusual(_ number: UInt32) -> ShownEntry? {
        let place = rows.rows[Int(number)].unusual
        return place < 0 ? nil : shown[Int(place)]
    }

    private func entry(_ number: UInt32) -> ShownEntry {
        unusual(number) ?? ShownEntry(rows.entry(rows.rows[Int(number)]), .asListed)
    }

    // MARK: Order

    /// Puts entries into order before those without a path, which are there already.
    private mutating func sort(_ numbers: [UInt32]) {
        let nameless = order
        var paths = PathSort(rows.text, count: numbers.count)
        for number in numbers {
            let row = rows.rows[Int(number)]
            paths.add(start: row.pathStart, length: row.pathLength)
        }
        let (places, hasSame) = paths.order()
        order = places.map { numbers[Int($0)] }
        if hasSame {
            let sorted = order
            order.removeAll(keepingCapacity: true)
            var start = 0
            while start < sorted.count {
                var end = start + 1
                while end < sorted.count, isSamePath(sorted[start], sorted[end]) { end += 1 }
                addSame(Array(sorted[start..<end]))
                start = end
            }
        }
        addSame(nameless)
    }

    private func isSamePath(_ first: UInt32, _ second: UInt32) -> Bool {
        let (first, second) = (rows.rows[Int(first)], rows.rows[Int(second)])
        guard first.pathLength == second.pathLength else { return false }
        return rows.text.withUnsafeBufferPointer {
            ByteScan.areEqual(
                $0, at: Int(first.pathStart), $0, at: Int(second.pathStart), count: Int(first.pathLength))
        }
    }

    /// Adds entries of one path, or without any, each of them once.
    private mutating func addSame(_ numbers: [UInt32]) {
        if numbers.count < 2 { return order += numbers }
        let entries = numbers.map { entry($0) }
        var last = -1
        for place in Self.order(entries, numbers) where last < 0 || entries[last] != entries[place] {
            order.append(numbers[place])
            last = place
        }
    }

    /// The places of entries in order. Parts that are in order are merged; the library's
    /// sort would take more of the program than all else here.
    private static func order(_ entries: [ShownEntry], _ numbers: [UInt32]) -> [Int] {
        // Those of the same file and digest stay as the kernel lists them.
        let precedes = { (left: Int, right: Int) in
            ShownEntry.precedes(entries[left], entries[right])
                || !ShownEntry.precedes(entries[right], entries[left]) && numbers[left] < numbers[right]
        }
        var (from, to) = (Array(entries.indices), Array(entries.indices))
        var width = 1
        while width < entries.count {
            var start = 0
            while start < entries.count {
                let (middle, end) = (min(start + width, entries.count), min(start + 2 * width, entries.count))
                var (left, right) = (start, middle)
                for place in start..<end {
                    let isRight = left == middle || right < end && precedes(from[right], from[left])
                    to[place] = from[isRight ? right : left]
                    if isRight { right += 1 } else { left += 1 }
                }
                start = end
            }
            swap(&from, &to)
            width *= 2
        }
        return from
    }

    // MARK: Text

    /// Each entry on several lines.
    var details: [UInt8] { order.reduce(into: []) { $0 += entry($1).details } }

    /// Each entry as a line, behind other text.
    func lines(after text: [UInt8]) -> [UInt8] {
        let grants = rows.grants.map { grant in Self.rule(grant)?.line ?? [] }
        let unusual = shown.map { entry in
            var line: [UInt8] = []
            entry.appendLine(to: &line)
            return line
        }
        let most = length { row, grant in grants[grant].count + Int(row.pathLength) + Self.mostDigits } + order.count
        return written(most + unusual.reduce(text.count) { $0 + $1.count }) { writer, list in
            writer.put(text)
            for number in order {
                let row = rows.rows[Int(number)]
                if row.unusual >= 0 {
                    writer.put(unusual[Int(row.unusual)])
                } else {
                    let grant = Int(row.grant)
                    writer.put(list, row.pathStart, row.pathLength)
                    writer.put(grants[grant])
                    writer.put(list, row.digestStart, digestLength(grant))
                }
                writer.put(ASCII.newline)
            }
        }
    }

    /// Digits of the longest digest.
    private static let mostDigits = 2 * 64

    private func digestLength(_ grant: Int) -> UInt32 { UInt32(2 * (rows.grants[grant].algorithm?.size ?? 0)) }

    /// A rule with neither a path nor a digest.
    private static func rule(_ grant: EntryRows.Grant) -> Rule? {
        var entry = grant.entry
        guard let algorithm = grant.algorithm else { return nil }
        entry.path = BytePath([])
        entry.digest = Array(repeating: 0, count: algorithm.size)
        var rule = entry.rule
        rule?.digest = []
        return rule
    }

    /// The sum for all usual entries.
    private func length(_ one: (EntryRows.Row, Int) -> Int) -> Int {
        var sum = 0
        for number in order {
            let row = rows.rows[Int(number)]
            if row.unusual < 0 { sum += one(row, Int(row.grant)) }
        }
        return sum
    }

    /// What is written into room for so many bytes.
    private func written(_ most: Int, _ body: (inout Writer, UnsafeBufferPointer<UInt8>) -> Void) -> [UInt8] {
        rows.text.withUnsafeBufferPointer { list in
            [UInt8](unsafeUninitializedCapacity: most + 1) { buffer, count in
                guard let start = buffer.baseAddress else { return }
                var writer = Writer(next: start)
                body(&writer, list)
                count = writer.next - start
            }
        }
    }

    // MARK: JSON

    /// The document of the entries and of allow digests, and a newline.
    func document(digests: [JSONValue]) -> [UInt8] {
        // All three are made as the whole would be, and cut where an entry's own bytes are.
        let head = JSONDocument([("entries", .array([]))]).text.dropLast(2)
        let tail = JSONValue.object([("digests", .array(digests))]).text.dropFirst()
        let grants = rows.grants.map { grant in
            Array((Self.rule(grant)?.json.text ?? []).dropFirst(Self.pathMember.utf8CodeUnitCount).dropLast(2))
        }
        let sources = rows.sources.map { source in
            source.isEmpty
                ? [] : Array(JSONValue.object(JSONValue.members("source", bytes: source)).text.dropFirst().dropLast())
        }
        let unusual = shown.map { $0.json.text }
        let most = length { row, grant in
            // The numbers, the device and the digest are not longer than in the line.
            Int(row.end - row.start) + grants[grant].count + sources[Int(row.source)].count + Self.mostKeys
        }
        return written(most + unusual.reduce(head.count + tail.count + 2) { $0 + $1.count + 1 }) { writer, list in
            writer.put(Array(head))
            for (place, number) in order.enumerated() {
                if place > 0 { writer.put(ASCII.comma) }
                let row = rows.rows[Int(number)]
                if row.unusual >= 0 {
                    writer.put(unusual[Int(row.unusual)])
                } else {
                    write(row, grants[Int(row.grant)], sources[Int(row.source)], list, &writer)
                }
            }
            writer.put("],")
            writer.put(Array(tail))
            writer.put(ASCII.newline)
        }
    }

    private static let pathMember: StaticString = "{\"path\":\""
    /// More bytes than the keys that are written below.
    private static let mostKeys = 100

    private func write(
        _ row: EntryRows.Row, _ grant: [UInt8], _ source: [UInt8], _ list: UnsafeBufferPointer<UInt8>,
        _ writer: inout Writer
    ) {
        let device = rows.devices[Int(row.device)].range
        writer.put(Self.pathMember)
        writer.put(list, row.pathStart, row.pathLength)
        writer.put(grant)
        writer.put(list, row.digestStart, digestLength(Int(row.grant)))
        writer.put("\"")
        if !source.isEmpty {
            writer.put(",")
            writer.put(source)
            writer.put(",\"line\":")
            writer.put(list, row.lineStart, row.end - row.lineStart)
        }
        writer.put(",\"device\":\"")
        writer.put(list, UInt32(truncatingIfNeeded: device.lowerBound), UInt32(truncatingIfNeeded: device.count))
        writer.put("\",\"inode\":")
        writer.put(list, row.inodeStart, UInt32(row.inodeLength))
        writer.put(",\"generation\":")
        writer.put(list, row.generationStart, UInt32(row.generationLength))
        writer.put("}")
    }
}

/// Writes bytes one behind the other, where there is room for all of them.
private struct Writer {
    var next: UnsafeMutablePointer<UInt8>

    mutating func put(_ byte: UInt8) {
        next.pointee = byte
        next += 1
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafePointer<UInt8>, count: Int) {
        next.update(from: bytes, count: count)
        next += count
    }

    mutating func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { bytes in
            if let start = bytes.baseAddress { put(start, count: bytes.count) }
        }
    }

    @inline(__always)
    mutating func put(_ word: StaticString) {
        put(word.utf8Start, count: word.utf8CodeUnitCount)
    }

    @inline(__always)
    mutating func put(_ text: UnsafeBufferPointer<UInt8>, _ start: UInt32, _ count: UInt32) {
        if let first = text.baseAddress { put(first + Int(start), count: Int(count)) }
    }
}
