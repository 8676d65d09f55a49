// SPDX-License-Identifier: LGPL-2.1-or-later

import CSystem

/// The securebits that interpreters obey, and those of capabilities(7), which
/// are only passed on.
package struct Securebits: OptionSet, Sendable {
    package let rawValue: UInt

    package init(rawValue: UInt) {
        self.rawValue = rawValue
    }

    /// A file is only interpreted if the kernel allows it.
    package static let restrictFile = Securebits(rawValue: 0x100)
    package static let restrictFileLocked = Securebits(rawValue: 0x200)
    /// Commands are only taken from such a file.
    package static let denyInteractive = Securebits(rawValue: 0x400)
    package static let denyInteractiveLocked = Securebits(rawValue: 0x800)

    /// The locks of the bits for interpreters in this set.
    package var locks: Securebits {
        Securebits(rawValue: intersection([.restrictFile, .denyInteractive]).rawValue << 1)
    }

    /// The bits of this thread.
    package static func current() throws(Errno) -> Securebits {
        Securebits(rawValue: UInt(try sys { csystem_securebits() }))
    }

    /// Sets the bits of this thread, for the program that it becomes.
    package func apply() throws(Errno) {
        try sys { csystem_set_securebits(rawValue) }
    }

    /// Whether the kernel answers interpreters that ask by execveat(2).
    package static var checkIsAnswered: Bool { csystem_answers_execve_check() != 0 }

    /// Whether the kernel answers those that ask by openat2(2).
    package static var openIsAnswered: Bool { csystem_answers_mayexec() != 0 }
}
