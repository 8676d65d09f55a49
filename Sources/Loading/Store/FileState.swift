// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO

/// What is compared to see whether a file is the one that it was: its inode, its size, and
/// the times when its content and its inode were changed last. The latter cannot be set.
struct FileState: Equatable, Sendable {
    /// The numbers, with slashes between them.
    let text: [UInt8]

    init(_ status: FileStatus) {
        text = Array("\(status.identity.inode)/\(status.size)/\(status.modified)/\(status.changed)".utf8)
    }

    /// A state that was written before.
    init(_ text: ArraySlice<UInt8>) {
        self.text = Array(text)
    }

    /// Waits until a change has another time than this one: the clock of a file system
    /// is coarse. Returns false if there was no need to wait.
    @discardableResult
    static func wait(after time: FileTime) -> Bool {
        let age = FileTime.now.milliseconds(since: time)
        guard 0..<coarseness ~= age else { return false }
        Process.sleep(milliseconds: UInt32(coarseness - age))
        return true
    }

    /// Milliseconds.
    private static let coarseness = 20
}
