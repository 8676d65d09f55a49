// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Loading
import Policy
import SystemIO
import TestSupport
import Testing
import Tool

@Suite struct DigestNamesTests {
    private let directory = TemporaryDirectory()

    @Test func namesOfTheSystem() throws {
        let digest = String(repeating: "ab", count: 32)
        directory.write("tools", "/bin/x 0 e - - - - sha256 \(digest)\n* 0 - - - - - sha256 \(digest) # /bin/tool\n")
        directory.write("wrong", "nonsense\n* 5 - - - - - sha256 \(digest)\n")
        let surroundings = Surroundings(
            Environment(program: "verictl", output: Capture(), readStandardInput: { () throws(Errno) in [] }),
            openDevice: { () throws(Errno) in throw .noEntry }, ruleDirectories: [directory.path])
        let names = DigestNames.ofSystem(surroundings)
        let bytes = [UInt8](repeating: 0xab, count: 32)
        let found = names.find(.sha256, bytes)
        #expect(found.map(\.name) == ["/bin/tool", nil])
        #expect(found.map(\.context) == [ContextID(0), ContextID(5)])
        #expect(found.map(\.origin.text) == ["\(directory.path)/tools:2", "\(directory.path)/wrong:2"])
        #expect(names.find(.sha256, bytes, context: ContextID(5)).count == 1)
        #expect(names.find(.sha512, bytes).isEmpty)
    }
}
