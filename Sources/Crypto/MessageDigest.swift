// SPDX-License-Identifier: LGPL-2.1-or-later

import CCrypto
import Policy

/// One hash function of libcrypto, used for one message after the other.
struct MessageDigest: ~Copyable {
    private let algorithm: DigestAlgorithm
    private let hash: ccrypto_hash
    private let state: UnsafeMutablePointer<ccrypto_state>

    /// Throws for the digests of fs-verity, which are no hash of the content.
    init(_ algorithm: DigestAlgorithm) throws(DigestError) {
        switch algorithm {
        case .md5: hash = CCRYPTO_MD5
        case .sha1: hash = CCRYPTO_SHA1
        case .sha256: hash = CCRYPTO_SHA256
        case .sha384: hash = CCRYPTO_SHA384
        case .sha512: hash = CCRYPTO_SHA512
        case .fsveritySHA256, .fsveritySHA512: throw .libcrypto(algorithm.name)
        }
        self.algorithm = algorithm
        state = .allocate(capacity: 1)
    }

    deinit {
        state.deallocate()
    }

    /// Bytes of a digest.
    var size: Int { algorithm.size }

    func begin() throws(DigestError) {
        try check(ccrypto_begin(hash, state))
    }

    func update(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
        try check(ccrypto_update(hash, state, bytes.baseAddress, bytes.count))
    }

    func end() throws(DigestError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: size)
        try check(ccrypto_end(hash, state, &digest))
        return digest
    }

    /// The digest of a message in one piece.
    func digest(of bytes: UnsafeRawBufferPointer) throws(DigestError) -> [UInt8] {
        try begin()
        try update(bytes)
        return try end()
    }

    private func check(_ result: Int32) throws(DigestError) {
        guard result == 1 else { throw .libcrypto(algorithm.name) }
    }
}

/// A digest that is computed while the content of a file is read.
protocol ContentDigest {
    /// Called once, before any content.
    mutating func begin(_ hash: borrowing MessageDigest) throws(DigestError)
    /// Takes the next part of the content; parts may have any size.
    mutating func update(_ bytes: UnsafeRawBufferPointer, _ hash: borrowing MessageDigest) throws(DigestError)
    mutating func end(_ hash: borrowing MessageDigest) throws(DigestError) -> [UInt8]
}

/// The hash of the content itself.
struct PlainDigest: ContentDigest {
    func begin(_ hash: borrowing MessageDigest) throws(DigestError) { try hash.begin() }

    func update(_ bytes: UnsafeRawBufferPointer, _ hash: borrowing MessageDigest) throws(DigestError) {
        try hash.update(bytes)
    }

    func end(_ hash: borrowing MessageDigest) throws(DigestError) -> [UInt8] { try hash.end() }
}
