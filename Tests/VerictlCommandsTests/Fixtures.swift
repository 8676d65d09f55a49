// SPDX-License-Identifier: LGPL-2.1-or-later

import Device
import SystemIO

let digest = String(repeating: "ab", count: 32)

/// A rule line with the digest above.
func line(
    _ path: String, _ context: String = "-1", flags: String = "e", capabilities: String = "- - -",
    privileges: String = "c"
) -> String {
    "\(path) \(context) \(flags) \(capabilities) \(privileges) sha256 \(digest)"
}

/// An outcome in which the kernel refuses with these results.
func refusal(_ error: Errno, _ results: CommitResult...) -> CommitOutcome {
    var outcome = CommitOutcome()
    outcome.error = error
    outcome.reason = results.first { !$0.isSkipped }?.reason ?? .badImage
    outcome.results = results
    outcome.resultsCount = results.count
    outcome.generation = 4
    return outcome
}
