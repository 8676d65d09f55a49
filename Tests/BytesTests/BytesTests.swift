// SPDX-License-Identifier: LGPL-2.1-or-later

import Testing

@testable import Bytes

@Suite struct BytesTests {
    @Test func hexRoundTrip() {
        let all = (0...255).map { UInt8($0) }
        #expect(Hex.decode(Hex.encode(all)) == all)
        #expect(Hex.decode(Array("0g".utf8)) == nil)
        #expect(Hex.decode(Array("0A".utf8)) == nil)
        #expect(Hex.decode(Array("000".utf8)) == nil)
    }

    @Test(
        arguments: [
            ("/a/b", "/a", "/b"), ("/a", "/a", "/"), ("/ab", "/a", nil), ("/a/b", "/", "/a/b"), ("/b/a", "/a", nil),
        ] as [(BytePath, BytePath, BytePath?)])
    func insideRoot(_ path: BytePath, _ root: BytePath, _ expected: BytePath?) {
        #expect(path.inside(root: root) == expected)
    }

    @Test func pathParts() {
        #expect(BytePath("/a/b").lastComponent == Array("b".utf8))
        #expect(BytePath("/a/b").parent == "/a")
        #expect(BytePath("/a").parent == "/")
        #expect(BytePath("a").parent == ".")
        #expect(BytePath("/").appending(Array("x".utf8)) == "/x")
        #expect(BytePath("/a") < BytePath("/a/b"))
        #expect(BytePath("/a-b") < BytePath("/a/b"))
    }

    @Test(
        arguments: [
            ([0x41, 0xc3, 0xa9], "Aé"), ([0xff, 0x41], "\\377A"), ([0x1b, 0x5b], "\\033["),
            ([0xc0, 0x80], "\\300\\200"),
            ([0xed, 0xa0, 0x80], "\\355\\240\\200"), ([0xe2, 0x80, 0xae], "\\342\\200\\256"), ([0x7f], "\\177"),
            ([0xc2, 0x9b], "\\302\\233"), ([0xf0, 0x9f, 0x98, 0x80], "😀"), ([0xf0, 0x9f, 0x98], "\\360\\237\\230"),
        ] as [([UInt8], String)])
    func displaysSafely(_ bytes: [UInt8], _ text: String) {
        #expect(DisplayText.of(bytes) == text)
    }

    @Test(arguments: [
        ("", ""), ("a\n", "a\n"), ("a", "a\n"), ("\n\na\tb\n", "\n\na\tb\n"),
        ("\u{1b}[31mred\u{1b}]0;title\u{7}\r\n", "\\033[31mred\\033]0;title\\007\\015\n"),
        ("\u{202e}x", "\\342\\200\\256x\n"),
    ])
    func displaysLinesSafely(_ text: String, _ wanted: String) {
        #expect(String(decoding: DisplayText.lines(of: Array(text.utf8)), as: UTF8.self) == wanted)
    }

    @Test func jsonText() {
        let value = JSONValue.object([
            ("a", .array([.null, .bool(true), .number(-1), .unsigned(.max)])), ("q\"\\", .string("\u{1}\n\té")),
        ])
        let expected = #"{"a":[null,true,-1,18446744073709551615],"q\"\\":"\u0001\n\té"}"#
        #expect(String(decoding: value.text, as: UTF8.self) == expected)
    }

    @Test func jsonKeepsBytesThatAreNoText() {
        let good = JSONValue.object(JSONValue.members("p", bytes: Array("/é".utf8)))
        #expect(String(decoding: good.text, as: UTF8.self) == #"{"p":"/é"}"#)
        let bad = JSONValue.object(JSONValue.members("p", bytes: [0x2f, 0xff]))
        #expect(String(decoding: bad.text, as: UTF8.self).contains(#""p_hex":"2fff""#))
    }

    @Test func littleEndian() {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt32(0x0102_0304))
        #expect(bytes == [4, 3, 2, 1])
        bytes.storeLittleEndian(UInt16(0xaabb), at: 1)
        #expect(bytes == [4, 0xbb, 0xaa, 1])
        #expect(bytes.loadLittleEndian(at: 0, as: UInt32.self) == 0x01aa_bb04)
    }
}
