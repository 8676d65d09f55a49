// SPDX-License-Identifier: LGPL-2.1-or-later

import Testing

@testable import Hardening

private func composition(_ names: [String], _ files: RuleFile...) throws -> Composition {
    let library = try RuleLibrary(files)
    return Composition(names.flatMap { library.sets(named: $0) ?? [] }, in: library)
}

@Suite struct CompositionTests {
    @Test func setsThatAgreeHaveNoConflict() throws {
        let both = try composition(
            ["one", "two"], setFile("one", "CONFIG_A=y"), setFile("two", "CONFIG_A=y", "CONFIG_B=7"))
        #expect(both.conflicts.isEmpty)
        #expect(String(decoding: both.seed, as: UTF8.self) == "CONFIG_A=y\nCONFIG_B=7\n")
    }

    @Test func setsThatDisagreeAreNamed() throws {
        let both = try composition(["one", "two"], setFile("one", "CONFIG_A=y"), setFile("two", "CONFIG_A=n"))
        #expect(both.conflicts.map(\.text) == ["sets/one.config:4: CONFIG_A=y, but sets/two.config:4: CONFIG_A=n"])
    }

    @Test func aSetForTestsReplacesWhateverTheOrder() throws {
        for names in [["one", "test-two"], ["test-two", "one"]] {
            let both = try composition(names, setFile("one", "CONFIG_A=3"), setFile("test-two", "CONFIG_A=4"))
            #expect(both.option("A")?.value == "4")
            #expect(both.conflicts.isEmpty)
            #expect(both.differences.count == 1)
        }
    }

    @Test func forbiddenOptionsAreLiftedOnlyWithTheMark() throws {
        let forbidden = ruleFile("forbidden", "A T Why.\nB - Why.\n")
        let lifted = try composition(["test-a"], setFile("test-a", "CONFIG_A=y"), forbidden)
        #expect(lifted.forbidden.map(\.symbol) == ["B"])
        #expect(lifted.conflicts.isEmpty && lifted.differences.count == 1)
        #expect(try composition(["test-a"], setFile("test-a", "CONFIG_B=y"), forbidden).conflicts.count == 1)
        #expect(try composition(["a"], setFile("a", "CONFIG_A=y"), forbidden).conflicts.count == 1)
        #expect(try composition(["a"], setFile("a", "CONFIG_A=n"), forbidden).conflicts.isEmpty)
    }

    @Test func parametersOfASet() throws {
        let base = ruleFile("cmdline", "# P.\n\n# R.\nloglevel=3\n\n# R.\nquiet\n")
        let soft = ruleFile("sets/test-a.cmdline", "# P.\n\n# R.\nloglevel=7\n\n# R.\n!quiet\n")
        let test = try composition(["test-a"], setFile("test-a"), base, soft)
        #expect(test.commandLine == "loglevel=7")
        #expect(test.differences.count == 2)
        let hard = ruleFile("sets/a.cmdline", "# P.\n\n# R.\nloglevel=7\n")
        #expect(try composition(["a"], setFile("a"), base, hard).conflicts.count == 1)
        #expect(try composition([], setFile("a"), base, hard).commandLine == "loglevel=3 quiet")
    }

    @Test func sysctlsOfASet() throws {
        let base = ruleFile("sysctl", "# S.\n\n# R.\nkernel.a = 1\n")
        let soft = ruleFile("sets/test-a.sysctl", "# S.\n\n# R.\nkernel.a = 2\n\n# R.\n-kernel.b = 3\n")
        let test = try composition(["test-a"], setFile("test-a"), base, soft)
        #expect(test.sysctlFile == "# R.\nkernel.a = 2\n# R.\n-kernel.b = 3\n")
        #expect(test.differences.count == 1)
        let hard = ruleFile("sets/a.sysctl", "# S.\n\n# R.\nkernel.a = 2\n")
        #expect(try composition(["a"], setFile("a"), base, hard).conflicts.count == 1)
    }
}
