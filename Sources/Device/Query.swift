// SPDX-License-Identifier: LGPL-2.1-or-later

import CClip
package import Policy
package import SystemIO

/// The verdict on the execution of a file: the output fields of struct
/// clip_query.
package struct FileVerdict: Equatable, Sendable {
    /// clip_query.state
    package enum State: UInt32, Sendable {
        case unlisted = 0
        case listed = 1
        case verified = 2
        case refused = 3
        /// No entry, but its digest is allowed.
        case allowed = 4
    }

    /// nil for a state that is newer than this tool.
    package var state: State?
    /// The reason for the state, or the reason why nothing would be granted.
    package var reason: Reason = .none
    /// The error of exec; nil if it would succeed.
    package var error: Errno?
    package var flags = EntryFlags(rawValue: 0)
    package var effective = CapabilitySet(rawValue: 0)
    package var permitted = CapabilitySet(rawValue: 0)
    package var inheritable = CapabilitySet(rawValue: 0)
    package var privileges = Privileges(rawValue: 0)
    /// The generation of the store.
    package var generation: UInt64 = 0
    /// `CLIP_ALGO_*`
    package var algorithm: UInt32 = 0
    /// The entry's digest; empty without an entry.
    package var wanted: [UInt8] = []
    /// The file's digest if it was computed now.
    package var found: [UInt8]?
    /// The level of the context.
    package var level = ContextLevel(rawValue: 0)

    /// The effect of a verdict that refuses exec.
    package enum Effect: Sendable {
        case enforced
        /// The refusal is reported but not enforced.
        case reported
        /// The context is not active, so nothing is checked.
        case none
    }

    package var effect: Effect {
        if !level.contains(.active) { return .none }
        // A lack of memory is not a verdict; exec then fails in any context.
        return level.contains(.permissive) && reason != .noMemory ? .reported : .enforced
    }

    package init() {}
}

extension FileVerdict {
    init(_ raw: clip_query) {
        self.init()
        state = State(rawValue: raw.state)
        reason = Reason(raw.reason)
        error = raw.error == 0 ? nil : Errno(Int32(truncatingIfNeeded: raw.error))
        flags = EntryFlags(rawValue: raw.entry_flags)
        effective = CapabilitySet(rawValue: raw.cap_effective)
        permitted = CapabilitySet(rawValue: raw.cap_permitted)
        inheritable = CapabilitySet(rawValue: raw.cap_inheritable)
        privileges = Privileges(rawValue: raw.privileges)
        generation = raw.generation
        algorithm = raw.algorithm
        let size = min(Int(raw.digest_size), Int(CLIP_DIGEST_MAX))
        // All zeros stand for "not known"; no file has such a digest.
        let known = { (bytes: UnsafeRawBufferPointer) in
            bytes.prefix(size).allSatisfy { $0 == 0 } ? nil : Array(bytes.prefix(size))
        }
        wanted = withUnsafeBytes(of: raw.wanted, known) ?? []
        found = withUnsafeBytes(of: raw.found, known)
        level = ContextLevel(rawValue: raw.level)
    }
}
