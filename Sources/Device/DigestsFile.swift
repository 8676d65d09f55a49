// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// One line of /sys/kernel/security/clip/digests: an allow digest in force.
package struct LiveDigest: Hashable, Sendable {
    package var context: ContextID
    /// `CLIP_ALGO_*`
    package var algorithm: UInt16
    package var digest: [UInt8]
    /// The size of the files that have it, if it was loaded.
    package var size: FileSize?

    /// The allow digest as a rule; nil if this tool does not know its
    /// algorithm.
    package var rule: Rule? {
        guard let algorithm = DigestAlgorithm(rawValue: algorithm), digest.count == algorithm.size else { return nil }
        return .allow(algorithm, digest, size: size, context: context)
    }
}

package enum DigestsFile {
    /// All allow digests, each once, by context, algorithm and digest; the
    /// kernel lists them in no order, and may list one twice while its table
    /// grows.
    package static func parse(_ text: [UInt8]) throws(EntriesError) -> [LiveDigest] {
        // The words are those of the list of entries.
        let digests = Set(
            try EntriesFile.parse(text).map { entry in
                LiveDigest(
                    context: entry.context, algorithm: entry.algorithm, digest: entry.digest, size: entry.fileSize)
            })
        return digests.sorted { left, right in
            (left.context.number, left.algorithm) == (right.context.number, right.algorithm)
                ? left.digest.lexicographicallyPrecedes(right.digest)
                : (left.context.number, left.algorithm) < (right.context.number, right.algorithm)
        }
    }
}
