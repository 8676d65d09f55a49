// SPDX-License-Identifier: LGPL-2.1-or-later

import Glibc

/// Files are parsed without the rights of root, although what they say is carried
/// out by root.
enum Unprivileged {
    /// The user and group that own nothing.
    private static let ownerOfNothing: UInt32 = 65534

    /// Runs a body without the rights of root, if this process has them.
    static func run<Result>(_ body: () -> Result) -> Result {
        guard geteuid() == 0 else { return body() }
        // In a user namespace that has no such id, root owns nothing of the host.
        guard setegid(ownerOfNothing) == 0 else {
            precondition(errno == EINVAL, "the rights of root cannot be given up")
            return body()
        }
        let isDropped = seteuid(ownerOfNothing) == 0
        defer {
            // Without its rights the process is of no use, and half of them is
            // worse than none.
            guard seteuid(0) == 0, setegid(0) == 0 else { abort() }
        }
        precondition(isDropped, "the rights of root cannot be given up")
        return body()
    }
}
