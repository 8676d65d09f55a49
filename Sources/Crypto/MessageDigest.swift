// SPDX-License-Identifier: LGPL-2.1-or-later

import CCrypto
import Policy

/// One hash function of libcrypto, used for one message after the other.
struct MessageDigest: ~Copyable {
    private let algorithm: DigestAlgorithm
    private let method: OpaquePointer
    private let context: OpaquePointer

    /// Throws if libcrypto does not have the algorithm.
    init(_ algorithm: DigestAlgorithm) throws(DigestError) {
        // openssl.cnf is not read: the results must not depend on a file that
        // can load providers, and reading it costs time at each start.
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
        // The algorithm is fetched once: the older constants (EVP_sha256) are
        // looked up again for each file.
        guard let method = EVP_MD_fetch(nil, algorithm.name, nil) else { throw .libcrypto(algorithm.name) }
        guard let context = EVP_MD_CTX_new() else {
            EVP_MD_free(method)
            throw .libcrypto(algorithm.name)
        }
        self.algorithm = algorithm
        self.method = method
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
        EVP_MD_free(method)
    }

    /// Bytes of a digest.
    var size: Int { algorithm.size }

    func begin() throws(DigestError) {
        try check(EVP_DigestInit_ex2(context, method, nil))
    }

    func update(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
        try check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
    }

    func end() throws(DigestError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: size)
        try check(EVP_DigestFinal_ex(context, &digest, nil))
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
