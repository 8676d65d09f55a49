// SPDX-License-Identifier: LGPL-2.1-or-later

import KernelConfiguration
import Testing

@testable import Hardening

func ruleFile(_ name: String, _ text: String) -> RuleFile { RuleFile(name: name, bytes: Array(text.utf8)) }

/// A set with these lines, each with a reason.
func setFile(_ name: String, _ lines: String...) -> RuleFile {
    ruleFile("sets/\(name).config", "# A set.\n" + lines.map { "\n# Because of \($0).\n\($0)\n" }.joined())
}

func faults(_ files: [RuleFile]) -> [String] {
    do throws(RuleFaults) {
        _ = try RuleLibrary(files)
        return []
    } catch {
        return error.faults.map(\.description)
    }
}

@Suite struct RulesTests {
    @Test func everyLineHasItsReason() throws {
        let library = try RuleLibrary([setFile("one", "CONFIG_A=y", "CONFIG_B=\"two words\"", "# CONFIG_C is not set")])
        let options = library.sets[0].options
        #expect(options.map(\.symbol) == ["A", "B", "C"])
        #expect(options.map(\.value) == ["y", "\"two words\"", "n"])
        #expect(
            options.map(\.reason) == [
                "Because of CONFIG_A=y.", "Because of CONFIG_B=\"two words\".", "Because of # CONFIG_C is not set.",
            ])
        #expect(options.map(\.origin.line) == [4, 7, 10])
        #expect(library.sets[0].summary == "A set.")
    }

    @Test func aReasonMayHaveSeveralLines() throws {
        let library = try RuleLibrary([
            ruleFile("sets/a.config", "# SPDX-License-Identifier: X\n# A.\n\n# One\n# two.\nCONFIG_A=y\n")
        ])
        #expect(library.sets[0].options[0].reason == "One two.")
        #expect(library.sets[0].summary == "A.")
    }

    @Test func aLineWithoutReasonIsAFault() {
        #expect(
            faults([ruleFile("sets/a.config", "# A.\n\nCONFIG_A=y\n")]) == [
                "sets/a.config:3: no reason above 'CONFIG_A=y'"
            ])
    }

    @Test func allFaultsAreCollected() {
        let found = faults([
            ruleFile("sets/a.config", "# A.\n\n# R.\nCONFIG_A\n\n# R.\nCONFIG_B=\n"),
            ruleFile("forbidden", "X\n"), ruleFile("other", ""),
        ])
        #expect(found.count == 4)
    }

    @Test func parametersAreWantedOrNot() throws {
        let library = try RuleLibrary([
            setFile("a", "CONFIG_A=y"),
            ruleFile("cmdline", "# P.\n\n# R.\na=b=c\n\n# R.\nquiet\n\n# R.\n!slub\n\n# R.\n!mce=off\n"),
        ])
        #expect(library.parameters.map(\.name) == ["a", "quiet", "slub", "mce"])
        #expect(library.parameters.map(\.value) == ["b=c", nil, nil, "off"])
        #expect(library.parameters.map(\.isWanted) == [true, true, false, false])
    }

    @Test func sysctlsMayBeAbsent() throws {
        let library = try RuleLibrary([
            setFile("a", "CONFIG_A=y"),
            ruleFile("sysctl", "# S.\n\n# R.\nkernel.a = 3 3\n\n# R.\n-kernel.b=|/bin/false\n"),
        ])
        #expect(library.sysctls.map(\.key) == ["kernel.a", "kernel.b"])
        #expect(library.sysctls.map(\.value) == ["3 3", "|/bin/false"])
        #expect(library.sysctls.map(\.mayBeAbsent) == [false, true])
    }

    @Test func namesStandForSetsOnce() throws {
        let library = try RuleLibrary([
            setFile("one", "CONFIG_A=y"), setFile("two", "CONFIG_B=y"),
            ruleFile("compositions", "# C.\n\n# R.\nboth: one two\n\n# R.\nall: both one\n"),
        ])
        #expect(library.sets(named: "all")?.map(\.name) == ["one", "two", "one"])
        #expect(Composition(library.sets(named: "all") ?? [], in: library).sets.map(\.name) == ["one", "two"])
        #expect(library.sets(named: "none") == nil)
        #expect(library.nearest(to: "tow") == "two")
    }

    @Test func setsForTestsHaveADirectoryOfTheirOwn() throws {
        let soft = "# A.\n\n# R.\nCONFIG_A=y\n"
        let library = try RuleLibrary([ruleFile("test-sets/test-a.config", soft)])
        #expect(library.sets.map(\.name) == ["test-a"])
        #expect(faults([setFile("a", "CONFIG_A=y"), ruleFile("test-sets/b.config", soft)]).count == 1)
        #expect(faults([setFile("a", "CONFIG_A=y"), ruleFile("more/test-b.config", soft)]).count == 1)
    }

    @Test func aDirectoryWithoutSetsIsAFault() {
        #expect(faults([]) == ["sets: there is no set"])
    }

    @Test func theConfigurationKnowsWhatIsOff() {
        let config = KernelConfig(
            Array("# a comment\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"x=y\"\nCONFIG_D=\n".utf8))
        #expect(config.value(of: "A") == "y")
        #expect(config.value(of: "B") == "n")
        #expect(config.value(of: "C") == "\"x=y\"")
        #expect(!config.isSet("NEVER_MENTIONED"))
        #expect(KernelConfig(Array("capability,lockdown\n".utf8)).isEmpty)
    }
}
