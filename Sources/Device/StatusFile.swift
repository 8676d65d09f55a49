// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// /sys/kernel/security/clip/status: `key value` lines. Unknown keys are
/// ignored, so that a newer kernel can report more.
package struct KernelStatus: Equatable, Sendable {
    package var info = KernelInfo()
    package var verified: UInt64 = 0
    package var cached: UInt64 = 0
    package var hashedBytes: UInt64 = 0
    package var granted: UInt64 = 0
    /// Listed files that ran without what their entry grants.
    package var ungranted: UInt64 = 0
    package var refused: UInt64 = 0
    /// Refusals that were reported but not enforced, in permissive contexts.
    package var permitted: UInt64 = 0
    /// Messages without a line in the kernel's log.
    package var unlogged: UInt64 = 0
    /// Events sent to listeners; nil if this kernel has none.
    package var events: UInt64?
    /// Events that were dropped because there were too many.
    package var eventsDropped: UInt64?
    /// By name of the reason, in the kernel's order.
    package var refusedByReason: [Count] = []
    /// In the kernel's order.
    package var contexts: [ContextStatus] = []

    package struct Count: Equatable, Sendable {
        package var name: String
        package var count: UInt64
    }

    /// The status of a context; a kernel without levels reports only the number
    /// of its entries.
    package struct ContextStatus: Equatable, Sendable {
        package var context: UInt32
        package var entries: UInt64 = 0
        package var digests: UInt64?
        package var level: ContextLevel?
        package var capabilities: CapabilitySet?
        package var privileges: Privileges?
        package var serial: UInt64?

        init(_ context: UInt32) {
            self.context = context
        }

        /// Returns false if the word is unknown to this tool.
        fileprivate mutating func set(_ word: String, _ value: UInt64) -> Bool {
            switch word {
            case "entries": entries = value
            case "digests": digests = value
            case "level": level = ContextLevel(rawValue: UInt32(truncatingIfNeeded: value))
            case "cap_bound": capabilities = CapabilitySet(rawValue: value)
            case "priv_bound": privileges = Privileges(rawValue: value)
            case "serial": serial = value
            default: return false
            }
            return true
        }
    }

    /// Returns nil if the text does not contain the version of the interface.
    package init?(_ text: [UInt8]) {
        var hasVersion = false
        for line in text.split(separator: ASCII.newline) {
            let words = line.split(maxSplits: 1, whereSeparator: ASCII.isBlank)
            guard words.count == 2, let value = Self.number(words[1]) else { continue }
            let key = String(decoding: words[0], as: UTF8.self)
            hasVersion = hasVersion || key == "abi_version"
            if !info.set(key, value) { set(key, value) }
        }
        guard hasVersion else { return nil }
    }

    private mutating func set(_ key: String, _ value: UInt64) {
        switch key {
        case "verified": verified = value
        case "cached": cached = value
        case "hashed_bytes": hashedBytes = value
        case "granted": granted = value
        case "ungranted": ungranted = value
        case "refused": refused = value
        case "permitted": permitted = value
        case "unlogged": unlogged = value
        case "events": events = value
        case "events_dropped": eventsDropped = value
        default: setNamed(key, value)
        }
    }

    /// `refused.NAME` and `context.XID.WORD`.
    private mutating func setNamed(_ key: String, _ value: UInt64) {
        let parts = key.utf8.split(separator: UInt8(ascii: ".")).map { String($0) ?? "" }
        if parts.count == 2, parts[0] == "refused" {
            refusedByReason.append(Count(name: parts[1], count: value))
        } else if parts.count == 3, parts[0] == "context", let context = UInt32(parts[1]) {
            setContext(context, parts[2], value)
        }
    }

    /// The lines of a context are adjacent, but nothing depends on it.
    private mutating func setContext(_ context: UInt32, _ word: String, _ value: UInt64) {
        let place = contexts.lastIndex { $0.context == context }
        var status = place.map { contexts[$0] } ?? ContextStatus(context)
        guard status.set(word, value) else { return }
        if let place { contexts[place] = status } else { contexts.append(status) }
    }

    /// Decimal, or hexadecimal after `0x`.
    static func number(_ text: ArraySlice<UInt8>) -> UInt64? {
        let word = String(decoding: text, as: UTF8.self)
        return word.hasPrefix("0x") ? UInt64(word.dropFirst(2), radix: 16) : UInt64(word)
    }
}

extension KernelInfo {
    /// Reads one line of the status file; returns false if the key does not
    /// belong to this part.
    mutating func set(_ key: String, _ value: UInt64) -> Bool {
        switch key {
        case "abi_version": abiVersion = UInt32(truncatingIfNeeded: value)
        case "image_version": imageVersion = UInt32(truncatingIfNeeded: value)
        case "features": features = value
        case "algorithms": algorithms = value
        case "flags_known": flagsKnown = EntryFlags(rawValue: UInt32(truncatingIfNeeded: value))
        case "flags_enforced": flagsEnforced = EntryFlags(rawValue: UInt32(truncatingIfNeeded: value))
        case "privileges_known": privilegesKnown = Privileges(rawValue: value)
        case "privileges_enforced": privilegesEnforced = Privileges(rawValue: value)
        case "privileges_required": privilegesRequired = Privileges(rawValue: value)
        case "capabilities": capabilities = CapabilitySet(rawValue: value)
        case "generation": generation = value
        case "entries": entries = value
        case "entry_bytes": entryBytes = value
        case "table_bytes": tableBytes = value
        case "name_bytes": nameBytes = value
        default: return setContextKey(key, value)
        }
        return true
    }

    private mutating func setContextKey(_ key: String, _ value: UInt64) -> Bool {
        switch key {
        case "levels_enforced": levelsEnforced = ContextLevel(rawValue: UInt32(truncatingIfNeeded: value))
        case "contexts": contexts = UInt32(truncatingIfNeeded: value)
        case "digests": digests = value
        case "digest_bytes": digestBytes = value
        case "update_context":
            updateContext = value == 0 ? nil : ContextID(UInt32(truncatingIfNeeded: value))
        default: return false
        }
        return true
    }
}
