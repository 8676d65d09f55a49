// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CCrypto
package import Policy
package import SystemIO

/// Why a digest could not be computed.
package enum DigestError: Error, Hashable, CustomStringConvertible {
    case file(Errno)
    /// Not a regular file: reading a pipe or a device may never end.
    case notRegular
    /// libcrypto refused; md5 for one does not exist in FIPS mode.
    case library(String)

    package var description: String {
        switch self {
        case .file(let error): error.description
        case .notRegular: "not a regular file"
        case .library(let algorithm): "libcrypto cannot compute \(algorithm)"
        }
    }
}

/// Computes digests with libcrypto, one after the other.
package struct Hasher: ~Copyable {
    /// Bytes for one read. Measured from 16 KiB to 1 MiB on 3 GB of cached
    /// files: the size made no difference from 32 KiB on.
    static let bufferSize = 128 << 10

    private let algorithm: DigestAlgorithm
    private let method: OpaquePointer
    private let context: OpaquePointer
    private let buffer: UnsafeMutableRawBufferPointer

    package init(_ algorithm: DigestAlgorithm) throws(DigestError) {
        // No openssl.cnf: what this tool computes must not depend on a file
        // that can load providers, and reading it costs time at each start.
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
        // Fetched once: the constants of old (EVP_sha256) are looked up again
        // for each file.
        guard let method = EVP_MD_fetch(nil, algorithm.name, nil) else { throw .library(algorithm.name) }
        guard let context = EVP_MD_CTX_new() else {
            EVP_MD_free(method)
            throw .library(algorithm.name)
        }
        self.algorithm = algorithm
        self.method = method
        self.context = context
        self.buffer = .allocate(byteCount: Self.bufferSize, alignment: 4096)
    }

    deinit {
        buffer.deallocate()
        EVP_MD_CTX_free(context)
        EVP_MD_free(method)
    }

    package func digest(of bytes: [UInt8]) throws(DigestError) -> [UInt8] {
        try begin()
        try check(bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) })
        return try end()
    }

    /// The digest of a regular file. `progress` is told the size of every block
    /// that has been hashed.
    package func digest(
        ofFile path: BytePath, progress: (Int) -> Void = { _ in }
    ) throws(DigestError) -> [UInt8] {
        let file = try io { () throws(Errno) in try Descriptor(readingFound: path) }
        guard try io({ () throws(Errno) in try file.status() }).kind == .regular else { throw .notRegular }
        try begin()
        while true {
            let count = try io { () throws(Errno) in try file.read(into: buffer) }
            if count == 0 { return try end() }
            try check(EVP_DigestUpdate(context, buffer.baseAddress, count))
            progress(count)
        }
    }

    private func begin() throws(DigestError) {
        try check(EVP_DigestInit_ex2(context, method, nil))
    }

    private func end() throws(DigestError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: algorithm.size)
        try check(EVP_DigestFinal_ex(context, &digest, nil))
        return digest
    }

    private func check(_ result: Int32) throws(DigestError) {
        guard result == 1 else { throw .library(algorithm.name) }
    }

    private func io<Result: ~Copyable>(_ body: () throws(Errno) -> Result) throws(DigestError) -> Result {
        do throws(Errno) {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}
