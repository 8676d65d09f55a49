// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO
import TestSupport
import Testing

@Suite struct SysctlTests {
    @Test func writesInPlace() throws {
        let directory = TemporaryDirectory()
        let file = directory.write("mount", "1\n")
        let before = try Files.status(file).identity
        try Sysctl.write("0", to: file)
        #expect(try Files.read(file) == Array("0\n".utf8))
        #expect(try Files.status(file).identity == before)
    }

    @Test func makesNoFile() throws {
        let directory = TemporaryDirectory()
        #expect(throws: Errno.noEntry) { try Sysctl.write("0", to: directory.path.appending(Array("none".utf8))) }
        #expect(try Files.list(directory.path).isEmpty)
    }
}
