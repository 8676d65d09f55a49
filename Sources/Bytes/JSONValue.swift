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
    /// A string of well-formed UTF-8.
    case utf8([UInt8])
    /// A string of the hexadecimal digits of bytes.
    case digits([UInt8])
    /// What has been written already, as text of a value.
    case written([UInt8])
    case array([JSONValue])
    case object([(String, JSONValue)])

    /// One line of text without a newline.
    package var text: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    /// Members that carry `bytes` without loss: as text, and also in
    /// hexadecimal if they are not valid UTF-8 and the text had to be repaired.
    package static func members(_ name: String, bytes: [UInt8]) -> [(String, JSONValue)] {
        if UTF8Scanner.isWellFormed(bytes[...]) { return [(name, .utf8(bytes))] }
        return [(name, .string(String(decoding: bytes, as: UTF8.self))), (name + "_hex", .digits(bytes))]
    }

    package static func words(_ words: [String]) -> JSONValue {
        .array(words.map { .string($0) })
    }

    package static func hex(_ bytes: [UInt8]) -> JSONValue {
        .digits(bytes)
    }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .null: Self.append("null", to: &output)
        case .bool(let value): Self.append(value ? "true" : "false", to: &output)
        case .number(let value): Self.append(String(value), to: &output)
        case .unsigned(let value): Self.append(String(value), to: &output)
        case .string(let value): Self.write(value, to: &output)
        case .utf8(let bytes): bytes.withUnsafeBufferPointer { Self.write($0, to: &output) }
        case .digits(let bytes):
            output.append(Self.quote)
            Hex.append(bytes, to: &output)
            output.append(Self.quote)
        case .written(let text): output += text
        case .array(let values):
            output.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { output.append(ASCII.comma) }
                value.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(ASCII.comma) }
                Self.write(member.0, to: &output)
                output.append(ASCII.colon)
                member.1.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static let quote = UInt8(ascii: "\"")

    private static func append(_ text: String, to output: inout [UInt8]) {
        var text = text
        text.withUTF8 { output.append(contentsOf: $0) }
    }

    private static func write(_ string: String, to output: inout [UInt8]) {
        var string = string
        string.withUTF8 { write($0, to: &output) }
    }

    private static func write(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        output.append(quote)
        var start = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < ASCII.space || byte == quote || byte == ASCII.backslash || byte == ASCII.delete else {
                continue
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            start = index + 1
            switch byte {
            case quote, ASCII.backslash: output += [ASCII.backslash, byte]
            case ASCII.newline: append("\\n", to: &output)
            case ASCII.tab: append("\\t", to: &output)
            default:
                append("\\u00", to: &output)
                Hex.append([byte], to: &output)
            }
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
        output.append(quote)
    }
}
