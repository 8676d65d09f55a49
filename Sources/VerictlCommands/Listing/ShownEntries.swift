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

    /// Entries of some contexts; of all if there is none. `answerPaths` answers for most
    /// of them, without an entry being made, and `presentName` for the others.
    init(
        _ rows: consuming EntryRows, of contexts: Set<ContextID> = [], presentName: (LiveEntry) -> PresentName,
        answerPaths: (inout [PathQuestion], UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        self.rows = rows
        var (usual, questions) = wanted(contexts)
        var hasSame = sort(&usual)
        var (numbers, others) = ask(usual, answerPaths)
        others += questions
        for number in others {
            let entry = self.rows.entry(self.rows.rows[Int(number)])
            let name = presentName(entry)
            if self.rows.rows[Int(number)].unusual < 0, name == .asListed {
                numbers.append(number)
            } else {
                add(Int(number), ShownEntry(entry, name), &numbers)
            }
        }
        if !others.isEmpty { hasSame = sort(&numbers) }
        finish(numbers, hasSame: hasSame)
        lost = shown.isEmpty ? 0 : order.count { number in unusual(number).map { !$0.isNamed } ?? false }
    }

    /// The numbers of the usual rows, and of the others.
    private func wanted(_ contexts: Set<ContextID>) -> (usual: [UInt32], others: [UInt32]) {
        var (usual, others): ([UInt32], [UInt32]) = ([], [])
        usual.reserveCapacity(rows.rows.count)
        for number in rows.rows.indices {
            let row = rows.rows[number]
            guard contexts.isEmpty || contexts.contains(rows.context(of: row)) else { continue }
            let number = UInt32(truncatingIfNeeded: number)
            if row.unusual < 0 { usual.append(number) } else { others.append(number) }
        }
        return (usual, others)
    }

    /// Asks whether the paths of usual rows, which are sorted, lead to their files.
    /// Returns the numbers of those that do, in this order, and of the others.
    private mutating func ask(
        _ numbers: [UInt32], _ answerPaths: (inout [PathQuestion], UnsafeMutableBufferPointer<UInt8>) -> Void
    ) -> (good: [UInt32], others: [UInt32]) {
        var (good, others): ([UInt32], [UInt32]) = ([], [])
        good.reserveCapacity(numbers.count)
        var questions: [PathQuestion] = []
        let (list, devices) = (rows.rows, rows.devices.map(\.number))
        rows.text.withUnsafeMutableBufferPointer { text in
            var (start, place) = (0, 0)
            /// Where the directory of the questions is in the text.
            var directory = 0..<0
            while start < numbers.count {
                questions.removeAll(keepingCapacity: true)
                while place < numbers.count {
                    let row = list[Int(numbers[place])]
                    let path = Int(row.pathStart)..<Int(row.pathStart + row.pathLength)
                    if !Self.isName(path, in: directory, UnsafeBufferPointer(text)) {
                        if !questions.isEmpty { break }
                        let slash = text[path].lastIndex(of: ASCII.slash) ?? path.lowerBound
                        directory = path.lowerBound..<(slash + 1)
                    }
                    questions.append(
                        PathQuestion(
                            start: path.lowerBound, count: path.count,
                            identity: FileIdentity(device: devices[Int(row.device)], inode: row.inode)))
                    place += 1
                }
                answerPaths(&questions, text)
                for offset in questions.indices {
                    let number = numbers[start + offset]
                    if questions[offset].leads { good.append(number) } else { others.append(number) }
                }
                start = place
            }
        }
        return (good, others)
    }

    private static func isName(
        _ path: Range<Int>, in directory: Range<Int>, _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let name = path.lowerBound + directory.count
        guard !directory.isEmpty, name < path.upperBound,
            ByteScan.areEqual(
                text, at: path.lowerBound, text, at: directory.lowerBound, count: directory.count)
        else { return false }
        return (ByteScan.first(ASCII.slash, in: text, from: name) ?? path.upperBound) >= path.upperBound
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

    /// Puts rows into the order of their paths. Returns whether some have the same.
    private func sort(_ numbers: inout [UInt32]) -> Bool {
        var paths = PathSort(rows.text, count: numbers.count)
        for number in numbers {
            let row = rows.rows[Int(number)]
            paths.add(start: row.pathStart, length: row.pathLength)
        }
        let (places, hasSame) = paths.order()
        numbers = places.map { numbers[Int($0)] }
        return hasSame
    }

    /// Puts sorted entries before those without a path, which are there already.
    private mutating func finish(_ sorted: [UInt32], hasSame: Bool) {
        let nameless = order
        if hasSame {
            order.removeAll(keepingCapacity: true)
            var start = 0
            while start < sorted.count {
                var end = start + 1
                while end < sorted.count, isSamePath(sorted[start], sorted[end]) { end += 1 }
                addSame(Array(sorted[start..<end]))
                start = end
            }
        } else {
            order = sorted
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

    /// Writes each entry as a line.
    func writeLines(_ write: ([UInt8]) -> Bool) {
        let grants = rows.grants.map { grant in Self.rule(grant)?.line ?? [] }
        let unusual = shown.map { entry in
            var line: [UInt8] = []
            entry.appendLine(to: &line)
            return line
        }
        let most = { (row: EntryRows.Row) in
            row.unusual >= 0
                ? unusual[Int(row.unusual)].count + 1
                : grants[Int(row.grant)].count + Int(row.pathLength) + Self.mostDigits + 1
        }
        _ = inPieces(most, write) { _, row, list, writer in
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

    /// Bytes of a piece of the output; more if an entry alone needs them. The whole
    /// would be memory that is written to once.
    private static let pieceSize = 64 << 10

    /// Writes all entries: `one` makes the text of one of them, by its place in the order,
    /// in no more bytes than `most` says.
    private func inPieces(
        _ most: (EntryRows.Row) -> Int, _ write: ([UInt8]) -> Bool,
        _ one: (Int, EntryRows.Row, UnsafeBufferPointer<UInt8>, inout Writer) -> Void
    ) -> Bool {
        var place = 0
        while place < order.count {
            var row = rows.rows[Int(order[place])]
            let piece = rows.text.withUnsafeBufferPointer { list in
                [UInt8](unsafeUninitializedCapacity: max(Self.pieceSize, most(row))) { buffer, count in
                    guard let start = buffer.baseAddress else { return }
                    var writer = Writer(next: start)
                    repeat {
                        one(place, row, list, &writer)
                        count = writer.next - start
                        place += 1
                        if place == order.count { return }
                        row = rows.rows[Int(order[place])]
                    } while count + most(row) <= buffer.count
                }
            }
            if !write(piece) { return false }
        }
        return true
    }

    // MARK: JSON

    /// Writes the document of the entries and of allow digests, and a newline.
    func writeDocument(digests: [JSONValue], _ write: ([UInt8]) -> Bool) {
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
        let most = { (row: EntryRows.Row) in
            // The numbers, the device and the digest are not longer than in the line.
            row.unusual >= 0
                ? unusual[Int(row.unusual)].count + 1
                : Int(row.end - row.start) + grants[Int(row.grant)].count + sources[Int(row.source)].count
                    + Self.mostKeys
        }
        guard write(Array(head)) else { return }
        let isWhole = inPieces(most, write) { place, row, list, writer in
            if place > 0 { writer.put(ASCII.comma) }
            if row.unusual >= 0 {
                writer.put(unusual[Int(row.unusual)])
            } else {
                self.write(row, grants[Int(row.grant)], sources[Int(row.source)], list, &writer)
            }
        }
        if isWhole { _ = write(Array("],".utf8) + tail + [ASCII.newline]) }
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
