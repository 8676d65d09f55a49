// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Crypto
import Policy
import TestSupport
import Testing

/// Answers of `fsverity digest --hash-alg=...` (fsverity-utils 1.5) for files of
/// `content(bytes)`: no block, one, one and a byte, a full block of hashes (128
/// of SHA-256, 64 of SHA-512), the same and a byte, and three levels.
private let vectors: [(DigestAlgorithm, Int, String)] = [
    (
        .fsveritySHA256, 0, "3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95"
    ),
    (
        .fsveritySHA512, 0,
        "ccf9e5aea1c2a64efa2f2354a6024b90dffde6bbc017825045dce374474e13d1"
            + "0adb9dadcc6ca8e17a3c075fbd31336e8f266ae6fa93a6c3bed66f9e784e5abf"
    ),
    (
        .fsveritySHA256, 1, "b803429503d95915829b29fdbc8bbad142f3abfd11b1cadf5526582e685c0551"
    ),
    (
        .fsveritySHA512, 1,
        "9fcf5172b085b1c8f9365eecb37a1869e193a4705654a5829f11939cd01d5c0f"
            + "d97276be8cd9d49f76cfc8dcfeb80f8128e3548a1de50b56912b9e3fc7bde27b"
    ),
    (
        .fsveritySHA256, 4095, "5aee48d0663000207f694623daebd5e32a97131fdd4ac66f88c985c8df854bca"
    ),
    (
        .fsveritySHA512, 4095,
        "bbd919611c08de794b50b51cac6fc1396a7ab602d69c8e0204fe04e5e10f1b11"
            + "49650a036db2eb4b0b8b4583aad7aa3879bd9d6a2a47fa8932b8317cfa34ddda"
    ),
    (
        .fsveritySHA256, 4096, "75072b6bbdd64d0a3b4cb5c9d5a76daa0aebb1d047f9d39587d5db5ac001617a"
    ),
    (
        .fsveritySHA512, 4096,
        "be53a60348781083dc202f98d26db0bc029223794cd36e0d6017b5ed0325d34e"
            + "989c2f6ad7c9f1f2498676ad45c06802b6d20defbb3282f70f2d75f5bb096fba"
    ),
    (
        .fsveritySHA256, 4097, "f086e9e9bed11fb80d1ac0a8aa0a6d3119b3da7f3d02fa1f99528b0c6ad439ff"
    ),
    (
        .fsveritySHA512, 4097,
        "31d8237b2345ba0f21e15e4681f780e3fc2b628c76f83bde0b25b64b4a92f2ee"
            + "566ffbbbd68a496121ad68b0401d104d1cde93563c83c2f32674732cfe7e75f3"
    ),
    (
        .fsveritySHA256, 64 * 4096, "2df81caaae5d60d1379a649188ca644075f7fc500bcbd06fa2a31c072160da0c"
    ),
    (
        .fsveritySHA512, 64 * 4096,
        "a1e483b6e8820162027bff570d208daf17ebb3d0675b8395ddb3005e5af00d3c"
            + "0474d1388a27974f4b7a2ac17d91a19157415fa3642303486c2190b97abdd0a0"
    ),
    (
        .fsveritySHA256, 64 * 4096 + 1, "ba65a4f66ca94fa95c701fed3f98ccb78ef4eb151817e05e72e9011198d40569"
    ),
    (
        .fsveritySHA512, 64 * 4096 + 1,
        "e1c01777de166775d8410b5c33dab897861a104407be2380ea82cdbd4e55d600"
            + "229b013bea113a303502a27e029e95479e398a6eb530ccd843637d03f3b03672"
    ),
    (
        .fsveritySHA256, 128 * 4096, "c776fef48d24518892f7a643f7ca217b675a748759e842e2bcbdd726fc85a60b"
    ),
    (
        .fsveritySHA512, 128 * 4096,
        "750881dee311bc188ade21fc41b9de326e07e7855d2e921e21cdce54807edd50"
            + "2df02fe9b9ed3830e6a38212e6ee92f6b61cafbca5a98f344b9c2b6fa8988175"
    ),
    (
        .fsveritySHA256, 128 * 4096 + 1, "db6b7bb075e724b01f391feae9fb5de99a183b5bf7c4d0f3169f825354cfcecc"
    ),
    (
        .fsveritySHA512, 128 * 4096 + 1,
        "f0a71dd22a3832049a0b6f84b21168cdd81e5f858ef0e3aef9f7e1bd9ad30ae3"
            + "7b56f4e00f550b483abc13260147139d9ccd8fc1b423cda37cb1d424d7261128"
    ),
    (
        .fsveritySHA256, 1_048_583, "c42f2ba6e5f4ba8337643a7293270f84a0248cd6bef09555e4ed1ae877e50bc0"
    ),
    (
        .fsveritySHA512, 1_048_583,
        "5722c63f86ca5865599ce452ead1595e30446096f13f837490c36f26a50eb5ab"
            + "abae49d80f6430824ff1492ecbdb7c76348db49a3aab5ed11561d94c803bd466"
    ),
    (
        .fsveritySHA512, 64 * 64 * 4096 + 1,
        "3d26ac4ae403731b39453e06e98e44f605a5e3e3a1203606c2b25efd5e7a4535"
            + "c6d28f95085fdbf82576b32a57c2dfb6776616398bb1ff8bc421c0583b4a884e"
    ),
    (
        .fsveritySHA256, 128 * 128 * 4096 + 1, "cacfa267adea82c7dd8196c5f1a6e1afca60701f08d6c4ed6a69aa52e1d653e7"
    ),
]

/// Bytes whose blocks all differ, so that no two of them can be exchanged.
private func content(_ size: Int) -> [UInt8] {
    let pattern = (0..<8192).map { UInt8(truncatingIfNeeded: $0 * 131 + ($0 >> 8) * 7) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    for block in 0... {
        let start = block * 37 % 4096
        bytes += pattern[start..<(start + min(4096, size - bytes.count))]
        if bytes.count == size { break }
    }
    return bytes
}

@Suite struct VerityTests {
    @Test(arguments: vectors.indices)
    func knownAnswers(_ index: Int) throws {
        let (algorithm, size, expected) = vectors[index]
        let bytes = content(size)
        let directory = TemporaryDirectory()
        let file = directory.write("file", bytes)
        let hasher = try Hasher(algorithm)
        var seen = 0
        #expect(Hex.encode(try hasher.digest(ofFile: file) { seen += $0 }) == Array(expected.utf8))
        #expect(seen == size)
        // Nothing of one file may reach the next.
        #expect(Hex.encode(try hasher.digest(of: bytes)) == Array(expected.utf8))
    }

    @Test func manyFilesAtOnce() {
        let directory = TemporaryDirectory()
        let sizes = vectors.filter { $0.0 == .fsveritySHA256 && $0.1 < 1 << 21 }
        let jobs = sizes.map { vector in
            HashJob(
                path: directory.write(BytePath("f\(vector.1)".utf8), content(vector.1)), size: UInt64(vector.1))
        }
        let outcomes = BatchHasher.hash(jobs, algorithm: .fsveritySHA256, workers: 2)
        #expect(outcomes.map { (try? $0.get()).map(Hex.encode) } == sizes.map { Array($0.2.utf8) })
    }
}
