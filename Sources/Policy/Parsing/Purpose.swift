// SPDX-License-Identifier: LGPL-2.1-or-later

/// The use of rules that are read, which decides what is an error.
package enum Purpose: Sendable {
    /// Every field of a rule counts.
    case load
    /// Only context and path count, or the digest of an allow digest (spec
    /// 1.5): unknown words are skipped with a warning, and the fingerprint of a
    /// file may be any word.
    case unload
    /// As `unload`, but the fingerprint counts: it says which of the two entries
    /// of a file is removed.
    case unloadOne

    /// Whether unknown words are skipped.
    var isTolerant: Bool { self != .load }

    /// Whether the fingerprint of a file is read.
    var readsFingerprint: Bool { self != .unload }

    /// Whether two rules for one file must say the same.
    package var comparesRules: Bool { self != .unload }
}
