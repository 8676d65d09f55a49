// SPDX-License-Identifier: LGPL-2.1-or-later

import Glibc

/// How a file is opened; see open(2). O_CLOEXEC is always added.
struct OpenFlags: OptionSet {
    let rawValue: Int32

    /// O_RDONLY has no bit.
    static let readOnly: OpenFlags = []
    static let writeOnly = OpenFlags(rawValue: O_WRONLY)
    static let readWrite = OpenFlags(rawValue: O_RDWR)
    static let create = OpenFlags(rawValue: O_CREAT)
    static let append = OpenFlags(rawValue: O_APPEND)
    static let exclusive = OpenFlags(rawValue: O_EXCL)
    static let noFollow = OpenFlags(rawValue: O_NOFOLLOW)
    static let directory = OpenFlags(rawValue: O_DIRECTORY)
    static let nonBlocking = OpenFlags(rawValue: O_NONBLOCK)
    static let noControllingTerminal = OpenFlags(rawValue: O_NOCTTY)
}
