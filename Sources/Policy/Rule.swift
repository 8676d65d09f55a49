// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// Number of a context (XID).
package struct ContextID: Hashable, Comparable, Sendable {
    package let number: UInt32

    package init(_ number: UInt32) {
        self.number = number
    }

    /// The context of the process that loads the rule: `-1` in a rule file,
    /// `CLIP_CONTEXT_OWN` in linux/clip.h.
    package static let own = ContextID(UInt32.max)

    /// As in field 2 of a rule.
    package var text: String {
        self == .own ? "-1" : String(number)
    }

    package static func < (left: ContextID, right: ContextID) -> Bool {
        left.number < right.number
    }
}

/// Where a rule was read.
package struct RuleOrigin: Hashable, Sendable {
    /// Name of the rule file, or a word in angle brackets; empty if unknown.
    package var source: [UInt8]
    /// From 1; 0 if unknown.
    package var line: UInt32

    package init(source: [UInt8], line: UInt32) {
        self.source = source
        self.line = line
    }

    package static let unknown = RuleOrigin(source: [], line: 0)

    /// `file:line`, for display.
    package var text: String {
        "\(DisplayText.of(source)):\(line)"
    }
}

/// One entry: a file, the digest that it must have, and what it may then do. Or
/// an allow digest: any file that has it may run, and is given nothing.
package struct Rule: Hashable, Sendable {
    /// `anyFile` for an allow digest.
    package var path: BytePath
    package var context: ContextID
    package var flags: EntryFlags
    package var effective: CapabilitySet
    package var permitted: CapabilitySet
    package var inheritable: CapabilitySet
    package var privileges: Privileges
    package var algorithm: DigestAlgorithm
    /// `algorithm.size` bytes.
    package var digest: [UInt8]
    package var origin: RuleOrigin

    package init(
        path: BytePath, context: ContextID = .own, flags: EntryFlags = [], effective: CapabilitySet = [],
        permitted: CapabilitySet = [], inheritable: CapabilitySet = [], privileges: Privileges = [],
        algorithm: DigestAlgorithm = .sha256, digest: [UInt8], origin: RuleOrigin = .unknown
    ) {
        self.path = path
        self.context = context
        self.flags = flags
        self.effective = effective
        self.permitted = permitted
        self.inheritable = inheritable
        self.privileges = privileges
        self.algorithm = algorithm
        self.digest = digest
        self.origin = origin
    }

    /// As in field 1 of an allow digest; every other path is absolute.
    package static let anyFile: BytePath = "*"

    /// The rule that lets every file with this digest run.
    package static func allow(
        _ algorithm: DigestAlgorithm, _ digest: [UInt8], context: ContextID = .own, origin: RuleOrigin = .unknown
    ) -> Rule {
        Rule(path: anyFile, context: context, algorithm: algorithm, digest: digest, origin: origin)
    }

    package var isAllowDigest: Bool { path == Self.anyFile }

    /// What makes an entry unique in the store.
    package var key: RuleKey {
        isAllowDigest
            ? RuleKey(path: path, context: context, digest: [UInt8(truncatingIfNeeded: algorithm.rawValue)] + digest)
            : RuleKey(path: path, context: context)
    }

    /// What the rule is about, for messages: the path, or the digest where any
    /// file is meant.
    package var subject: String {
        guard isAllowDigest else { return path.description }
        return "\(path) \(algorithm.name) \(String(decoding: Hex.encode(Array(digest.prefix(8))), as: UTF8.self))..."
    }

    /// Capabilities of any kind that the rule may grant.
    package var capabilities: CapabilitySet { effective.union(permitted).union(inheritable) }

    /// True if both rules say the same, wherever they were read.
    package func saysSame(as other: Rule) -> Bool {
        var copy = other
        copy.origin = origin
        return self == copy
    }
}

/// What makes an entry unique. Ordered by path, then context, then digest: the
/// canonical order of images and listings. Allow digests come first.
package struct RuleKey: Hashable, Comparable, Sendable {
    package let path: BytePath
    package let context: ContextID
    /// Number of the algorithm and digest of an allow digest; else empty.
    package let digest: [UInt8]

    package init(path: BytePath, context: ContextID, digest: [UInt8] = []) {
        self.path = path
        self.context = context
        self.digest = digest
    }

    package static func < (left: RuleKey, right: RuleKey) -> Bool {
        let order = left.path.order(right.path)
        if order != 0 { return order < 0 }
        return left.context == right.context
            ? left.digest.lexicographicallyPrecedes(right.digest) : left.context < right.context
    }
}
