// SPDX-License-Identifier: LGPL-2.1-or-later

import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct QuickStartTests {
    private func isQuick(_ words: [String]) -> Bool { QuickStart.act(for: words.map { Array($0.utf8) }) != nil }

    @Test(
        arguments: [
            ["status"], ["status", "--json"], ["boot", "load"], ["boot", "load", "--rules-only"],
            ["boot", "load", "--root", "/mnt", "--rules-only", "--json"],
        ])
    func plainWords(_ words: [String]) {
        #expect(isQuick(words))
    }

    /// Help, errors and whatever has another form are the parser's.
    @Test(
        arguments: [
            [], ["boot"], ["load"], ["status", "--help"], ["status", "-h"], ["status", "--jso"], ["status", "x"],
            ["status", "--json", "--json"], ["status", "--"], ["--json", "status"], ["boot", "status"],
            ["boot", "load", "--root"], ["boot", "load", "--root", "mnt"], ["boot", "load", "--root=/mnt"],
            ["boot", "load", "--root", "/a", "--root", "/b"], ["boot", "load", "--rules-only", "--rules-only"],
            ["boot", "load", "x"], ["boot", "load", "--help"],
        ])
    func everythingElse(_ words: [String]) {
        #expect(!isQuick(words))
    }

    /// Both ways read the same: the parser gets an option in its other form.
    @Test func theSameAsTheParser() {
        for (quick, parsed) in [
            (["status", "--json"], ["status", "--json", "--"]),
            (["boot", "load", "--root", "/mnt", "--json"], ["boot", "load", "--root=/mnt", "--json"]),
            (["boot", "load", "--rules-only"], ["boot", "load", "--rules-only", "--"]),
        ] {
            #expect(isQuick(quick) && !isQuick(parsed))
            let outcomes = [quick, parsed].map { words in
                let machine = BootFixture()
                machine.conf("mode = enforcing\nlevel = enforce_exec\n")
                let (status, output) = machine.tool.run(bytes: words.map { Array($0.utf8) })
                // The identity of an image depends on the directory of the test.
                let texts = [output.messages, output.resultText].map { String($0.filter { !$0.isHexDigit }) }
                return texts + ["\(status)", "\(machine.level)", "\(output.roots)"]
            }
            #expect(outcomes[0] == outcomes[1])
        }
    }
}
