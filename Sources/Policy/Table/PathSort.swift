// SPDX-License-Identifier: LGPL-2.1-or-later

/// Puts paths that are in one text into the order of their bytes.
package struct PathSort {
    private let text: [UInt8]
    private var paths: [RuleTable.Row] = []

    /// For `count` paths of a text.
    package init(_ text: [UInt8], count: Int) {
        self.text = text
        paths.reserveCapacity(count)
    }

    package mutating func add(start: UInt32, length: UInt32) {
        paths.append(
            RuleTable.Row(
                start: Int(start), line: 0, grant: 0, pathLength: Int32(truncatingIfNeeded: length), digestLength: 0))
    }

    /// The numbers of the paths in order, and whether some are the same. These stay as
    /// they are.
    package consuming func order() -> (numbers: [UInt32], hasSame: Bool) {
        let count = UInt32(paths.count)
        let order = RuleTable(paths: paths, in: text).canonicalOrder()
        return (order.numbers ?? Array(0..<count), !order.repetitions.isEmpty)
    }
}
