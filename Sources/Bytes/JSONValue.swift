// SPDX-License-Identifier: LGPL-2.1-or-later

/// A JSON value (RFC 8259) to be written. Members keep their order, so that the
/// same answer always gives the same text.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(Int64)
    /// Written exactly. Readers that keep numbers as doubles lose bits above
    /// 2^53, which is why masks are written as words and not as numbers.
    case unsigned(UInt64)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    /// One line of text without a newline.
    var text: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    /// Members that carry `bytes` without loss: as text, and also in
    /// hexadecimal if they are not valid UTF-8 and the text had to be repaired.
    package static func members(_ name: String, bytes: [UInt8]) -> [(String, JSONValue)] {
        let text = (name, JSONValue.string(String(decoding: bytes, as: UTF8.self)))
        if UTF8Scanner.isWellFormed(bytes[...]) { return [text] }
        return [text, (name + "_hex", .string(String(decoding: Hex.encode(bytes), as: UTF8.self)))]
    }

    package static func words(_ words: [String]) -> JSONValue {
        .array(words.map { .string($0) })
    }

    package static func hex(_ bytes: [UInt8]) -> JSONValue {
        .string(String(decoding: Hex.encode(bytes), as: UTF8.self))
    }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .number(let value): output += String(value).utf8
        case .unsigned(let value): output += String(value).utf8
        case .string(let value): Self.write(value, to: &output)
        case .array(let values):
            Self.write(values, between: "[", "]", to: &output) { value, output in value.write(to: &output) }
        case .object(let members):
            Self.write(members, between: "{", "}", to: &output) { member, output in
                Self.write(member.0, to: &output)
                output += ":".utf8
                member.1.write(to: &output)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], between open: String, _ close: String, to output: inout [UInt8],
        each: (Element, inout [UInt8]) -> Void
    ) {
        output += open.utf8
        for (index, element) in elements.enumerated() {
            if index > 0 { output += ",".utf8 }
            each(element, &output)
        }
        output += close.utf8
    }

    private static func write(_ string: String, to output: inout [UInt8]) {
        output += "\"".utf8
        for byte in string.utf8 {
            switch byte {
            case 0x22: output += "\\\"".utf8
            case ASCII.backslash: output += "\\\\".utf8
            case ASCII.newline: output += "\\n".utf8
            case ASCII.tab: output += "\\t".utf8
            case 0..<ASCII.space, ASCII.delete: output += "\\u00".utf8 + Hex.encode([byte])
            default: output.append(byte)
            }
        }
        output += "\"".utf8
    }
}
