// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// Values of settings, from their text.
enum ValueSyntax {
    static func words(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        text.split(whereSeparator: ASCII.isBlank)
    }

    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in ASCII.isBlank(byte) || byte == ASCII.carriageReturn }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    static func number(_ text: ArraySlice<UInt8>, in range: ClosedRange<UInt32>) throws(ValueFault) -> UInt32 {
        do throws(NumberSyntax.Failure) {
            let number = try NumberSyntax.unsigned(text)
            if range.contains(number) { return number }
        } catch {}
        throw ValueFault(
            message: "not a number from \(range.lowerBound) to \(range.upperBound):", token: Array(text))
    }

    /// Seconds, which may be negative.
    static func seconds(_ text: ArraySlice<UInt8>) throws(ValueFault) -> Int64 {
        let isNegative = text.first == ASCII.minus
        let digits = isNegative ? text.dropFirst() : text
        // The kernel's clocks have less than ten digits of seconds.
        guard (1...10).contains(digits.count), digits.allSatisfy(ASCII.isDigit),
            let value = Int64(String(decoding: digits, as: UTF8.self))
        else { throw ValueFault(message: "not a number of seconds:", token: Array(text), hint: "3600 or -3600") }
        return isNegative ? -value : value
    }

    static func flag(_ text: ArraySlice<UInt8>) throws(ValueFault) -> Bool {
        switch String(decoding: text, as: UTF8.self) {
        case "yes": return true
        case "no": return false
        default: throw ValueFault(message: "neither yes nor no:", token: Array(text))
        }
    }

    /// An absolute path without `.` and `..`; blanks are written as `\040`.
    static func path(_ text: ArraySlice<UInt8>) throws(ValueFault) -> BytePath {
        let path: BytePath
        do throws(OctalEscape.Failure) {
            path = BytePath(try OctalEscape.decode(text))
        } catch {
            throw ValueFault(code: .badPath, message: "a bad escape in the path", token: Array(text))
        }
        guard path.isAbsolute else {
            throw ValueFault(code: .badPath, message: "not an absolute path:", token: Array(text))
        }
        let parts = path.bytes.split(separator: ASCII.slash)
        guard !parts.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) else {
            throw ValueFault(code: .badPath, message: "a path with . or ..:", token: Array(text))
        }
        guard !path.bytes.contains(0) else { throw ValueFault(code: .badPath, message: "a path with a NUL byte") }
        return path
    }

    static func word<Value>(
        _ text: ArraySlice<UInt8>, among known: [(String, Value)], _ what: String
    ) throws(ValueFault) -> Value {
        if let found = known.first(where: { $0.0.utf8.elementsEqual(text) }) { return found.1 }
        let names = known.map(\.0)
        throw ValueFault(
            message: "unknown \(what)", token: Array(text),
            hint: Suggestion.nearest(to: text, among: names) ?? names.joined(separator: ", "))
    }

    /// Names of capabilities, with or without `CAP_`, separated by blanks.
    static func capabilities(_ text: ArraySlice<UInt8>) throws(ValueFault) -> CapabilitySet {
        var set: CapabilitySet = []
        for word in words(text) { set.formUnion(try capability(word)) }
        return set
    }

    static func capability(_ word: ArraySlice<UInt8>) throws(ValueFault) -> CapabilitySet {
        let prefix = Array("CAP_".utf8)
        let name = word.starts(with: prefix) ? word.dropFirst(prefix.count) : word
        if let set = CapabilitySet(oneWord: name) { return set }
        throw ValueFault(
            code: .badCapability, message: "unknown capability", token: Array(word),
            hint: Suggestion.nearest(to: name, among: CapabilitySet.words.map(\.word)))
    }

    static func level(_ text: ArraySlice<UInt8>) throws(ValueFault) -> ContextLevel {
        do throws(SyntaxError) {
            return try LevelSyntax.level(text).0
        } catch {
            throw ValueFault(error)
        }
    }

    static func privileges(_ text: ArraySlice<UInt8>) throws(ValueFault) -> Privileges {
        do throws(SyntaxError) {
            return try FieldSyntax.lettersOrNames(text, as: Privileges.self).0
        } catch {
            throw ValueFault(error)
        }
    }

    static func address(_ text: ArraySlice<UInt8>) throws(ValueFault) -> NetworkAddress {
        let address = try anyAddress(text)
        guard address == address.network else {
            throw ValueFault(
                message: "not one address and not a range, in which the bits behind the prefix are 0:",
                token: Array(text),
                hint: "\(address.network.text), or without the prefix")
        }
        return address
    }

    /// The same with a prefix that says in which network the address is.
    static func anyAddress(_ text: ArraySlice<UInt8>) throws(ValueFault) -> NetworkAddress {
        if let address = NetworkAddress(Array(text)) { return address }
        throw ValueFault(
            message: "not an address:", token: Array(text),
            hint: "192.0.2.1, 2001:db8::1, or a range: 192.0.2.0/24; 0.0.0.0/0 is any")
    }

    static func namespaces(_ text: ArraySlice<UInt8>) throws(ValueFault) -> Namespaces {
        var own: Namespaces = []
        for word in words(text) {
            let known = Namespaces.words.map { ($0.word, $0.bit) }
            own.formUnion(try Self.word(word, among: known, "namespace"))
        }
        return own
    }

    static func output(_ text: ArraySlice<UInt8>) throws(ValueFault) -> JailOutput {
        if text.first == ASCII.slash { return .file(try path(text)) }
        return try word(text, among: [("kept", .kept), ("none", .dropped)], "output")
    }

    /// One or two names of network devices.
    static func pair(_ text: ArraySlice<UInt8>) throws(ValueFault) -> DevicePair {
        let names = words(text)
        let isName = { (name: ArraySlice<UInt8>) in
            name.count < 16 && name.first != UInt8(ascii: ".")
                && name.allSatisfy { byte in
                    ASCII.isLetter(byte) || ASCII.isDigit(byte)
                        || [ASCII.minus, UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
                }
        }
        guard (1...2).contains(names.count), names.allSatisfy(isName) else {
            throw ValueFault(
                message: "not names of network devices:", token: Array(text), hint: "Veth=ve-web, or Veth=ve-web eth0")
        }
        return DevicePair(host: Array(names[0]), inside: names.count == 2 ? Array(names[1]) : Array("eth0".utf8))
    }

    static func range(_ text: ArraySlice<UInt8>) throws(ValueFault) -> IDRange {
        let words = words(text)
        guard words.count == 3 else {
            throw ValueFault(message: "not a range of ids:", token: Array(text), hint: "0 100000 65536")
        }
        return IDRange(
            inside: try number(words[0], in: 0...UInt32.max - 1), outside: try number(words[1], in: 0...UInt32.max - 1),
            count: try number(words[2], in: 1...UInt32.max))
    }

    /// Bytes, with K, M or G.
    static func size(_ text: ArraySlice<UInt8>) throws(ValueFault) -> UInt64 {
        let units: [UInt8: UInt64] = [
            UInt8(ascii: "K"): 1 << 10, UInt8(ascii: "M"): 1 << 20, UInt8(ascii: "G"): 1 << 30,
        ]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? text : text.dropLast()
        guard let value = UInt64(String(decoding: digits, as: UTF8.self)), value > 0,
            !value.multipliedReportingOverflow(by: unit ?? 1).overflow
        else { throw ValueFault(message: "not a size:", token: Array(text), hint: "512M") }
        return value * (unit ?? 1)
    }

    static func percent(_ text: ArraySlice<UInt8>) throws(ValueFault) -> UInt32 {
        guard text.last == UInt8(ascii: "%") else {
            throw ValueFault(message: "not a share of one processor:", token: Array(text), hint: "50%")
        }
        return try number(text.dropLast(), in: 1...100_000)
    }

    /// A command line: words, which may be in single or double quotes.
    static func command(_ text: ArraySlice<UInt8>) throws(ValueFault) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8]?
        var quote: UInt8?
        var rest = text
        while let byte = rest.popFirst() {
            if let open = quote {
                if byte == open { quote = nil } else { word = (word ?? []) + [byte] }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
                word = word ?? []
            } else if ASCII.isBlank(byte) {
                if let complete = word { words.append(complete) }
                word = nil
            } else {
                word = (word ?? []) + [byte]
            }
        }
        guard quote == nil else { throw ValueFault(message: "a quote is not closed:", token: Array(text)) }
        if let word { words.append(word) }
        guard let program = words.first else { throw ValueFault(message: "there is no program") }
        _ = try path(program[...])
        return words
    }

    static func variable(_ text: ArraySlice<UInt8>) throws(ValueFault) -> [UInt8] {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > text.startIndex else {
            throw ValueFault(message: "not a variable:", token: Array(text), hint: "NAME=value")
        }
        return Array(text)
    }

    static func hostName(_ text: ArraySlice<UInt8>) throws(ValueFault) -> [UInt8] {
        let isPart = { (byte: UInt8) in
            ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == ASCII.minus || byte == UInt8(ascii: ".")
        }
        guard !text.isEmpty, text.count <= 64, text.allSatisfy(isPart) else {
            throw ValueFault(message: "not a host name:", token: Array(text))
        }
        return Array(text)
    }
}
