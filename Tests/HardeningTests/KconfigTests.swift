// SPDX-License-Identifier: LGPL-2.1-or-later

import KernelConfiguration
import Testing

@testable import Hardening

private func answer(_ text: String, _ values: [String: String] = [:]) -> Expression.Answer? {
    ExpressionParser.parse(text).answer(in: KernelConfig(values: values))
}

@Suite struct ExpressionTests {
    @Test func symbols() {
        #expect(answer("A") == .no)
        #expect(answer("A", ["A": "y"]) == .yes)
        #expect(answer("A", ["A": "m"]) == .module)
        #expect(answer("y") == .yes)
        #expect(answer("!A") == .yes)
    }

    @Test func andBindsMoreThanOr() {
        #expect(answer("A || B && C", ["A": "y"]) == .yes)
        #expect(answer("(A || B) && C", ["A": "y"]) == .no)
        #expect(answer("!(A && B)", ["A": "y", "B": "y"]) == .no)
        #expect(answer("A && B", ["A": "m", "B": "y"]) == .module)
    }

    @Test func comparisons() {
        #expect(answer("A = y", ["A": "y"]) == .yes)
        #expect(answer("A=\"two words\"", ["A": "\"two words\""]) == .yes)
        #expect(answer("A != 'x'", ["A": "\"x\""]) == .no)
        #expect(answer("A > 7", ["A": "8"]) == .yes)
        #expect(answer("A <= 7", ["A": "8"]) == .no)
        #expect(answer("A=n") == .yes)
    }

    @Test func whatOnlyTheBuildKnowsStaysUnknown() {
        #expect(answer("$(cc-option,-f(x) && y)") == nil)
        #expect(answer("A && $(cc-option,-fx)") == .no)
        #expect(answer("A && $(cc-option,-fx)", ["A": "y"]) == nil)
        #expect(answer("A || $(cc-option,-fx)", ["A": "y"]) == .yes)
        #expect(answer("!$(x)") == nil)
        #expect(answer("A = \"$(x)\"", ["A": "y"]) == nil)
    }

    @Test(arguments: ["A &&", "&& A", "(A", "A B", "", "A = ", "!", ")"])
    func whatIsNoConditionIsUnknown(text: String) {
        #expect(answer(text, ["A": "y", "B": "y"]) == nil)
    }

    @Test func conjunctsAndSymbols() {
        let expression = ExpressionParser.parse("A && (B || C) && D = 7")
        #expect(expression.conjuncts.map(\.description) == ["A", "B || C", "D=7"])
        #expect(expression.symbols == ["A", "B", "C", "D"])
        #expect(expression.description == "(A && (B || C)) && D=7")
    }
}

@Suite struct KconfigTreeTests {
    private func tree(_ files: [String: String]) -> KconfigTree {
        KconfigTree(variables: ["SRCARCH": "x86"]) { files[$0].map { Array($0.utf8) } }
    }

    @Test func conditionsAreThoseAroundAndInside() {
        let entry = tree([
            "Kconfig": """
            menu "M"
            \tdepends on A
            if B
            config X
            \tbool "X" if C
            \tdepends on D
            \tdepends on E
            \thelp
            \t  config NOT
            \t    depends on NOT

            \t  depends on NOT
            config Y
            \tbool
            endif
            config Z
            \tint "Z"
            \trange 1 5
            endmenu
            config W
            \tbool "W"
            """
        ])
        #expect(entry.entries(of: "X")[0].depends.map(\.description) == ["A", "B", "D", "E"])
        #expect(entry.entries(of: "X")[0].prompt == .symbol("C"))
        #expect(entry.entries(of: "Y")[0].depends.map(\.description) == ["A", "B"])
        #expect(entry.entries(of: "Y")[0].prompt == nil)
        #expect(entry.entries(of: "Z")[0].depends.map(\.description) == ["A"])
        #expect(entry.entries(of: "Z")[0].range == "1 5")
        #expect(entry.entries(of: "W")[0].depends.isEmpty)
        #expect(!entry.isDefined("NOT"))
    }

    @Test func filesAreIncludedOnce() {
        let read = tree([
            "Kconfig": "source \"arch/$(SRCARCH)/Kconfig\"\nsource \"none\"\nsource \"Kconfig\"\nconfig A\n\tbool\n",
            "arch/x86/Kconfig": "config B\n\tbool \"B\"\n",
        ])
        #expect(read.entries.map(\.symbol) == ["B", "A"])
        #expect(read.entries[0].origin.description == "arch/x86/Kconfig:1")
    }

    @Test func selectsAndChoices() {
        let read = tree([
            "Kconfig": """
            config A
            \tbool "if in quotes if"
            \tselect B if C && D
            \tselect E
            choice
            \tprompt "One"
            config F
            \tbool "F"
            config G
            \tbool "G"
            endchoice
            config H
            \tdef_bool y if C
            """
        ])
        #expect(read.entries(of: "A")[0].selects.map(\.symbol) == ["B", "E"])
        #expect(read.entries(of: "A")[0].selects[0].condition?.description == "C && D")
        #expect(read.entries(of: "A")[0].prompt == .symbol("y"))
        #expect(read.choices == [["F", "G"]])
        #expect(read.entries(of: "H")[0].choice == nil)
    }

    @Test func unbalancedFilesDoNotCrash() {
        let read = tree([
            "Kconfig": "endif\nendmenu\nendchoice\ndepends on A\nchoice\nconfig A\n\tdepends\n\tselect\n\tbool\\"
        ])
        #expect(read.isDefined("A"))
    }
}
