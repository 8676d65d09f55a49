// SPDX-License-Identifier: LGPL-2.1-or-later

/// The part of Foundation that swift-argument-parser uses, under the name of the
/// real module.
///
/// The installed programs are linked without shared libraries, and the library
/// that this module stands for would be a third of each of them. Of it,
/// swift-argument-parser uses the text of an error, and an encoder for
/// `--experimental-dump-help`. tools/swift-build compiles this module and places
/// it before the real one; the tests, which are built without it, use the real one.
public protocol LocalizedError: Error {
    /// The text of the error for people.
    var errorDescription: String? { get }
}

/// Bytes, as the encoder returns them.
public struct Data: Sendable {
    fileprivate let bytes: [UInt8]
}

extension String {
    /// The encodings that text can have.
    public enum Encoding: Sendable {
        case utf8
    }

    /// The text of the bytes.
    public init?(data: Data, encoding: Encoding) {
        self.init(validating: data.bytes, as: UTF8.self)
    }
}

/// Writes a value as JSON. Members are sorted by their names, and each member and
/// each element begins a line, because the tools cut long lines of messages.
public final class JSONEncoder {
    /// Wishes for the form of the text, which are not followed.
    public struct OutputFormatting: OptionSet, Sendable {
        /// One bit for each wish.
        public let rawValue: UInt

        /// The wishes that the bits stand for.
        public init(rawValue: UInt) { self.rawValue = rawValue }

        /// Each member on a line of its own.
        public static let prettyPrinted = OutputFormatting(rawValue: 1)
        /// Members in the order of their names.
        public static let sortedKeys = OutputFormatting(rawValue: 2)
    }

    /// The wishes of the user of the encoder.
    public var outputFormatting: OutputFormatting = []

    /// An encoder without wishes.
    public init() {}

    /// The text of a value.
    public func encode(_ value: some Encodable) throws -> Data {
        let node = Node()
        try value.encode(to: NodeEncoder(node: node, codingPath: []))
        var text: [UInt8] = []
        node.write(to: &text)
        return Data(bytes: text)
    }
}

/// A part of a document while it is built.
private final class Node {
    enum Content {
        case plain(String)
        case string(String)
        case array([Node])
        case object([String: Node])
    }

    var content = Content.plain("null")

    func write(to text: inout [UInt8]) {
        switch content {
        case .plain(let word): text += word.utf8
        case .string(let string): Self.write(string, to: &text)
        case .array(let nodes):
            text.append(UInt8(ascii: "["))
            for (index, node) in nodes.enumerated() {
                text += (index > 0 ? ",\n" : "\n").utf8
                node.write(to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (index, name) in members.keys.sorted().enumerated() {
                text += (index > 0 ? ",\n" : "\n").utf8
                Self.write(name, to: &text)
                text.append(UInt8(ascii: ":"))
                members[name]?.write(to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                text += ("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    /// The node of a member, which is made.
    func member(_ name: String) -> Node {
        let node = Node()
        guard case .object(var members) = content else {
            content = .object([name: node])
            return node
        }
        content = .plain("null")
        members[name] = node
        content = .object(members)
        return node
    }

    /// The node of a new last element.
    func element() -> Node {
        let node = Node()
        guard case .array(var nodes) = content else {
            content = .array([node])
            return node
        }
        content = .plain("null")
        nodes.append(node)
        content = .array(nodes)
        return node
    }
}

private struct NodeEncoder: Encoder {
    let node: Node
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.content = .object([:])
        return KeyedEncodingContainer(Members<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.content = .array([])
        return Elements(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: node, codingPath: codingPath) }
}

private struct Single: SingleValueEncodingContainer {
    let node: Node
    let codingPath: [any CodingKey]

    func encodeNil() { node.content = .plain("null") }

    func encode(_ value: some Encodable) throws {
        switch value {
        case let value as String: node.content = .string(value)
        case let value as Bool: node.content = .plain(value ? "true" : "false")
        case let value as any FixedWidthInteger: node.content = .plain(String(describing: value))
        case is any BinaryFloatingPoint:
            throw EncodingError.invalidValue(
                value, EncodingError.Context(codingPath: codingPath, debugDescription: "not an integer"))
        default: try value.encode(to: NodeEncoder(node: node, codingPath: codingPath))
        }
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let node: Node
    let codingPath: [any CodingKey]
    private(set) var count = 0

    init(node: Node, codingPath: [any CodingKey]) {
        self.node = node
        self.codingPath = codingPath
    }

    private mutating func next() -> Node {
        count += 1
        return node.element()
    }

    mutating func encodeNil() { _ = next() }

    mutating func encode(_ value: some Encodable) throws {
        try Single(node: next(), codingPath: codingPath).encode(value)
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        NodeEncoder(node: next(), codingPath: codingPath).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        NodeEncoder(node: next(), codingPath: codingPath).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { NodeEncoder(node: next(), codingPath: codingPath) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: Node
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { _ = node.member(key.stringValue) }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        try Single(node: node.member(key.stringValue), codingPath: codingPath + [key]).encode(value)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        NodeEncoder(node: node.member(key.stringValue), codingPath: codingPath + [key]).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        NodeEncoder(node: node.member(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { NodeEncoder(node: node.member("super"), codingPath: codingPath) }

    func superEncoder(forKey key: Key) -> any Encoder {
        NodeEncoder(node: node.member(key.stringValue), codingPath: codingPath + [key])
    }
}
