// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Glibc
import Policy
import SystemIO

/// Text that is not an event.
package struct EventSyntaxError: Error, Equatable {
    package let problem: String
}

extension Event {
    /// Reads an event as `verictl events` prints it, as a line or as an object of
    /// JSON, or as a line of the kernel's log.
    package init(text: [UInt8]) throws(EventSyntaxError) {
        let line = Array(text.trimming(ASCII.isSpace))
        guard line.first == UInt8(ascii: "{") else {
            self = try EventLine(line).event()
            return
        }
        self = try EventMembers(json: line).event()
    }

    /// Whether text looks like an event, and not like the name of a file.
    package static func isLikely(_ text: [UInt8]) -> Bool {
        let start = text.trimming(ASCII.isSpace)
        return start.first == UInt8(ascii: "{") || start.firstPlace(of: EventLine.reasonMark) != nil
    }
}

extension ASCII {
    static func isSpace(_ byte: UInt8) -> Bool { byte == newline || byte == carriageReturn || isBlank(byte) }
}

extension [UInt8] {
    func trimming(_ isRemoved: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = drop(while: isRemoved)
        guard let last = start.lastIndex(where: { !isRemoved($0) }) else { return [] }
        return start[...last]
    }
}

/// The members of the object of an event. Members that are newer than this tool
/// are left out.
struct EventMembers {
    var time: String?
    var sequence: UInt64?
    var dropped: UInt64?
    var kind: String?
    var enforced: Bool?
    var reason: String?
    var error: String?
    var act: String?
    var act_hex: String?
    var context: Int64?
    var serial: UInt64?
    var pid: UInt32?
    var tid: UInt32?
    var uid: UInt32?
    var euid: UInt32?
    var comm: String?
    var comm_hex: String?
    var target: UInt32?
    var device: String?
    var inode: UInt64?
    var path: String?
    var path_hex: String?
    var algorithm: String?
    var wanted: String?
    var found: String?
    var source: String?
    var source_hex: String?
    var line: UInt32?
    var effective: [String]?
    var permitted: [String]?
    var inheritable: [String]?
    var privileges: String?
    var generation: UInt64?
    // What a record adds.
    var count: UInt64?
    var last: String?
    var root: UInt64?
    var users: UInt64?
    var program: String?
    var program_hex: String?
    var program_device: String?
    var program_inode: UInt64?

    init(json: [UInt8]) throws(EventSyntaxError) {
        let members = try MemberReader(json)
        time = try members.string("time")
        sequence = try members.integer("sequence")
        dropped = try members.integer("dropped")
        kind = try members.string("kind")
        enforced = try members.flag("enforced")
        reason = try members.string("reason")
        error = try members.string("error")
        act = try members.string("act")
        act_hex = try members.string("act_hex")
        context = try members.integer("context")
        serial = try members.integer("serial")
        pid = try members.integer("pid")
        tid = try members.integer("tid")
        uid = try members.integer("uid")
        euid = try members.integer("euid")
        comm = try members.string("comm")
        comm_hex = try members.string("comm_hex")
        target = try members.integer("target")
        device = try members.string("device")
        inode = try members.integer("inode")
        path = try members.string("path")
        path_hex = try members.string("path_hex")
        algorithm = try members.string("algorithm")
        wanted = try members.string("wanted")
        found = try members.string("found")
        source = try members.string("source")
        source_hex = try members.string("source_hex")
        line = try members.integer("line")
        effective = try members.strings("effective")
        permitted = try members.strings("permitted")
        inheritable = try members.strings("inheritable")
        privileges = try members.string("privileges")
        generation = try members.integer("generation")
        count = try members.integer("count")
        last = try members.string("last")
        root = try members.integer("root")
        users = try members.integer("users")
        program = try members.string("program")
        program_hex = try members.string("program_hex")
        program_device = try members.string("program_device")
        program_inode = try members.integer("program_inode")
    }

    func event() throws(EventSyntaxError) -> Event {
        guard let kind, let kindNumber = EventWords.kind(kind) else {
            throw EventSyntaxError(problem: "the object has no kind of an event")
        }
        var event = Event()
        event.kind = EventKind(kindNumber)
        event.time = time.flatMap(EventWords.time)
        event.sequence = sequence
        event.dropped = dropped ?? 0
        event.isEnforced = enforced ?? true
        event.reason = reason.flatMap(EventWords.reason) ?? .none
        event.error = error.flatMap(EventWords.error) ?? 0
        event.act = Self.bytes(act, act_hex)
        event.context = context.map { $0 == -1 ? .own : ContextID(UInt32(truncatingIfNeeded: $0)) }
        event.serial = serial
        (event.process, event.thread, event.user, event.effectiveUser) = (pid, tid, uid, euid)
        event.command = Self.bytes(comm, comm_hex)
        event.target = target
        if let device = device.flatMap(EventWords.device) { (event.deviceMajor, event.deviceMinor) = device }
        event.inode = inode
        event.path = Self.bytes(path, path_hex).map { BytePath($0) }
        event.algorithm = algorithm.flatMap(EventWords.algorithm)
        event.wanted = wanted.flatMap { Hex.decode(Array($0.utf8)) }
        event.found = found.flatMap { Hex.decode(Array($0.utf8)) }
        event.source = Self.bytes(source, source_hex)
        event.line = line
        event.effective = effective.map(EventWords.capabilities)
        event.permitted = permitted.map(EventWords.capabilities)
        event.inheritable = inheritable.map(EventWords.capabilities)
        event.privileges = privileges.map(EventWords.privileges)
        event.generation = generation
        return event
    }

    var learnedProgram: LearnedProgram? {
        Self.bytes(program, program_hex).map { path in
            LearnedProgram(BytePath(path), device: program_device, inode: program_inode)
        }
    }

    private static func bytes(_ text: String?, _ hex: String?) -> [UInt8]? {
        hex.flatMap { Hex.decode(Array($0.utf8)) } ?? text.map { Array($0.utf8) }
    }
}

/// Reads members by their names. A member that is missing or null is nil, and one of
/// another type is an error.
private struct MemberReader {
    private let members: [String: JSONInput]

    init(_ json: [UInt8]) throws(EventSyntaxError) {
        guard let value = try? JSONReader.read(json), case .object(let members) = value else { throw Self.failure }
        self.members = members
    }

    private static let failure = EventSyntaxError(problem: "the object is not that of an event")

    private func member(_ name: String) -> JSONInput? {
        members[name].flatMap { $0 == .null ? nil : $0 }
    }

    func string(_ name: String) throws(EventSyntaxError) -> String? {
        guard let member = member(name) else { return nil }
        guard case .string(let text) = member else { throw Self.failure }
        return text
    }

    func flag(_ name: String) throws(EventSyntaxError) -> Bool? {
        guard let member = member(name) else { return nil }
        guard case .bool(let flag) = member else { throw Self.failure }
        return flag
    }

    func integer<Number: FixedWidthInteger>(_ name: String) throws(EventSyntaxError) -> Number? {
        guard let member = member(name) else { return nil }
        guard let number = member.integer(as: Number.self) else { throw Self.failure }
        return number
    }

    func strings(_ name: String) throws(EventSyntaxError) -> [String]? {
        guard let member = member(name) else { return nil }
        guard case .array(let elements) = member else { throw Self.failure }
        var strings: [String] = []
        for element in elements {
            guard case .string(let text) = element else { throw Self.failure }
            strings.append(text)
        }
        return strings
    }
}

/// One line of text: `WHAT: reason=N (WORD) NAME=VALUE...`.
struct EventLine {
    static let reasonMark = Array(" reason=".utf8)

    private let headline: String
    private var values: [String: [UInt8]] = [:]

    init(_ line: [UInt8]) throws(EventSyntaxError) {
        guard let mark = line.firstPlace(of: Self.reasonMark) else {
            throw EventSyntaxError(problem: "the line has no reason")
        }
        headline = String(decoding: line[..<mark.lowerBound], as: UTF8.self)
        var index = mark.lowerBound
        while index < line.endIndex {
            guard line[index] != ASCII.space, let equals = line[index...].firstIndex(of: UInt8(ascii: "=")) else {
                index += 1
                continue
            }
            let name = String(decoding: line[index..<equals], as: UTF8.self)
            var end = equals + 1
            if end < line.endIndex, line[end] == UInt8(ascii: "\"") {
                let close = line[(end + 1)...].firstIndex(of: UInt8(ascii: "\"")) ?? line.endIndex
                values[name] = Self.unescaped(line[(end + 1)..<close])
                end = min(close + 1, line.endIndex)
            } else {
                let blank = line[end...].firstIndex(of: ASCII.space) ?? line.endIndex
                values[name] = Array(line[end..<blank])
                end = blank
            }
            // A word in parentheses explains the number before it.
            if line[end...].starts(with: [ASCII.space, UInt8(ascii: "(")]) {
                end = line[end...].firstIndex(of: UInt8(ascii: ")")).map { $0 + 1 } ?? line.endIndex
            }
            index = end
        }
    }

    func event() throws(EventSyntaxError) -> Event {
        guard let reason = number("reason") else { throw EventSyntaxError(problem: "the line has no reason") }
        var event = Event()
        event.reason = Reason(UInt32(truncatingIfNeeded: reason))
        setHeadline(&event)
        event.error = number("errno").map { UInt32(truncatingIfNeeded: $0) } ?? (isRefusal ? UInt32(EACCES) : 0)
        event.context = values["context"].flatMap { text in
            Array(text) == Array("-1".utf8) ? .own : Self.number(text).map { ContextID(UInt32(truncatingIfNeeded: $0)) }
        }
        event.process = number("pid").map { UInt32(truncatingIfNeeded: $0) }
        event.thread = number("tid").map { UInt32(truncatingIfNeeded: $0) } ?? event.process
        event.user = number("uid").map { UInt32(truncatingIfNeeded: $0) }
        event.effectiveUser = number("euid").map { UInt32(truncatingIfNeeded: $0) } ?? event.user
        event.target = number("target").map { UInt32(truncatingIfNeeded: $0) }
        event.command = values["comm"]
        event.inode = number("inode") ?? number("ino")
        let place = values["dev"] ?? values["device"]
        if let device = place.flatMap({ EventWords.device(String(decoding: $0, as: UTF8.self)) }) {
            (event.deviceMajor, event.deviceMinor) = device
        }
        event.path = values["path"].map { BytePath($0) }
        event.algorithm = word("algorithm").flatMap { UInt32($0) ?? EventWords.algorithm($0) }
        event.wanted = values["wanted"].flatMap { Hex.decode($0) }
        event.found = values["found"].flatMap { Hex.decode($0) }
        if event.algorithm == nil, let size = (event.found ?? event.wanted)?.count {
            event.algorithm = EventWords.algorithm(size: size)
        }
        event.source = values["rule"]
        event.line = number("line").map { UInt32(truncatingIfNeeded: $0) }
        event.privileges = (word("privileges") ?? word("needs")).map(EventWords.privileges)
        event.generation = number("generation")
        return event
    }

    /// The acts of changes, which the line does not tell from other acts.
    private static let changes: Set = [
        "commit", "level", "update context", "context creation", "context opening", "context reading",
        "context narrowing", "context deletion", "exception", "permissive",
    ]

    private var isRefusal: Bool { headline.holds("refused ") || headline.holds("would refuse ") }

    /// The first words say what happened, and the rest is the act.
    private func setHeadline(_ event: inout Event) {
        var words = headline.split(separator: " ").map(String.init)
        if words.last?.hasSuffix(":") == true { words[words.count - 1].removeLast() }
        if let time = words.first.flatMap(EventWords.time) { event.time = time }
        let text = words.joined(separator: " ")
        event.isEnforced = !text.holds("would refuse ")
        if text.holds("no grant at exec") { event.kind = .ungranted }
        if text.holds("granted at exec") { event.kind = .grant }
        if text.holds("verified at exec") { event.kind = .exec }
        if let range = text.firstPlace(of: "listed file: ") {
            event.kind = .replaced
            event.act = Array(text[range.upperBound...].utf8)
        }
        if let range = text.firstPlace(of: "created by ") {
            event.kind = .create
            event.act = Array(text[range.upperBound...].utf8)
        }
        guard let range = text.firstPlace(of: "refused ") ?? text.firstPlace(of: "would refuse ") else { return }
        let act = String(text[range.upperBound...])
        switch act {
        case "exec": event.kind = .exec
        case "map": event.kind = .map
        case "check": event.kind = .check
        case _ where Self.changes.contains(act): event.kind = .admin
        default: event.kind = .task
        }
        let operation = word("operation").map { "\(act) \($0)" } ?? act
        if event.kind == .task || event.kind == .admin { event.act = Array(operation.utf8) }
    }

    private func word(_ name: String) -> String? { values[name].map { String(decoding: $0, as: UTF8.self) } }

    private func number(_ name: String) -> UInt64? { values[name].flatMap(Self.number) }

    private static func number(_ text: [UInt8]) -> UInt64? { UInt64(String(decoding: text, as: UTF8.self)) }

    /// The tool escapes by octal numbers, and the kernel's log by hexadecimal
    /// ones.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let rest = text[index...]
            if rest.starts(with: [ASCII.backslash, UInt8(ascii: "x")]),
                let byte = Hex.decode(rest.dropFirst(2).prefix(2)), byte.count == 1
            {
                bytes += byte
                index += 4
            } else if rest.first == ASCII.backslash, let byte = try? OctalEscape.decode(rest.prefix(4)), byte.count == 1
            {
                bytes += byte
                index += 4
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return bytes
    }
}
