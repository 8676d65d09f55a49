// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import TestSupport
import Testing

@testable import DevctlCommands

/// What /etc/devctl.d may hold besides rule files.
@Suite struct RuleDirectoryTests {
    private let directory = TemporaryDirectory()

    private var tool: DevctlRun {
        var tool = DevctlRun()
        tool.directory = directory.path
        return tool
    }

    /// The table lacks the rules of a file that was skipped.
    @Test func aNameOfNoKnownKindIsAWarning() {
        directory.write("raid0.5", "8 0 0 1 r\n")
        let (status, output) = tool.run("diff")
        #expect(status == 1)
        #expect(output.messages.contains("\(directory.path)/raid0.5: warning: skipped (the name has a dot"))
    }

    @Test func leftoversAreNotes() {
        directory.write("raid.dpkg-old", "8 0 0 1 r\n")
        let (status, output) = tool.run("diff")
        #expect(status == 0)
        #expect(output.messages.contains("raid.dpkg-old: note: skipped (package leftover)"))
    }

    /// Opening a fifo without a writer would wait for ever.
    @Test func filesOfOtherKindsAreErrors() {
        directory.makeFifo("fifo")
        directory.makeDirectory("sub")
        directory.makeLink("masked", to: "/dev/null")
        let (status, output) = tool.run("check")
        #expect(status == 3)
        #expect(output.messages.contains("/fifo: error: not a regular file"))
        #expect(output.messages.contains("/sub: error: not a regular file"))
        #expect(!output.messages.contains("masked"))
    }
}
