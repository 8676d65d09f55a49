// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// Reads a file of rules piece by piece into a table, so that the file need not be in
/// memory.
package struct RuleReader {
    private let source: [UInt8]
    private let sourceNumber: Int32
    private let purpose: Purpose
    private var plain: PlainLines
    private var number: UInt32 = 0
    /// The beginning of a line whose end has not been read yet.
    private var pending: [UInt8] = []
    private var isAtStart: Bool
    /// Set for a file of 16-bit characters, which has no line that can be read.
    private var isUnreadable = false
    package private(set) var diagnostics: [Diagnostic] = []

    /// `source` is the name of the file, for messages and for the origin of rules.
    package init(source: [UInt8], for purpose: Purpose, into table: inout RuleTable) {
        self.init(source: source, for: purpose, isAtStart: true, into: &table)
    }

    fileprivate init(source: [UInt8], for purpose: Purpose, isAtStart: Bool, into table: inout RuleTable) {
        self.source = source
        self.purpose = purpose
        self.isAtStart = isAtStart
        sourceNumber = table.number(of: source)
        plain = PlainLines(source: sourceNumber)
    }

    /// Reads the next bytes of the file. Lines end with LF or CRLF. A line with an
    /// error gives no rule, and reading continues.
    package mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, into table: inout RuleTable) {
        guard isAtStart else { return readLines(bytes, into: &table) }
        // The mark has three bytes.
        if pending.isEmpty, bytes.count >= 3 { return begin(bytes, into: &table) }
        pending.append(contentsOf: bytes)
        if pending.count >= 3 { beginPending(into: &table) }
    }

    /// Reads the last line, which need not be terminated.
    package mutating func finish(into table: inout RuleTable) {
        if isAtStart { beginPending(into: &table) }
        if !pending.isEmpty { readPending(into: &table, isEnd: true) }
    }

    /// A reader of later lines of the same file, which need not be known for it. It
    /// has a table of its own.
    package func part(advice: MemoryAdvice? = nil) -> RulePart { RulePart(source: source, for: purpose, advice) }

    /// Adds what was read of the lines behind those that this reader has finished.
    package mutating func append(_ part: consuming RulePart, into table: inout RuleTable) {
        if isUnreadable { return }
        for var diagnostic in part.reader.diagnostics {
            diagnostic.line += Int(number)
            diagnostics.append(diagnostic)
        }
        let lines = part.reader.number
        table.append(part.table, source: sourceNumber, after: number)
        number += lines
    }

    private mutating func beginPending(into table: inout RuleTable) {
        let first = pending
        pending = []
        first.withUnsafeBufferPointer { begin($0, into: &table) }
    }

    private mutating func begin(_ bytes: UnsafeBufferPointer<UInt8>, into table: inout RuleTable) {
        isAtStart = false
        guard let mark = Self.byteOrderMark(bytes) else { return readLines(bytes, into: &table) }
        diagnostics.append(
            Diagnostic(
                .error, .byteOrderMark, source: source, line: 1, column: 1,
                message: "the file begins with a byte order mark (\(mark.name))", hint: "save it as plain UTF-8"))
        isUnreadable = mark.name != "UTF-8"
        readLines(UnsafeBufferPointer(rebasing: bytes[mark.size...]), into: &table)
    }

    /// The mark that some editors write at the beginning of a file.
    private static func byteOrderMark(_ text: UnsafeBufferPointer<UInt8>) -> (name: String, size: Int)? {
        if text.starts(with: [0xef, 0xbb, 0xbf]) { return ("UTF-8", 3) }
        return text.starts(with: [0xff, 0xfe]) || text.starts(with: [0xfe, 0xff]) ? ("UTF-16", 2) : nil
    }

    // MARK: Lines

    private mutating func readLines(_ bytes: UnsafeBufferPointer<UInt8>, into table: inout RuleTable) {
        if isUnreadable { return }
        var start = 0
        if !pending.isEmpty {
            guard let newline = ByteScan.first(ASCII.newline, in: bytes, from: 0) else {
                return pending.append(contentsOf: bytes)
            }
            pending.append(contentsOf: bytes[...newline])
            readPending(into: &table, isEnd: false)
            start = newline + 1
        }
        while start < bytes.count, let next = readLine(bytes, at: start, isEnd: false, into: &table) { start = next }
        pending.append(contentsOf: bytes[start...])
    }

    /// Reads the pending bytes, which are one line.
    private mutating func readPending(into table: inout RuleTable, isEnd: Bool) {
        let line = pending
        pending.removeAll(keepingCapacity: true)
        line.withUnsafeBufferPointer { _ = readLine($0, at: 0, isEnd: isEnd, into: &table) }
    }

    /// Reads the line at `start`, and returns the index behind it; nil if its end is
    /// not there and more bytes may follow.
    private mutating func readLine(
        _ bytes: UnsafeBufferPointer<UInt8>, at start: Int, isEnd: Bool, into table: inout RuleTable
    ) -> Int? {
        // A tolerant reader skips words, which is said for each line.
        if !purpose.isTolerant,
            let next = plain.read(bytes, at: start, isEnd: isEnd, line: number + 1, into: &table)
        {
            number += 1
            return next
        }
        let newline = ByteScan.first(ASCII.newline, in: bytes, from: start)
        guard isEnd || newline != nil else { return nil }
        number += 1
        var line = bytes[start..<(newline ?? bytes.count)]
        if line.last == ASCII.carriageReturn { line.removeLast() }
        var parser = LineParser(
            text: Array(line)[...], origin: RuleOrigin(source: source, line: number), purpose: purpose)
        if let rule = parser.parse() { table.append(rule) }
        diagnostics += parser.diagnostics
        return newline.map { $0 + 1 } ?? bytes.count
    }
}

/// Lines of a file that are read without those before them, by another thread say.
/// Their numbers begin with 1 until they are appended to the others.
package struct RulePart: Sendable {
    fileprivate var reader: RuleReader
    fileprivate var table: RuleTable

    fileprivate init(source: [UInt8], for purpose: Purpose, _ advice: MemoryAdvice?) {
        table = RuleTable(advice: advice)
        reader = RuleReader(source: source, for: purpose, isAtStart: false, into: &table)
    }

    /// Makes room for the rules of so many bytes.
    package mutating func reserve(size: Int) { table.reserve(fileSize: size) }

    /// See `RuleReader`.
    package mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) { reader.read(bytes, into: &table) }

    package mutating func finish() { reader.finish(into: &table) }
}
