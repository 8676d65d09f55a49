// SPDX-License-Identifier: LGPL-2.1-or-later

import CClip
package import SystemIO

/// clip_commit.mode
package enum CommitMode: UInt32, Sendable {
    case add = 1
    case replace = 2
    case remove = 3
}

/// clip_commit.flags
package struct CommitOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let skipMissing = CommitOptions(rawValue: CLIP_COMMIT_SKIP_MISSING)
    package static let skipContexts = CommitOptions(rawValue: CLIP_COMMIT_SKIP_CONTEXTS)
    package static let dryRun = CommitOptions(rawValue: CLIP_COMMIT_DRY_RUN)
    package static let beside = CommitOptions(rawValue: CLIP_COMMIT_BESIDE)
    package static let allContexts = CommitOptions(rawValue: CLIP_COMMIT_ALL_CONTEXTS)
}

/// The result for one entry that was not accepted: struct clip_result.
package struct CommitResult: Equatable, Sendable {
    /// Number of the entry in the image, from 0.
    package var index: Int
    package var error: Errno
    package var reason: Reason
    /// Skipped, as the options of the commit request.
    package var isSkipped: Bool

    package init(index: Int, error: Errno, reason: Reason, isSkipped: Bool) {
        self.index = index
        self.error = error
        self.reason = reason
        self.isSkipped = isSkipped
    }
}

/// The outcome of a transaction: the output fields of struct clip_commit, which
/// the kernel writes whether it accepts or refuses.
package struct CommitOutcome: Equatable, Sendable {
    /// nil if the image has taken effect.
    package var error: Errno?
    package var reason: Reason = .none
    package var generation: UInt64 = 0
    /// The offset in the image of its first structural fault.
    package var errorOffset: UInt64 = 0
    package var added = 0
    package var removed = 0
    package var unchanged = 0
    package var skipped = 0
    /// Entries refused or skipped; may be fewer than `resultsCount`.
    package var results: [CommitResult] = []
    package var resultsCount = 0

    package init() {}
}
