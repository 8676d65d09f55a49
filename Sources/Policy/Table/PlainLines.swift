// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Reads lines in their usual form: nine fields with single blanks between them,
/// without escapes, and without a comment that is not the name beside an allow digest.
///
/// In a large file nearly all lines differ in path and digest, and few of them in
/// fields 2 to 8. These are looked up as one piece of text. Every other line, and so
/// every line with an error or a warning, goes to `LineParser`.
struct PlainLines {
    /// Fields 2 to 8 with the blanks around them, which have been read.
    private struct Known {
        let start: Int
        let length: Int
        let isAllow: Bool
        let grant: UInt32
        let digestSize: Int
    }

    private let source: Int32
    private var text: [UInt8] = []
    private var known: [Known] = []
    /// The number of a known text by its hash; -1 if there is none.
    private var slots = [Int32](repeating: -1, count: 1 << 10)
    private var last = -1
    /// With more different texts than this, a file is not worth a longer search.
    private static let most = 1 << 16
    /// Places to look at for one text.
    private static let probes = 8

    init(source: Int32) {
        self.source = source
    }

    /// Adds the rule of the line at `start`, and returns the index behind the line;
    /// nil if the line has another form, or if its end is not in `bytes` and more
    /// bytes may follow them.
    mutating func read(
        _ bytes: UnsafeBufferPointer<UInt8>, at start: Int, isEnd: Bool, line: UInt32, into table: inout RuleTable
    ) -> Int? {
        guard start < bytes.count else { return nil }
        let isAllow = bytes[start] == UInt8(ascii: "*")
        guard isAllow || bytes[start] == ASCII.slash else { return nil }
        let middle = isAllow ? start + 1 : ByteScan.endOfPlainPath(bytes, from: start)
        guard middle < bytes.count, bytes[middle] == ASCII.space,
            let fields = find(bytes, at: middle, isAllow: isAllow, &table)
        else { return nil }
        let digits = middle + fields.length
        let end = digits + 2 * fields.digestSize
        guard end <= bytes.count, let (size, sizeEnd) = Self.size(bytes, at: end, isAllow: isAllow),
            let rest = rest(bytes, from: sizeEnd, isAllow: isAllow, isEnd: isEnd),
            rest.end - start <= RuleLimits.oldLineLength
        else { return nil }
        let isGood = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: fields.digestSize) { digest in
            guard Hex.decode(UnsafeBufferPointer(rebasing: bytes[digits..<end]), into: digest) else { return false }
            table.append(
                path: isAllow ? nil : UnsafeBufferPointer(rebasing: bytes[start..<middle]),
                digest: UnsafeBufferPointer(digest), size: size, grant: fields.grant, line: line, name: rest.name)
            return true
        }
        return isGood ? rest.next : nil
    }

    // MARK: Behind the digest

    /// The size behind an allow digest, if there is one, and the place behind it; nil if
    /// there is something else.
    private static func size(
        _ bytes: UnsafeBufferPointer<UInt8>, at start: Int, isAllow: Bool
    ) -> (size: FileSize?, end: Int)? {
        guard isAllow, start < bytes.count, bytes[start] == FileSize.mark else { return (nil, start) }
        var end = start + 1
        while end < bytes.count, ASCII.isDigit(bytes[end]) { end += 1 }
        return FileSize(digits: UnsafeBufferPointer(rebasing: bytes[(start + 1)..<end])).map { ($0, end) }
    }

    private struct Rest {
        /// The end of the line, and the start of the next one.
        let end: Int
        let next: Int
        var name: BytePath?
    }

    private func rest(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isAllow: Bool, isEnd: Bool) -> Rest? {
        if start < bytes.count, bytes[start] == ASCII.newline { return Rest(end: start, next: start + 1) }
        if start == bytes.count { return isEnd ? Rest(end: start, next: start) : nil }
        if bytes[start] == ASCII.carriageReturn {
            if start + 1 < bytes.count {
                return bytes[start + 1] == ASCII.newline ? Rest(end: start, next: start + 2) : nil
            }
            return isEnd ? Rest(end: start, next: start + 1) : nil
        }
        guard isAllow, bytes[start] == ASCII.space, start + 1 < bytes.count, bytes[start + 1] == ASCII.hash else {
            return nil
        }
        let newline = ByteScan.first(ASCII.newline, in: bytes, from: start)
        guard isEnd || newline != nil else { return nil }
        var end = newline ?? bytes.count
        let next = newline.map { $0 + 1 } ?? bytes.count
        if bytes[end - 1] == ASCII.carriageReturn { end -= 1 }
        let comment = Array(bytes[(start + 1)..<end])
        guard !comment.contains(0) else { return nil }
        return Rest(end: end, next: next, name: LineParser.name(inComment: comment[...]))
    }

    // MARK: Fields 2 to 8

    private mutating func find(
        _ bytes: UnsafeBufferPointer<UInt8>, at start: Int, isAllow: Bool, _ table: inout RuleTable
    ) -> Known? {
        // The next line of a file often says the same.
        if last >= 0 {
            let fields = known[last]
            if fields.isAllow == isAllow, isSame(fields, bytes, at: start) { return fields }
        }
        guard let end = Self.end(bytes, from: start) else { return nil }
        let hash = ByteScan.hash(bytes, start..<end) &+ (isAllow ? 1 : 0)
        var place = 0
        for probe in 0..<Self.probes {
            place = Int(truncatingIfNeeded: hash &+ UInt64(probe)) & (slots.count - 1)
            let number = Int(slots[place])
            if number < 0 { break }
            let fields = known[number]
            if fields.isAllow == isAllow, fields.length == end - start, isSame(fields, bytes, at: start) {
                last = number
                return fields
            }
        }
        guard
            let grant = PlainFields.grant(
                UnsafeBufferPointer(rebasing: bytes[start..<end]), isAllow: isAllow, source: source)
        else { return nil }
        return keep(bytes, start..<end, isAllow: isAllow, grant, at: place, &table)
    }

    private func isSame(_ fields: Known, _ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        text.withUnsafeBufferPointer {
            ByteScan.areEqual(bytes, at: start, $0, at: fields.start, count: fields.length)
        }
    }

    private mutating func keep(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, isAllow: Bool, _ grant: Grant, at place: Int,
        _ table: inout RuleTable
    ) -> Known {
        let fields = Known(
            start: text.count, length: range.count, isAllow: isAllow, grant: table.add(grant),
            digestSize: grant.algorithm.size)
        guard known.count < Self.most else { return fields }
        text.append(contentsOf: bytes[range])
        last = known.count
        slots[place] = Int32(last)
        known.append(fields)
        if known.count * 2 > slots.count { grow() }
        return fields
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 4)
        text.withUnsafeBufferPointer { text in
            for (number, fields) in known.enumerated() {
                let hash =
                    ByteScan.hash(text, fields.start..<(fields.start + fields.length)) &+ (fields.isAllow ? 1 : 0)
                for probe in 0..<Self.probes {
                    let place = Int(truncatingIfNeeded: hash &+ UInt64(probe)) & (slots.count - 1)
                    if slots[place] >= 0 { continue }
                    slots[place] = Int32(number)
                    break
                }
            }
        }
    }

    /// The index behind the eighth blank; nil if something else than seven fields
    /// with single blanks is between.
    private static func end(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var blanks = 0
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte > ASCII.hash { continue }
            guard byte == ASCII.space else {
                if byte > ASCII.space, byte != ASCII.hash { continue }
                return nil
            }
            blanks += 1
            if blanks == RuleLimits.fieldCount - 1 { return index }
        }
        return nil
    }
}
