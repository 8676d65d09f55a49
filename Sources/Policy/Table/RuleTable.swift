// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// What rules of one source say besides their subject and their digest.
package struct Grant: Hashable, Sendable {
    package var context: ContextID
    package var flags: EntryFlags
    package var algorithm: DigestAlgorithm
    package var effective: CapabilitySet
    package var permitted: CapabilitySet
    package var inheritable: CapabilitySet
    package var privileges: Privileges
    /// The number of the source in the table.
    package var source: Int32

    init(_ rule: Rule, source: Int32) {
        context = rule.context
        flags = rule.flags
        algorithm = rule.algorithm
        effective = rule.effective
        permitted = rule.permitted
        inheritable = rule.inheritable
        privileges = rule.privileges
        self.source = source
    }

    init(context: ContextID, algorithm: DigestAlgorithm, source: Int32) {
        self.init(
            Rule(.anyFile, context: context, algorithm: algorithm, digest: []), source: source)
    }
}

/// Many rules in little memory: a rule of its own would be three objects.
///
/// The bytes of all paths and digests are in one buffer, and what rules say
/// otherwise is kept once for all of a file that say the same. A rule is made when
/// it is asked for.
package struct RuleTable: Sendable {
    /// One rule. In `text`, a path is followed by a NUL and then by the digest. Behind an
    /// allow digest are the four bytes of a size that is known.
    struct Row {
        /// In `text`.
        var start: Int
        var line: UInt32
        /// The number of what is granted.
        var grant: UInt32
        /// Bytes of the path; -1 for an allow digest, and -2 for one with a size.
        var pathLength: Int32
        var digestLength: UInt32

        var digestStart: Int { pathLength < 0 ? start : start + Int(pathLength) + 1 }
        /// The end of the digest.
        var end: Int { digestStart + Int(digestLength) }
        var hasSize: Bool { pathLength == Self.sizedAllowDigest }

        static let allowDigest: Int32 = -1
        static let sizedAllowDigest: Int32 = -2
    }

    private(set) var rows: [Row] = []
    private(set) var text: [UInt8] = []
    private(set) var grants: [Grant] = []
    package private(set) var sources: [[UInt8]] = []
    private var sourceNumbers: [BytePath: Int32] = [:]
    /// The names beside allow digests, by the number of the row.
    private var names: [Int: BytePath] = [:]
    /// The order of the rules, if it is known.
    var knownOrder: CanonicalOrder?
    /// Called with the large buffers that the rules fill.
    package let advice: MemoryAdvice?

    package init(advice: MemoryAdvice? = nil) {
        self.advice = advice
    }

    /// Rules of which only the path counts, which is in `text` already.
    init(paths: [Row], in text: [UInt8]) {
        advice = nil
        rows = paths
        self.text = text
        grants = [Grant(context: .own, algorithm: .sha256, source: 0)]
    }

    package init(_ rules: some Sequence<Rule>) {
        advice = nil
        for rule in rules { append(rule) }
    }

    // MARK: Adding

    /// Makes room for the rules of a file of `size` bytes.
    package mutating func reserve(fileSize: Int) {
        let size = Swift.min(fileSize, RuleLimits.fileSize)
        // The memory of a page that is never written to costs nothing.
        if rows.isEmpty {
            rows.reserveCapacity(size / Self.shortLine)
            text.reserveCapacity(size)
            text.withUnsafeMutableBufferPointer {
                let used = size / Self.lineForTextByte
                advice?(UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer($0.baseAddress), count: used))
            }
        }
    }

    /// Bytes of a line for one of path and digest, which have fewer digits than the line.
    private static let lineForTextByte = 3

    /// Bytes of a line that is short.
    private static let shortLine = 80

    package mutating func append(_ rule: Rule) {
        knownOrder = nil
        let grant = add(Grant(rule, source: number(of: rule.origin.source)))
        if let name = rule.name { names[rows.count] = name }
        let start = text.count
        switch rule.subject {
        case .anyFile: break
        case .file(let path):
            text += path.bytes
            text.append(0)
        }
        text += rule.digest
        let length = rule.path.map { Int32($0.bytes.count) } ?? appendSize(rule.fileSize)
        rows.append(
            Row(
                start: start, line: rule.origin.line, grant: grant, pathLength: length,
                digestLength: UInt32(rule.digest.count)))
    }

    /// Writes the size behind an allow digest. Returns what stands in the place of the
    /// length of a path.
    private mutating func appendSize(_ size: FileSize?) -> Int32 {
        guard let size else { return Row.allowDigest }
        text.appendLittleEndian(size.bytes)
        return Row.sizedAllowDigest
    }

    /// Gives an allow digest a size.
    mutating func setSize(_ size: FileSize, at index: Int) {
        let row = rows[index]
        let start = text.count
        text += Array(text[row.digestStart..<row.end])
        rows[index].start = start
        rows[index].pathLength = appendSize(size)
    }

    /// The number of a source, which is kept once.
    mutating func number(of source: [UInt8]) -> Int32 {
        if let last = sources.indices.last, sources[last] == source { return Int32(last) }
        let key = BytePath(source)
        if let number = sourceNumbers[key] { return number }
        let number = Int32(sources.count)
        sources.append(source)
        sourceNumbers[key] = number
        return number
    }

    /// The number of a grant; one that is the same as the last is not kept again.
    mutating func add(_ grant: Grant) -> UInt32 {
        if grants.last != grant { grants.append(grant) }
        return UInt32(grants.count - 1)
    }

    /// Adds a rule by its parts. An allow digest has no path.
    mutating func append(
        path: UnsafeBufferPointer<UInt8>?, digest: UnsafeBufferPointer<UInt8>, size: FileSize?, grant: UInt32,
        line: UInt32, name: BytePath? = nil
    ) {
        knownOrder = nil
        let start = text.count
        if let path {
            text.append(contentsOf: path)
            text.append(0)
        }
        text.append(contentsOf: digest)
        if let name { names[rows.count] = name }
        let length = path.map { Int32($0.count) } ?? appendSize(size)
        rows.append(
            Row(
                start: start, line: line, grant: grant, pathLength: length,
                digestLength: UInt32(digest.count)))
    }

    /// Adds the rules of another table, which was made from later lines of the same
    /// source: `lines` is the number of the lines before them.
    mutating func append(_ other: consuming RuleTable, source: Int32, after lines: UInt32) {
        knownOrder = nil
        let (start, row, grant) = (text.count, rows.count, UInt32(grants.count))
        text.append(contentsOf: other.text)
        grants += other.grants.map { grant in
            var copy = grant
            copy.source = source
            return copy
        }
        for (index, name) in other.names { names[row + index] = name }
        rows.reserveCapacity(row + other.rows.count)
        for var added in other.rows {
            added.start += start
            added.line += lines
            added.grant += grant
            rows.append(added)
        }
    }

    /// Removes the rules from number `count` on.
    package mutating func truncate(to count: Int) {
        guard count < rows.count else { return }
        knownOrder = nil
        text.removeSubrange(rows[count].start...)
        rows.removeSubrange(count...)
        if !names.isEmpty { names = names.filter { $0.key < count } }
    }

    /// Removes the rules with these numbers, which ascend.
    mutating func remove(_ numbers: [Int]) {
        knownOrder = nil
        var removed = numbers[...]
        var kept = 0
        var keptNames: [Int: BytePath] = [:]
        for index in rows.indices {
            if removed.first == index {
                removed.removeFirst()
                continue
            }
            if let name = names[index] { keptNames[kept] = name }
            rows[kept] = rows[index]
            kept += 1
        }
        rows.removeSubrange(kept...)
        names = keptNames
    }

    // MARK: Parts of a rule

    package func source(at index: Int) -> [UInt8] { sources[Int(grants[Int(rows[index].grant)].source)] }

    package func isAllowDigest(at index: Int) -> Bool { rows[index].pathLength < 0 }

    /// The size behind an allow digest.
    package func fileSize(at index: Int) -> FileSize? {
        let row = rows[index]
        return row.hasSize ? FileSize(text.loadLittleEndian(at: row.end, as: UInt32.self)) : nil
    }

    /// Bytes that hold the paths and sources of all rules, each with a NUL.
    package var mostStringBytes: Int {
        let digests = rows.withUnsafeBufferPointer { $0.reduce(0) { $0 + Int($1.digestLength) } }
        return text.count - digests + sources.reduce(0) { $0 + $1.count + 1 }
    }
}

extension RuleTable: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { rows.count }

    package subscript(index: Int) -> Rule {
        let row = rows[index]
        let grant = grants[Int(row.grant)]
        let subject: Subject =
            row.pathLength < 0
            ? .anyFile : .file(BytePath(text[row.start..<(row.start + Int(row.pathLength))]))
        var rule = Rule(
            subject, context: grant.context, flags: grant.flags, effective: grant.effective,
            permitted: grant.permitted, inheritable: grant.inheritable, privileges: grant.privileges,
            algorithm: grant.algorithm, digest: Array(text[row.digestStart..<row.end]),
            origin: RuleOrigin(source: sources[Int(grant.source)], line: row.line))
        rule.fileSize = fileSize(at: index)
        rule.name = names[index]
        return rule
    }
}
