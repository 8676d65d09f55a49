// SPDX-License-Identifier: LGPL-2.1-or-later

import Glibc

/// The memory of this process.
package enum Memory {
    /// Says that all of a large buffer is going to be used. The kernel then gives it in
    /// large pages if it has them: with small ones, the faults take as long as what is
    /// done with the bytes. It is advice, whose failure changes nothing.
    package static func willBeFilled(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress, buffer.count >= largePage else { return }
        let address = Int(bitPattern: start)
        let first = (address + page - 1) & ~(page - 1)
        _ = madvise(
            UnsafeMutableRawPointer(bitPattern: first), buffer.count - (first - address), MADV_HUGEPAGE)
    }

    private static let page = 4 << 10
    private static let largePage = 2 << 20
}
