// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import TestSupport
import Testing

/// Forms that verictl 2 reads and that are refused: the error says what to
/// write instead. docs/rules.md has the same table.
@Suite struct OldFormsTests {
    private static let digest = String(repeating: "ab", count: 32)

    private func hint(_ line: String) -> String? {
        let parsed = RuleParser(source: []).parse(Array(line.utf8))
        #expect(parsed.rules.isEmpty)
        return parsed.diagnostics.first { $0.severity == .error }?.hint
    }

    @Test(
        arguments: [
            ("/a 0 e- - - - - sha256 D", "write e, or - for none"),
            ("/a 0 -er - - - - sha256 D", "write er, or - for none"),
            ("/a 0 e - - - c-s sha256 D", "write cs, or - for none"), ("/a 0 -- - - - - sha256 D", "write one -"),
            ("/a 0 e -KILL - - - sha256 D", "write KILL, or - for none"),
            ("/a +5 e - - - - sha256 D", "write the number without +"),
            ("/a 18446744073709551615 e - - - - sha256 D", "the loading context is written -1"),
            ("/a 0 e - - - - sha256 D more", "begin a comment with #"),
        ])
    func eachSaysWhatToWrite(_ line: String, _ expected: String) {
        let found = hint(line.replacing(" D", with: " " + Self.digest))
        #expect(found?.hasSuffix(expected) == true, "\(found ?? "no hint")")
    }
}
