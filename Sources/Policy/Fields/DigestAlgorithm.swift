// SPDX-License-Identifier: LGPL-2.1-or-later

/// Digest algorithms; the raw value is `CLIP_ALGO_*` of linux/clip.h.
package enum DigestAlgorithm: UInt16, CaseIterable, Sendable {
    case md5 = 1
    case sha1 = 2
    case sha256 = 3
    case sha384 = 4
    case sha512 = 5
    /// The file's fs-verity digest. A rule with this algorithm matches only a
    /// file on which fs-verity is enabled: the kernel gets the digest from the
    /// filesystem and does not read the file.
    case fsveritySHA256 = 6
    case fsveritySHA512 = 7

    /// As in field 8 of a rule.
    package var name: String {
        switch self {
        case .md5: "md5"
        case .sha1: "sha1"
        case .sha256: "sha256"
        case .sha384: "sha384"
        case .sha512: "sha512"
        case .fsveritySHA256: "fsverity-sha256"
        case .fsveritySHA512: "fsverity-sha512"
        }
    }

    /// Size of a digest in bytes.
    package var size: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256, .fsveritySHA256: 32
        case .sha384: 48
        case .sha512, .fsveritySHA512: 64
        }
    }

    /// True if two files with the same digest can easily be produced.
    package var isWeak: Bool { self == .md5 || self == .sha1 }

    /// The hash that an fs-verity digest is made of; nil for a digest of the
    /// plain content.
    package var verityHash: DigestAlgorithm? {
        switch self {
        case .fsveritySHA256: .sha256
        case .fsveritySHA512: .sha512
        case .md5, .sha1, .sha256, .sha384, .sha512: nil
        }
    }

    package init?(word: ArraySlice<UInt8>) {
        guard let match = Self.allCases.first(where: { word.elementsEqual($0.name.utf8) }) else { return nil }
        self = match
    }
}
