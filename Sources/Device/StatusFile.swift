// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// /sys/kernel/security/clip/status: `key value` lines. Keys that this tool
/// does not know are left out, so that a newer kernel can say more.
package struct KernelStatus: Equatable, Sendable {
    package var info = KernelInfo()
    package var verified: UInt64 = 0
    package var cached: UInt64 = 0
    package var hashedBytes: UInt64 = 0
    package var granted: UInt64 = 0
    /// Listed files that ran without what their entry grants.
    package var ungranted: UInt64 = 0
    package var refused: UInt64 = 0
    /// Messages that the kernel left out of its log because there were many.
    package var unlogged: UInt64 = 0
    /// Events sent to listeners; nil if this kernel has none.
    package var events: UInt64?
    /// Events that were too many to be sent.
    package var eventsDropped: UInt64?
    /// By name of the reason, in the kernel's order.
    package var refusedByReason: [Count] = []
    /// Entries by context, in the kernel's order.
    package var contexts: [ContextCount] = []

    package struct Count: Equatable, Sendable {
        package var name: String
        package var count: UInt64
    }

    package struct ContextCount: Equatable, Sendable {
        package var context: UInt32
        package var entries: UInt64
    }

    /// nil if the text does not say which interface the kernel has.
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
        case "unlogged": unlogged = value
        case "events": events = value
        case "events_dropped": eventsDropped = value
        default: setNamed(key, value)
        }
    }

    /// `refused.NAME` and `context.XID.entries`.
    private mutating func setNamed(_ key: String, _ value: UInt64) {
        let parts = key.utf8.split(separator: UInt8(ascii: ".")).map { String($0) ?? "" }
        if parts.count == 2, parts[0] == "refused" {
            refusedByReason.append(Count(name: parts[1], count: value))
        } else if parts.count == 3, parts[0] == "context", parts[2] == "entries", let context = UInt32(parts[1]) {
            contexts.append(ContextCount(context: context, entries: value))
        }
    }

    /// Decimal, or hexadecimal after `0x`.
    static func number(_ text: ArraySlice<UInt8>) -> UInt64? {
        let word = String(decoding: text, as: UTF8.self)
        return word.hasPrefix("0x") ? UInt64(word.dropFirst(2), radix: 16) : UInt64(word)
    }
}

extension KernelInfo {
    /// Takes over one line of the status file; false if the key is another's.
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
        case "capabilities": capabilities = CapabilitySet(rawValue: value)
        case "generation": generation = value
        case "entries": entries = value
        case "entry_bytes": entryBytes = value
        case "table_bytes": tableBytes = value
        case "name_bytes": nameBytes = value
        default: return false
        }
        return true
    }
}
