// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Testing

private func read(_ text: String) throws -> JSONInput { try JSONReader.read(Array(text.utf8)) }

@Suite struct JSONReaderTests {
    @Test func valuesOfEachKind() throws {
        #expect(try read(" null ") == .null)
        #expect(try read("[true,false]") == .array([.bool(true), .bool(false)]))
        #expect(try read("{}") == .object([:]) && read("[ ]") == .array([]))
        #expect(try read("{\"a\":{\"b\":[1,-2]},\"a\":3}") == .object(["a": .number("3")]))
        #expect(try read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\"") == .string("\"\\/\u{8}\u{c}\n\r\tA\u{e9}"))
        #expect(try read("\"\\ud83d\\uDE00\"") == .string("\u{1f600}"))
        #expect(try read("\"\u{e9}\"") == .string("\u{e9}"))
    }

    @Test func numbersKeepTheirText() throws {
        #expect(try read("18446744073709551615").integer() == UInt64.max)
        #expect(try read("-9223372036854775808").integer() == Int64.min)
        #expect(try read("18446744073709551616").integer(as: UInt64.self) == nil)
        #expect(try read("1e3").integer() == 1000 && read("2.0").integer() == UInt32(2))
        #expect(try read("1.5").integer(as: Int.self) == nil && read("-1").integer(as: UInt32.self) == nil)
        #expect(try read("\"1\"").integer(as: Int.self) == nil)
    }

    @Test(
        arguments: [
            "", " ", "nul", "truex", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "1.", ".1",
            "-", "+1", "1e", "\"", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\u12g4\"",
            "\"\n\"", "1 2", "[1}", "'a'",
        ])
    func malformed(_ text: String) {
        #expect(throws: JSONReader.Failure.self) { try read(text) }
    }

    @Test func depthAndBytes() throws {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(throws: Never.self) { try read(nested(64)) }
        #expect(throws: JSONReader.Failure.self) { try read(nested(65)) }
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read([0x22, 0xff, 0x22]) }
    }

    /// What is written can be read.
    @Test func writtenTextIsRead() throws {
        let document = JSONDocument([
            ("text", .string("a\"\\\u{1}\u{7f}\n\u{e9}")), ("number", .unsigned(.max)), ("none", .null),
            ("list", .array([.bool(true), .number(-5)])),
        ])
        #expect(
            try JSONReader.read(document.text)
                == .object([
                    "schema": .number("1"), "text": .string("a\"\\\u{1}\u{7f}\n\u{e9}"),
                    "number": .number("18446744073709551615"), "none": .null,
                    "list": .array([.bool(true), .number("-5")]),
                ]))
    }
}
