// SPDX-License-Identifier: LGPL-2.1-or-later

package import Policy

/// Computes digests of content that comes in parts, one after the other.
package struct StreamHasher: ~Copyable {
    private let hash: MessageDigest
    private var method: any ContentDigest

    package init(_ algorithm: DigestAlgorithm) throws(DigestError) {
        hash = try MessageDigest(algorithm.verityHash ?? algorithm)
        method = algorithm.verityHash == nil ? PlainDigest() : VerityDigest()
    }

    /// Called before the first part of each content.
    package mutating func begin() throws(DigestError) { try method.begin(hash) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
        try method.update(bytes, hash)
    }

    package mutating func end() throws(DigestError) -> [UInt8] { try method.end(hash) }
}
