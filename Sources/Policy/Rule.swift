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

/// The files that a rule is for.
package enum Subject: Hashable, Sendable {
    /// Any file that has the digest of the rule: field 1 is `*`.
    case anyFile
    /// The file that an absolute path leads to.
    case file(BytePath)

    /// Field 1 of a rule that is for any file; a path begins with a slash.
    package static let anyFileField: [UInt8] = [UInt8(ascii: "*")]

    /// Field 1 of a rule, without escapes.
    package var field: [UInt8] {
        switch self {
        case .anyFile: Self.anyFileField
        case .file(let path): path.bytes
        }
    }
}

/// One entry: a file, the digest that it must have, and its grants. Or an allow
/// digest: any file with that digest may run, and is granted nothing.
package struct Rule: Hashable, Sendable {
    package var subject: Subject
    package var context: ContextID
    package var flags: EntryFlags
    package var effective: CapabilitySet
    package var permitted: CapabilitySet
    package var inheritable: CapabilitySet
    package var privileges: Privileges
    package var algorithm: DigestAlgorithm
    /// `algorithm.size` bytes.
    package var digest: [UInt8]
    /// Of an allow digest: the size of the files that have it; nil if it is unknown. A
    /// file of another size need not be hashed.
    package var fileSize: FileSize?
    /// The path of a file that has the digest of an allow digest, from the
    /// comment behind it. It is for people only: the kernel does not get it.
    package var name: BytePath?
    package var origin: RuleOrigin

    package init(
        _ subject: Subject, context: ContextID = .own, flags: EntryFlags = [], effective: CapabilitySet = [],
        permitted: CapabilitySet = [], inheritable: CapabilitySet = [], privileges: Privileges = [],
        algorithm: DigestAlgorithm = .sha256, digest: [UInt8], origin: RuleOrigin = .unknown
    ) {
        self.subject = subject
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

    /// The rule for the file that a path leads to.
    package init(
        path: BytePath, context: ContextID = .own, flags: EntryFlags = [], effective: CapabilitySet = [],
        permitted: CapabilitySet = [], inheritable: CapabilitySet = [], privileges: Privileges = [],
        algorithm: DigestAlgorithm = .sha256, digest: [UInt8], origin: RuleOrigin = .unknown
    ) {
        self.init(
            .file(path), context: context, flags: flags, effective: effective, permitted: permitted,
            inheritable: inheritable, privileges: privileges, algorithm: algorithm, digest: digest, origin: origin)
    }

    /// The rule that lets every file with this digest run.
    package static func allow(
        _ algorithm: DigestAlgorithm, _ digest: [UInt8], size: FileSize? = nil, context: ContextID = .own,
        name: BytePath? = nil, origin: RuleOrigin = .unknown
    ) -> Rule {
        var rule = Rule(.anyFile, context: context, algorithm: algorithm, digest: digest, origin: origin)
        rule.fileSize = size
        rule.name = name
        return rule
    }

    package var isAllowDigest: Bool { subject == .anyFile }

    /// nil for an allow digest.
    package var path: BytePath? {
        switch subject {
        case .anyFile: nil
        case .file(let path): path
        }
    }

    /// The key of the entry in the store.
    package var key: RuleKey {
        switch subject {
        case .anyFile:
            RuleKey(subject, context: context, digest: [UInt8(truncatingIfNeeded: algorithm.rawValue)] + digest)
        case .file: RuleKey(subject, context: context)
        }
    }

    /// Whether the rule comes before another one in canonical order: that of
    /// their keys, which are not made for two files.
    package func precedes(_ other: Rule) -> Bool {
        guard case .file(let path) = subject, case .file(let otherPath) = other.subject else { return key < other.key }
        let order = path.order(otherPath)
        return order == 0 ? context < other.context : order < 0
    }

    /// The subject for messages: the path, or the digest of a rule that is for
    /// any file.
    package var title: String {
        switch subject {
        case .anyFile:
            "* \(algorithm.name) \(String(decoding: Hex.encode(Array(digest.prefix(8))), as: UTF8.self))..."
        case .file(let path): path.description
        }
    }

    /// Capabilities of any kind that the rule may grant.
    package var capabilities: CapabilitySet { effective.union(permitted).union(inheritable) }

    /// True if both rules are the same except for their origin, the name beside a
    /// digest, and a size that only one of them has.
    package func saysSame(as other: Rule) -> Bool {
        var copy = other
        copy.origin = origin
        copy.name = name
        if copy.fileSize == nil || fileSize == nil { copy.fileSize = fileSize }
        return self == copy
    }
}

/// The key of an entry in the store. Keys are ordered by path, then context,
/// then digest: the canonical order of images and listings. Allow digests come
/// first.
package struct RuleKey: Hashable, Comparable, Sendable {
    package let subject: Subject
    package let context: ContextID
    /// The number of the algorithm and the digest of an allow digest; otherwise
    /// empty.
    package let digest: [UInt8]

    package init(_ subject: Subject, context: ContextID, digest: [UInt8] = []) {
        self.subject = subject
        self.context = context
        self.digest = digest
    }

    package static func < (left: RuleKey, right: RuleKey) -> Bool {
        switch (left.subject, right.subject) {
        case (.file(let first), .file(let second)):
            let order = first.order(second)
            if order != 0 { return order < 0 }
        case (.anyFile, .file): return true
        case (.file, .anyFile): return false
        case (.anyFile, .anyFile): break
        }
        return left.context == right.context
            ? left.digest.lexicographicallyPrecedes(right.digest) : left.context < right.context
    }
}
