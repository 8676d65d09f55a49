// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy
package import SystemIO

/// The reason why a digest could not be computed.
package enum DigestError: Error, Hashable, CustomStringConvertible {
    case file(Errno)
    /// Not a regular file: reading a pipe or a device may never end.
    case notRegular
    /// The file changed each time it was read, so that the digest
    /// would be that of no state of the file.
    case changedWhileRead
    /// libcrypto failed.
    case libcrypto(String)

    package var description: String {
        switch self {
        case .file(let error): error.description
        case .notRegular: "not a regular file"
        case .changedWhileRead: "the file changed while it was read"
        case .libcrypto(let algorithm): "libcrypto cannot compute \(algorithm)"
        }
    }
}

/// Computes digests with libcrypto, one after the other.
package struct Hasher: ~Copyable {
    /// The bytes of one read. Measured from 16 KiB to 1 MiB on 3 GB of cached
    /// files: the size made no difference from 32 KiB on.
    static let bufferSize = 128 << 10

    private let algorithm: DigestAlgorithm
    private let hash: MessageDigest
    private let buffer: UnsafeMutableRawBufferPointer

    package init(_ algorithm: DigestAlgorithm) throws(DigestError) {
        self.algorithm = algorithm
        self.hash = try MessageDigest(algorithm.verityHash ?? algorithm)
        self.buffer = .allocate(byteCount: Self.bufferSize, alignment: 4096)
    }

    deinit {
        buffer.deallocate()
    }

    package func digest(of bytes: [UInt8]) throws(DigestError) -> [UInt8] {
        algorithm.verityHash == nil
            ? try digest(of: bytes, by: PlainDigest()) : try digest(of: bytes, by: VerityDigest())
    }

    /// The digest of a regular file. `progress` is called with the size of each
    /// hashed block. A file that changes meanwhile is read once more; if it
    /// changes again, that is an error. `inspect` is called with the file that has the
    /// digest.
    package func digest(
        ofFile path: BytePath, progress: (Int) -> Void = { _ in }, inspect: (borrowing Descriptor) -> Void = { _ in }
    ) throws(DigestError) -> [UInt8] {
        for _ in 0..<2 {
            let file = try io { () throws(Errno) in try Descriptor(readingFound: path) }
            let before = try io { () throws(Errno) in try file.status() }
            guard before.kind == .regular else { throw .notRegular }
            let digest =
                algorithm.verityHash == nil
                ? try digest(of: file, by: PlainDigest(), size: before.size, progress)
                : try digest(of: file, by: VerityDigest(), size: before.size, progress)
            let after = try io { () throws(Errno) in try file.status() }
            let isSame =
                before.size == after.size && before.modified == after.modified && before.changed == after.changed
            if let digest, isSame {
                inspect(file)
                return digest
            }
        }
        throw .changedWhileRead
    }

    private func digest(of bytes: [UInt8], by method: some ContentDigest) throws(DigestError) -> [UInt8] {
        var method = method
        try method.begin(hash)
        try bytes.withUnsafeBufferPointer { bytes throws(DigestError) in
            try method.update(UnsafeRawBufferPointer(bytes), hash)
        }
        return try method.end(hash)
    }

    /// nil if the file has more than `size` bytes: one that grows as fast as it
    /// is read has no end.
    private func digest(
        of file: borrowing Descriptor, by method: some ContentDigest, size: UInt64, _ progress: (Int) -> Void
    ) throws(DigestError) -> [UInt8]? {
        var method = method
        var total: UInt64 = 0
        try method.begin(hash)
        while total <= size {
            let count = try io { () throws(Errno) in try file.read(into: buffer) }
            if count == 0 { return try method.end(hash) }
            try method.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]), hash)
            total += UInt64(count)
            progress(count)
        }
        return nil
    }

    private func io<Result: ~Copyable>(_ body: () throws(Errno) -> Result) throws(DigestError) -> Result {
        do throws(Errno) {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}
