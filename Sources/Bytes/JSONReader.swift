// SPDX-License-Identifier: LGPL-2.1-or-later

/// A JSON value (RFC 8259) that was read.
package enum JSONInput: Equatable, Sendable {
    case null
    case bool(Bool)
    /// As it was written: a program may write numbers that no type can hold.
    case number(String)
    case string(String)
    case array([JSONInput])
    /// The last one of several members that have the same name.
    case object([String: JSONInput])

    /// The integer that a number stands for; nil if this type cannot hold it.
    package func integer<Number: FixedWidthInteger>(as: Number.Type = Number.self) -> Number? {
        guard case .number(let text) = self else { return nil }
        return Number(text) ?? Double(text).flatMap { Number(exactly: $0) }
    }
}

/// Reads one JSON value and nothing else.
package struct JSONReader {
    /// The reason why text is not JSON.
    package struct Failure: Error, Equatable {
        /// Bytes from the start of the text.
        package let offset: Int
    }

    /// A document that is nested deeper is refused.
    private static let deepest = 64

    private let text: [UInt8]
    private var index = 0

    /// Reads a whole text.
    package static func read(_ text: [UInt8]) throws(Failure) -> JSONInput {
        var reader = JSONReader(text: text)
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.index == text.count else { throw reader.failure }
        return value
    }

    private init(text: [UInt8]) {
        self.text = text
    }

    private var failure: Failure { Failure(offset: index) }

    private var next: UInt8? { index < text.count ? text[index] : nil }

    private mutating func skipBlanks() {
        while let byte = next, ASCII.isBlank(byte) || byte == ASCII.newline || byte == ASCII.carriageReturn {
            index += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ word: StaticString) throws(Failure) {
        for offset in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[offset]) { throw failure }
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(Failure) -> JSONInput {
        guard depth < Self.deepest else { throw failure }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return .object(try members(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try elements(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        default: return .number(try number())
        }
    }

    private mutating func members(depth: Int) throws(Failure) -> [String: JSONInput] {
        index += 1
        var members: [String: JSONInput] = [:]
        skipBlanks()
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            skipBlanks()
            let name = try string()
            skipBlanks()
            guard take(ASCII.colon) else { throw failure }
            members[name] = try value(depth: depth)
            skipBlanks()
        } while take(ASCII.comma)
        guard take(UInt8(ascii: "}")) else { throw failure }
        return members
    }

    private mutating func elements(depth: Int) throws(Failure) -> [JSONInput] {
        index += 1
        var elements: [JSONInput] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return elements }
        repeat {
            elements.append(try value(depth: depth))
            skipBlanks()
        } while take(ASCII.comma)
        guard take(UInt8(ascii: "]")) else { throw failure }
        return elements
    }

    private mutating func number() throws(Failure) -> String {
        let start = index
        _ = take(ASCII.minus)
        if !take(ASCII.zero) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(ASCII.plus) || take(ASCII.minus)
            try digits()
        }
        return String(decoding: text[start..<index], as: UTF8.self)
    }

    /// At least one digit.
    private mutating func digits() throws(Failure) {
        guard let first = next, ASCII.isDigit(first) else { throw failure }
        while let byte = next, ASCII.isDigit(byte) { index += 1 }
    }

    // MARK: Strings

    private mutating func string() throws(Failure) -> String {
        guard take(UInt8(ascii: "\"")) else { throw failure }
        var bytes: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= ASCII.space else { throw failure }
            index += 1
            if byte == ASCII.backslash { try escape(into: &bytes) } else { bytes.append(byte) }
        }
        guard take(UInt8(ascii: "\"")), let string = String(validating: bytes, as: UTF8.self) else { throw failure }
        return string
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(Failure) {
        guard let mark = next else { throw failure }
        index += 1
        switch mark {
        case UInt8(ascii: "\""), ASCII.backslash, ASCII.slash: bytes.append(mark)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0c)
        case UInt8(ascii: "n"): bytes.append(ASCII.newline)
        case UInt8(ascii: "r"): bytes.append(ASCII.carriageReturn)
        case UInt8(ascii: "t"): bytes.append(ASCII.tab)
        case UInt8(ascii: "u"): bytes += String(Character(try scalar())).utf8
        default: throw failure
        }
    }

    /// Four hexadecimal digits, or two such numbers for a character that UTF-16
    /// writes with two.
    private mutating func scalar() throws(Failure) -> Unicode.Scalar {
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xdc00, take(ASCII.backslash), take(UInt8(ascii: "u")) else { throw failure }
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low),
            let scalar = Unicode.Scalar(0x1_0000 + (high - 0xd800) << 10 + (low - 0xdc00))
        else { throw failure }
        return scalar
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Hex.lowerValue(ASCII.lowered(byte)) else { throw failure }
            number = number << 4 | UInt32(digit)
            index += 1
        }
        return number
    }
}
