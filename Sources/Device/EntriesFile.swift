// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy
import SystemIO

/// One line of /sys/kernel/security/clip/entries: `key=value` words.
package struct LiveEntry: Equatable, Sendable {
    package var context = ContextID.own
    /// `major:minor`
    package var device = ""
    package var inode: UInt64 = 0
    package var generation: UInt64 = 0
    package var flags: EntryFlags = []
    package var effective: CapabilitySet = []
    package var permitted: CapabilitySet = []
    package var inheritable: CapabilitySet = []
    package var privileges: Privileges = []
    /// `CLIP_ALGO_*`
    package var algorithm: UInt16 = 0
    package var digest: [UInt8] = []
    /// nil if the kernel keeps no names.
    package var path: BytePath?
    package var origin = RuleOrigin.unknown

    /// The entry as a rule; nil without a path, or with an algorithm that this
    /// tool does not know, because no rule can express it.
    package var rule: Rule? {
        guard let path, let algorithm = DigestAlgorithm(rawValue: algorithm), digest.count == algorithm.size else {
            return nil
        }
        return Rule(
            path: path, context: context, flags: flags, effective: effective, permitted: permitted,
            inheritable: inheritable, privileges: privileges, algorithm: algorithm, digest: digest, origin: origin)
    }
}

extension LiveEntry {
    /// Whether the file that `path` names now is the file of the entry. False
    /// if it cannot be examined.
    package func isNamed(by path: BytePath) -> Bool {
        guard let identity = try? Files.status(path).identity else { return false }
        return identity.inode == inode && identity.deviceText == device
    }
}

/// A line of the kernel's list that this tool cannot read.
package struct EntriesError: Error, Equatable, CustomStringConvertible {
    package let line: Int
    package let key: String

    package var description: String { "line \(line): \(key.isEmpty ? "not key=value words" : "bad value of \(key)")" }
}

package enum EntriesFile {
    /// All entries, in the kernel's order.
    package static func parse(_ text: [UInt8]) throws(EntriesError) -> [LiveEntry] {
        var entries: [LiveEntry] = []
        for (index, line) in text.split(separator: ASCII.newline).enumerated() {
            entries.append(try entry(line, number: index + 1))
        }
        return entries
    }

    static func entry(_ line: ArraySlice<UInt8>, number: Int) throws(EntriesError) -> LiveEntry {
        var entry = LiveEntry()
        for word in line.split(separator: ASCII.space) {
            guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else {
                throw EntriesError(line: number, key: "")
            }
            let key = String(decoding: word[..<equals], as: UTF8.self)
            let value = word[(equals + 1)...]
            guard setText(key, value, in: &entry) ?? setNumber(key, value, in: &entry) else {
                throw EntriesError(line: number, key: DisplayText.of(key.utf8))
            }
        }
        return entry
    }

    /// Returns true if the word was accepted, false if its value is wrong, nil
    /// if the key is not text.
    private static func setText(_ key: String, _ value: ArraySlice<UInt8>, in entry: inout LiveEntry) -> Bool? {
        switch key {
        case "dev":
            entry.device = DisplayText.of(value)
        case "digest":
            guard let digest = Hex.decode(value) else { return false }
            entry.digest = digest
        case "path":
            guard let bytes = try? OctalEscape.decode(value) else { return false }
            entry.path = value.elementsEqual([ASCII.minus]) ? nil : BytePath(bytes)
        case "source":
            guard let bytes = try? OctalEscape.decode(value) else { return false }
            entry.origin.source = value.elementsEqual([ASCII.minus]) ? [] : bytes
        default:
            return nil
        }
        return true
    }

    private static func setNumber(_ key: String, _ value: ArraySlice<UInt8>, in entry: inout LiveEntry) -> Bool {
        guard known.contains(key) else { return true }
        guard let number = KernelStatus.number(value) else { return false }
        switch key {
        case "context": entry.context = ContextID(UInt32(truncatingIfNeeded: number))
        case "inode": entry.inode = number
        case "generation": entry.generation = number
        case "flags": entry.flags = EntryFlags(rawValue: UInt32(truncatingIfNeeded: number))
        case "effective": entry.effective = CapabilitySet(rawValue: number)
        case "permitted": entry.permitted = CapabilitySet(rawValue: number)
        case "inheritable": entry.inheritable = CapabilitySet(rawValue: number)
        case "privileges": entry.privileges = Privileges(rawValue: number)
        case "algorithm": entry.algorithm = UInt16(truncatingIfNeeded: number)
        default: entry.origin.line = UInt32(truncatingIfNeeded: number)
        }
        return true
    }

    /// Reads keys with a number. Unknown keys, of a newer kernel, are ignored.
    private static let known: Set<String> = [
        "context", "inode", "generation", "flags", "effective", "permitted", "inheritable", "privileges",
        "algorithm", "line",
    ]
}
