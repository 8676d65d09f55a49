// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy
import SystemIO

/// The lines of /sys/kernel/security/clip/entries, most of which are kept as places in
/// their text: a `LiveEntry` is several objects, and a list may have a million lines.
///
/// What many lines have in common is kept once: the device, the source, and what stands
/// between the generation and the digest. A line that is not written as this kernel
/// writes them, or whose path or source has an escape, is an entry of its own.
package struct EntryRows {
    package struct Row {
        /// The number of the entry in `unusual`; negative for a usual line, for which alone
        /// all that follows the inode is set.
        package var unusual: Int32 = -1
        /// Where the line is.
        package var start: UInt32 = 0
        package var end: UInt32 = 0
        package var pathStart: UInt32 = 0
        package var pathLength: UInt32 = 0
        package var grant: UInt32 = 0
        package var inode: UInt64 = 0
        package var device: UInt32 = 0
        package var source: UInt32 = 0
        package var digestStart: UInt32 = 0
        /// Where the number of the line in its source is, which ends this one.
        package var lineStart: UInt32 = 0
        package var inodeStart: UInt32 = 0
        package var generationStart: UInt32 = 0
        package var inodeLength: UInt8 = 0
        package var generationLength: UInt8 = 0
    }

    /// What a line says besides its file, its digest and its origin.
    package struct Grant {
        /// Without the rest.
        package let entry: LiveEntry
        /// nil if no rule can express it.
        package let algorithm: DigestAlgorithm?
    }

    package struct Device {
        /// In the text.
        package let range: Range<Int>
        /// As in struct stat.
        package let number: UInt64
    }

    /// The lines, with zeros behind them, and what was added.
    package var text: [UInt8]
    package var rows: [Row] = []
    package private(set) var unusual: [LiveEntry] = []
    package private(set) var grants: [Grant] = []
    package private(set) var devices: [Device] = []
    /// Empty for an unknown one.
    package private(set) var sources: [[UInt8]] = []

    /// Reads a list.
    package init(_ list: consuming [UInt8]) throws(EntriesError) {
        let count = list.count
        // A second reference would make the next line copy all of it.
        text = consume list
        text.append(contentsOf: repeatElement(0, count: Self.padding))
        rows.reserveCapacity(count / Self.shortLine)
        try text.withUnsafeBufferPointer { text throws(EntriesError) in
            var reader = RowReader(text: text)
            let lines = UnsafeBufferPointer(rebasing: text[..<count])
            var last = LiveEntry()
            var start = 0
            while start < count {
                if let row = reader.row(at: start) {
                    rows.append(row)
                    start = Int(row.end) + 1
                    continue
                }
                let end = ByteScan.first(ASCII.newline, in: lines, from: start) ?? count
                if end > start {
                    last = try EntryReader(text: lines, number: rows.count + 1).entry(start..<end, after: last)
                    var row = Row()
                    row.unusual = Int32(unusual.count)
                    rows.append(row)
                    unusual.append(last)
                }
                start = end + 1
            }
            (grants, devices, sources) = (reader.grants, reader.devices, reader.sources)
        }
    }

    /// So many bytes behind a place in the list can be looked at.
    private static let padding = 64

    /// Bytes of a line that is short.
    private static let shortLine = 200

    /// The context of a line.
    package func context(of row: Row) -> ContextID {
        row.unusual < 0 ? grants[Int(row.grant)].entry.context : unusual[Int(row.unusual)].context
    }

    /// A line as an entry of its own.
    package func entry(_ row: Row) -> LiveEntry {
        if row.unusual >= 0 { return unusual[Int(row.unusual)] }
        let line = text[Int(row.start)..<Int(row.end)]
        // A usual line has no value that is refused.
        return (try? EntriesFile.entry(line, number: 0)) ?? grants[Int(row.grant)].entry
    }
}

/// Different pieces of a text, each of which has a number. A piece that is rare may
/// have several.
private struct Pieces {
    private var pieces: [(range: Range<Int>, mark: UInt64)] = []
    private var slots: [Int]

    init() {
        slots = Array(repeating: -1, count: Self.slotCount)
    }

    private static let slotCount = 1024

    /// The number of a piece; nil for a new one, which gets the next number. Pieces with
    /// different marks are different.
    mutating func number(of range: Range<Int>, mark: UInt64, in text: UnsafeBufferPointer<UInt8>) -> Int? {
        let slot = Int(truncatingIfNeeded: (ByteScan.hash(text, range) &+ mark) % UInt64(Self.slotCount))
        if slots[slot] >= 0 {
            let known = pieces[slots[slot]]
            if known.mark == mark, known.range.count == range.count,
                ByteScan.areEqual(text, at: known.range.lowerBound, text, at: range.lowerBound, count: range.count)
            {
                return slots[slot]
            }
        }
        slots[slot] = pieces.count
        pieces.append((range, mark))
        return nil
    }
}

/// Reads lines as they are usually written. Behind them are zeros, so that no place has
/// to be compared with the end.
private struct RowReader {
    let text: UnsafeBufferPointer<UInt8>
    var grants: [EntryRows.Grant] = []
    var devices: [EntryRows.Device] = []
    var sources: [[UInt8]] = []
    private var grantPieces = Pieces()
    private var sourcePieces = Pieces()
    /// Those of the last line.
    private var lastGrant = Piece()
    private var lastSource = Piece()
    private var lastDevice = Piece()
    private var lastContext: UInt64 = 0
    /// The digits of a digest; negative if lines with this grant are unusual.
    private var digestLength = -1

    private struct Piece {
        var range = 0..<0
        var number = 0
    }

    init(text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    /// The line that starts there; nil for an unusual one.
    mutating func row(at start: Int) -> EntryRows.Row? {
        guard isAt(start, "context=") else { return nil }
        let (contextEnd, context) = number(at: start + 8)
        guard contextEnd > start + 8, isAt(contextEnd, " dev=") else { return nil }
        guard let deviceEnd = device(at: contextEnd + 5), isAt(deviceEnd, " inode=") else { return nil }
        var row = EntryRows.Row()
        let inodeStart = deviceEnd + 7
        let (inodeEnd, inode) = number(at: inodeStart)
        guard inodeEnd > inodeStart, isAt(inodeEnd, " generation=") else { return nil }
        let generationStart = inodeEnd + 12
        let (generationEnd, _) = number(at: generationStart)
        guard generationEnd > generationStart, isAt(generationEnd, " flags=") else { return nil }
        guard let digestStart = grant(at: generationEnd + 1, context), digestLength >= 0 else { return nil }
        let digestEnd = digestStart + digestLength
        guard digestEnd + 8 < text.count,
            Hex.areLowerDigits(UnsafeBufferPointer(rebasing: text[digestStart..<digestEnd])),
            isAt(digestEnd, " path=")
        else { return nil }
        let pathStart = digestEnd + 6
        let pathEnd = ByteScan.endOfPlainText(text, from: pathStart)
        guard text[pathStart] == ASCII.slash, isAt(pathEnd, " source=") else { return nil }
        guard let sourceEnd = source(at: pathEnd + 8), isAt(sourceEnd, " line=") else { return nil }
        let lineStart = sourceEnd + 6
        let (end, line) = number(at: lineStart)
        guard end > lineStart, line <= UInt64(UInt32.max), text[end] == ASCII.newline else { return nil }
        row.start = place(start)
        row.end = place(end)
        row.pathStart = place(pathStart)
        row.pathLength = place(pathEnd - pathStart)
        row.grant = place(lastGrant.number)
        row.inode = inode
        row.device = place(lastDevice.number)
        row.source = place(lastSource.number)
        row.digestStart = place(digestStart)
        row.lineStart = place(lineStart)
        row.inodeStart = place(inodeStart)
        row.generationStart = place(generationStart)
        row.inodeLength = UInt8(truncatingIfNeeded: inodeEnd - inodeStart)
        row.generationLength = UInt8(truncatingIfNeeded: generationEnd - generationStart)
        return row
    }

    /// The list has less than 4 GiB.
    @inline(__always)
    private func place(_ number: Int) -> UInt32 { UInt32(truncatingIfNeeded: number) }

    /// Whether the word is there. It is compared as one or two numbers.
    @inline(__always)
    private func isAt(_ index: Int, _ word: StaticString) -> Bool {
        guard let start = text.baseAddress else { return false }
        let (there, wanted) = (UnsafeRawPointer(start + index), UnsafeRawPointer(word.utf8Start))
        let count = word.utf8CodeUnitCount
        var offset = 0
        while offset + 8 <= count {
            if load(there, offset, UInt64.self) != load(wanted, offset, UInt64.self) { return false }
            offset += 8
        }
        if offset + 4 <= count {
            if load(there, offset, UInt32.self) != load(wanted, offset, UInt32.self) { return false }
            offset += 4
        }
        while offset < count {
            if load(there, offset, UInt8.self) != load(wanted, offset, UInt8.self) { return false }
            offset += 1
        }
        return true
    }

    @inline(__always)
    private func load<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawPointer, _ offset: Int, _: Number.Type
    ) -> Number {
        bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
    }

    /// A number that is written as it is printed; it ends where it starts if there is no
    /// such number.
    @inline(__always)
    private func number(at start: Int) -> (end: Int, value: UInt64) {
        var index = start
        var value: UInt64 = 0
        while true {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            index += 1
        }
        let isGood = index - start <= Self.mostDigits && (text[start] != UInt8(ascii: "0") || index == start + 1)
        return (isGood ? index : start, value)
    }

    /// Any number of so many digits is one of 64 bits.
    private static let mostDigits = 18

    @inline(__always)
    private func isLast(_ piece: Piece, at start: Int) -> Bool {
        ByteScan.areEqual(text, at: piece.range.lowerBound, text, at: start, count: piece.range.count)
    }

    /// Returns the end of the device that starts there.
    private mutating func device(at start: Int) -> Int? {
        let count = lastDevice.range.count
        if count > 0, isLast(lastDevice, at: start), text[start + count] == ASCII.space { return start + count }
        let (middle, major) = number(at: start)
        guard middle > start, text[middle] == ASCII.colon else { return nil }
        let (end, minor) = number(at: middle + 1)
        guard end > middle + 1, major <= UInt64(UInt32.max), minor <= UInt64(UInt32.max) else { return nil }
        let number = FileIdentity.device(major: major, minor: minor)
        lastDevice.range = start..<end
        if let known = devices.firstIndex(where: { $0.number == number }) {
            lastDevice.number = known
        } else {
            lastDevice.number = devices.count
            devices.append(EntryRows.Device(range: start..<end, number: number))
        }
        return end
    }

    /// Returns the start of the digest behind the grant that starts there.
    private mutating func grant(at start: Int, _ context: UInt64) -> Int? {
        let count = lastGrant.range.count
        if count > 0, context == lastContext, isLast(lastGrant, at: start) { return start + count }
        var end = start
        for _ in 0..<6 {
            guard let space = ByteScan.first(ASCII.space, in: text, from: end) else { return nil }
            end = space + 1
        }
        guard isAt(end - 1, " digest=") else { return nil }
        let range = start..<(end + 7)
        if let known = grantPieces.number(of: range, mark: context, in: text) {
            lastGrant.number = known
        } else {
            lastGrant.number = grants.count
            grants.append(newGrant(start..<(end - 1), context))
        }
        (lastGrant.range, lastContext) = (range, context)
        digestLength = grants[lastGrant.number].algorithm.map { 2 * $0.size } ?? -1
        return range.upperBound
    }

    /// Lines are unusual whose grant cannot be read.
    private func newGrant(_ range: Range<Int>, _ context: UInt64) -> EntryRows.Grant {
        let line = UnsafeBufferPointer(rebasing: text[range])
        guard !line.contains(ASCII.newline),
            var entry = try? EntryReader(text: line, number: 0).entry(line.indices, after: LiveEntry()),
            entry.path == nil, entry.digest.isEmpty, entry.origin == .unknown, entry.fileSize == nil,
            entry.device.isEmpty, entry.inode == 0, entry.generation == 0, entry.context == .own
        else { return EntryRows.Grant(entry: LiveEntry(), algorithm: nil) }
        entry.context = ContextID(UInt32(truncatingIfNeeded: context))
        return EntryRows.Grant(entry: entry, algorithm: DigestAlgorithm(rawValue: entry.algorithm))
    }

    /// Returns the end of the source that starts there.
    private mutating func source(at start: Int) -> Int? {
        let count = lastSource.range.count
        if count > 0, isLast(lastSource, at: start), text[start + count] == ASCII.space { return start + count }
        let end = ByteScan.endOfPlainText(text, from: start)
        guard end > start, text[end] == ASCII.space else { return nil }
        lastSource.range = start..<end
        if let known = sourcePieces.number(of: start..<end, mark: 0, in: text) {
            lastSource.number = known
        } else {
            lastSource.number = sources.count
            sources.append(end == start + 1 && text[start] == ASCII.minus ? [] : Array(text[start..<end]))
        }
        return end
    }
}
