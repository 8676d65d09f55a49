// SPDX-License-Identifier: LGPL-2.1-or-later

import SystemIO
import Testing

@Suite struct OptionLettersTests {
    private func parse(_ words: String...) -> [OptionLetters.Element] {
        OptionLetters.parse(words.map { Array($0.utf8) }, letters: "c:f:uhv")
    }

    private func flag(_ letter: Unicode.Scalar) -> OptionLetters.Element { .flag(UInt8(ascii: letter)) }

    private func value(_ letter: Unicode.Scalar, _ text: String) -> OptionLetters.Element {
        .value(UInt8(ascii: letter), Array(text.utf8))
    }

    @Test func flagsAndValues() {
        #expect(parse() == [])
        #expect(parse("-u") == [flag("u")])
        #expect(parse("-u", "-f", "a b") == [flag("u"), value("f", "a b")])
        #expect(parse("-fname", "-u") == [value("f", "name"), flag("u")])
        #expect(parse("-uhv") == [flag("u"), flag("h"), flag("v")])
        #expect(parse("-ufname") == [flag("u"), value("f", "name")])
        #expect(parse("-uf", "name") == [flag("u"), value("f", "name")])
    }

    /// A value may be anything: a dash, an option, an empty word.
    @Test func anyWordIsAValue() {
        #expect(parse("-f", "-") == [value("f", "-")])
        #expect(parse("-f", "-u") == [value("f", "-u")])
        #expect(parse("-f", "") == [value("f", "")])
        #expect(parse("-f", "--") == [value("f", "--")])
        #expect(
            OptionLetters.parse([Array("-f".utf8), [0xff, 0x2f]], letters: "f:")
                == [.value(UInt8(ascii: "f"), [0xff, 0x2f])])
    }

    @Test func otherWordsAreLeftOut() {
        #expect(parse("word", "-u", "", "-", "other", "-h") == [flag("u"), flag("h")])
        #expect(parse("-u", "--", "-h") == [flag("u")])
    }

    @Test func faults() {
        #expect(parse("-x") == [.unknown(UInt8(ascii: "x"))])
        #expect(parse("-uxh") == [flag("u"), .unknown(UInt8(ascii: "x")), flag("h")])
        #expect(parse("-:") == [.unknown(UInt8(ascii: ":"))])
        #expect(parse("-?") == [.unknown(UInt8(ascii: "?"))])
        #expect(parse("-u", "-f") == [flag("u"), .missingValue(UInt8(ascii: "f"))])
        #expect(OptionLetters.parse([[0x2d, 0xff]], letters: "u") == [.unknown(0xff)])
        #expect(parse("--u").first == .unknown(UInt8(ascii: "-")))
    }

    /// The C library keeps its position in global variables.
    @Test func callsDoNotDisturbEachOther() async {
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let words = [Array("-uh".utf8), Array("-f".utf8), Array("\(number)".utf8)]
                    return OptionLetters.parse(words, letters: "f:uh") == [
                        .flag(UInt8(ascii: "u")), .flag(UInt8(ascii: "h")),
                        .value(UInt8(ascii: "f"), Array("\(number)".utf8)),
                    ]
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
