// SPDX-License-Identifier: LGPL-2.1-or-later

import KernelConfiguration
import Testing

@testable import Hardening

@Suite struct ChecksTests {
    private let composition: Composition

    init() throws {
        let library = try RuleLibrary([
            setFile("a", "CONFIG_A=y", "CONFIG_SECURITY_YAMA=y"), ruleFile("forbidden", "F - Why.\n"),
            ruleFile(
                "cmdline",
                "# P.\n\n# R.\npti=on\n\n# R.\nquiet\n\n# R.\n!mce=off\n\n# R.\n!no-hash\n\n# R.\nlockdown=integrity\n"),
            ruleFile("sysctl", "# S.\n\n# R.\nkernel.a = 3 3\n\n# R.\n-kernel.b = 0\n"),
        ])
        composition = Composition(library.sets, in: library)
    }

    private func broken(_ findings: [Finding]) -> [String] { findings.filter { !$0.holds }.map(\.subject) }

    @Test func options() {
        #expect(broken(composition.check(KernelConfig(values: ["A": "y", "SECURITY_YAMA": "y"]))) == [])
        #expect(
            broken(composition.check(KernelConfig(values: ["A": "m", "F": "m"])))
                == ["CONFIG_A", "CONFIG_SECURITY_YAMA", "CONFIG_F"])
    }

    @Test func theLastParameterCounts() {
        let good = "pti=on quiet lockdown=integrity"
        #expect(broken(composition.check(CommandLineText(good))) == [])
        #expect(broken(composition.check(CommandLineText(good + " pti=off"))) == ["pti"])
        #expect(broken(composition.check(CommandLineText("pti=off " + good))) == [])
        #expect(broken(composition.check(CommandLineText("lockdown=integrity pti"))) == ["pti", "quiet"])
        #expect(broken(composition.check(CommandLineText(good + " quiet=1"))) == ["quiet"])
    }

    @Test func unwantedParametersCountAnywhere() {
        let good = "pti=on quiet lockdown=integrity"
        #expect(broken(composition.check(CommandLineText("mce=off " + good + " mce=on"))) == ["mce=off"])
        #expect(broken(composition.check(CommandLineText(good + " mce=bootlog"))) == [])
        #expect(broken(composition.check(CommandLineText(good + " no_hash"))) == ["no-hash"])
        #expect(broken(composition.check(CommandLineText(good + " no-hash=3"))) == ["no-hash"])
    }

    @Test func wordsOfACommandLine() {
        let line = CommandLineText("a=\"b c\" \"d=e f\"\tg\n-- mce=off\n")
        #expect(line.parameters.map(\.name) == ["a", "d", "g"])
        #expect(line.parameters.map(\.value) == ["b c", "e f", nil])
    }

    @Test func sysctls() {
        #expect(broken(composition.check(sysctls: { ["kernel.a": "3\t3\n"][$0] })) == [])
        #expect(
            broken(composition.check(sysctls: { ["kernel.a": "3 4", "kernel.b": "1"][$0] })) == [
                "kernel.a", "kernel.b",
            ])
        #expect(broken(composition.check(sysctls: { _ in nil })) == ["kernel.a"])
    }

    @Test func modules() {
        #expect(broken(composition.check(modules: "capability,yama\n")) == [])
        #expect(broken(composition.check(modules: "capability,yamaha")) == ["yama"])
    }

    @Test func lockdown() {
        #expect(broken(composition.check(lockdown: "none [integrity] confidentiality\n")) == [])
        #expect(broken(composition.check(lockdown: "[none] integrity confidentiality\n")) == ["lockdown"])
        #expect(broken(composition.check(lockdown: nil)) == ["lockdown"])
    }

    @Test func aFindingIsOneLine() {
        let finding = Finding(
            .cmdline, "a", found: "b\nc", wanted: "d", holds: false, reason: "Because.", change: "change it")
        #expect(finding.text == "cmdline a: is b\\012c, wanted d; why: Because; change: change it")
    }
}
