// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Crypto
import Glibc
import Policy
import SystemIO
import TestSupport
import Testing

private func hex(_ bytes: [UInt8]) -> String { String(decoding: Hex.encode(bytes), as: UTF8.self) }

/// Known answers for "" and "abc" (RFC 1321 A.5, RFC 3174 7.3, FIPS 180-4
/// examples of NIST), and for the 56-byte message of the same examples.
private let vectors: [(DigestAlgorithm, String, String)] = [
    (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
    (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
    (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (.sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        .sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
        .sha384, "abc",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    ),
    (
        .sha512, "abc",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    ),
]

@Suite struct DigestTests {
    @Test(arguments: vectors.indices)
    func knownAnswers(_ index: Int) throws {
        let (algorithm, message, expected) = vectors[index]
        let directory = TemporaryDirectory()
        let file = directory.write("file", message)
        let hasher = try Hasher(algorithm)
        #expect(hex(try hasher.digest(of: Array(message.utf8))) == expected)
        #expect(hex(try hasher.digest(ofFile: file)) == expected)
        // A hasher is used for many files: nothing of one may reach the next.
        #expect(hex(try hasher.digest(ofFile: file)) == expected)
    }

    /// FIPS 180-4 example: a million times "a", longer than one read.
    @Test func aMillionLetters() throws {
        let directory = TemporaryDirectory()
        let file = directory.write("file", [UInt8](repeating: 0x61, count: 1_000_000))
        let hasher = try Hasher(.sha256)
        var seen = 0
        let digest = try hasher.digest(ofFile: file) { seen += $0 }
        #expect(hex(digest) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        #expect(seen == 1_000_000)
    }

    @Test func sameResultForAnyNumberOfWorkers() {
        let directory = TemporaryDirectory()
        var random = SeededRandom(seed: 5)
        var jobs = (0..<60).map { index in
            let size = Int.random(in: 0...300_000, using: &random)
            let path = directory.write(BytePath("f\(index)".utf8), [UInt8](repeating: UInt8(index), count: size))
            return HashJob(path: path, size: UInt64(size))
        }
        jobs.insert(HashJob(path: "/nonexistent", size: 1 << 40), at: 30)
        let single = BatchHasher.hash(jobs, algorithm: .sha256, workers: 1)
        for workers in [2, 3, 8, 100] {
            #expect(BatchHasher.hash(jobs, algorithm: .sha256, workers: workers) == single)
        }
        #expect(single.count == 61)
        #expect(single[30] == .failure(.file(.noEntry)))
        #expect(Set(single).count == 61)
    }

    @Test func progressEndsAtTheTotal() {
        let directory = TemporaryDirectory()
        let jobs = (0..<4).map { index in
            HashJob(path: directory.write(BytePath("f\(index)".utf8), [UInt8](repeating: 1, count: 1000)), size: 1000)
        }
        var last: HashProgress?
        _ = BatchHasher.hash(jobs, algorithm: .sha256, workers: 2) { last = $0 }
        #expect(last?.filesDone == 4)
        #expect(last?.bytesDone == 4000)
        #expect(last?.bytesTotal == 4000)
    }

    @Test func onlyRegularFilesAreRead() throws {
        let directory = TemporaryDirectory()
        let hasher = try Hasher(.sha256)
        // Without a writer, opening a fifo would wait for ever.
        #expect(throws: DigestError.notRegular) { try hasher.digest(ofFile: directory.makeFifo("fifo")) }
        #expect(throws: DigestError.notRegular) { try hasher.digest(ofFile: directory.path) }
        #expect(throws: DigestError.file(.noEntry)) { try hasher.digest(ofFile: directory.path.appending([0x78])) }
        #expect(throws: DigestError.file(.invalid)) { try hasher.digest(ofFile: BytePath([0x2f, 0, 0x78])) }
    }

    /// The digest would be that of no state of the file.
    @Test func aFileThatChangesWhileItIsRead() throws {
        let directory = TemporaryDirectory()
        let hasher = try Hasher(.sha256)
        let file = directory.write("file", [UInt8](repeating: 1, count: 300_000))
        // It also grows as fast as it is read.
        #expect(throws: DigestError.changedWhileRead) {
            try hasher.digest(ofFile: file) { append($0, to: file) }
        }
        // Once is no error: the file is read again.
        var isFirst = true
        let digest = try hasher.digest(ofFile: file) { _ in
            if isFirst { append(1, to: file) }
            isFirst = false
        }
        #expect(try hasher.digest(of: Files.read(file)) == digest)
    }

    /// Changes the size, because the times of a file have the granularity of
    /// the kernel's clock.
    private func append(_ count: Int, to file: BytePath) {
        guard let stream = fopen(file.description, "a") else { return }
        for _ in 0..<count { fputc(2, stream) }
        fclose(stream)
    }

    @Test func noJobs() {
        #expect(BatchHasher.hash([], algorithm: .sha512).isEmpty)
    }
}
