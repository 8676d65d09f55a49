// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// The rules of a table where they are, for what looks at each of many. It is valid only
/// inside of the call that made it.
package struct RuleView {
    let rows: UnsafeBufferPointer<RuleTable.Row>
    let text: UnsafeBufferPointer<UInt8>
    private let grants: UnsafeBufferPointer<Grant>

    fileprivate init(
        _ rows: UnsafeBufferPointer<RuleTable.Row>, _ text: UnsafeBufferPointer<UInt8>,
        _ grants: UnsafeBufferPointer<Grant>
    ) {
        (self.rows, self.text, self.grants) = (rows, text, grants)
    }

    package func grant(at number: Int) -> Grant { grants[Int(rows[number].grant)] }

    /// The number of what a rule grants; rules with the same number grant the same.
    package func grantNumber(at number: Int) -> Int { Int(rows[number].grant) }

    package func grant(ofNumber number: Int) -> Grant { grants[number] }

    package var grantCount: Int { grants.count }

    package var count: Int { rows.count }

    package func isAllowDigest(at number: Int) -> Bool { rows[number].pathLength < 0 }

    package func line(at number: Int) -> UInt32 { rows[number].line }

    /// The path of a rule, behind which is a NUL; nil for an allow digest.
    package func path(at number: Int) -> UnsafeBufferPointer<UInt8>? {
        let row = rows[number]
        guard row.pathLength >= 0 else { return nil }
        return UnsafeBufferPointer(rebasing: text[row.start..<(row.start + Int(row.pathLength))])
    }

    package func digest(at number: Int) -> UnsafeBufferPointer<UInt8> {
        let row = rows[number]
        return UnsafeBufferPointer(rebasing: text[row.digestStart..<row.end])
    }

    /// The size behind an allow digest, or the number for an unknown one.
    package func fileSize(at number: Int) -> UInt32 {
        let row = rows[number]
        guard row.hasSize else { return FileSize.unknown }
        return UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: row.end, as: UInt32.self).littleEndian
    }

    /// Whether two rules have a path, and the same one.
    package func haveSamePath(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (rows[left], rows[right])
        guard left.pathLength == right.pathLength, left.pathLength >= 0 else { return false }
        // Neighbours differ rather at their ends.
        return left.pathLength == 0
            || text[left.digestStart - 2] == text[right.digestStart - 2]
                && ByteScan.areEqual(text, at: left.start, text, at: right.start, count: Int(left.pathLength))
    }
}

extension RuleTable {
    package func withView<Result>(_ body: (RuleView) throws -> Result) rethrows -> Result {
        try rows.withUnsafeBufferPointer { rows in
            try text.withUnsafeBufferPointer { text in
                try grants.withUnsafeBufferPointer { try body(RuleView(rows, text, $0)) }
            }
        }
    }
}
