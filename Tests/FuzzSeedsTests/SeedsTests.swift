// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import FuzzTargets
import SystemIO
import Testing

/// What tools/fuzz starts from, and what it has found, goes through the readers once. A
/// reader that does not keep its word ends the process.
@Suite struct SeedsTests {
    @Test(arguments: fuzzTargets.keys.sorted())
    func seeds(of target: String) throws {
        let tests = BytePath(Array("\(#filePath)".utf8)).parent.parent
        let directory = tests.appending(Array("fuzz/seeds/\(target)".utf8))
        let names = try Files.list(directory).map(\.name)
        #expect(!names.isEmpty)
        for name in names { try fuzzTargets[target]?(Files.read(directory.appending(name))) }
    }
}
