// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Device
import Glibc
import Policy
import SystemIO

extension Event {
    /// One line for people, in the words of the kernel's log.
    package var text: String {
        var words = "\(timeText.map { $0 + " " } ?? "")\(headline): reason=\(reason.number) (\(reason))"
        func add(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { words += " \(name)=\(value)" }
        }
        func addQuoted(_ name: String, _ value: [UInt8]?) {
            if let value { words += " \(name)=\"\(Self.quoted(value))\"" }
        }
        if isRefusal { words += " errno=\(error) (\(Errno(Int32(truncatingIfNeeded: error)).name))" }
        add("context", context?.text)
        add("pid", process)
        if thread != process { add("tid", thread) }
        add("uid", user)
        if effectiveUser != user { add("euid", effectiveUser) }
        addQuoted("comm", command)
        add("target", target)
        add("generation", generation)
        add("dev", device)
        add("inode", inode)
        add("algorithm", algorithmName)
        add("wanted", wanted.map { String(decoding: Hex.encode($0), as: UTF8.self) })
        add("found", found.map { String(decoding: Hex.encode($0), as: UTF8.self) })
        add("effective", effective?.text)
        add("permitted", permitted?.text)
        add("inheritable", inheritable?.text)
        add("privileges", privileges?.nameText)
        add("line", line)
        addQuoted("rule", source)
        addQuoted("path", path?.bytes)
        if dropped > 0 { add("dropped", dropped) }
        return words
    }

    /// What happened, in a few words.
    package var headline: String {
        let act = act.map { DisplayText.of($0) }
        switch kind {
        case .ungranted: return "no grant at exec"
        case .grant: return "granted at exec"
        case .replaced: return "listed file: \(act ?? "replaced")"
        case .create: return "created by \(act ?? "something")"
        case .exec where !isRefusal: return "verified at exec"
        case .admin where !isRefusal: return "done \(act ?? "change")"
        default: return "\(isEnforced ? "refused" : "would refuse") \(act ?? "\(kind)")"
        }
    }

    /// The time in UTC with milliseconds, in the form of RFC 3339.
    package var timeText: String? { time.flatMap(Self.timeText) }

    package static func timeText(_ time: UInt64) -> String? {
        var seconds = time_t(time / 1_000_000_000)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return nil }
        func padded(_ number: some BinaryInteger, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let day = "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
        let clock = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
        return "\(day)T\(clock).\(padded(time / 1_000_000 % 1000, 3))Z"
    }

    /// Text to stand between quotes. Quotes and backslashes are escaped like
    /// control characters, so that a file name cannot forge a field.
    private static func quoted(_ bytes: [UInt8]) -> String {
        let quote = UInt8(ascii: "\"")
        var text = ""
        var run: [UInt8] = []
        for byte in bytes {
            guard byte == quote || byte == ASCII.backslash else {
                run.append(byte)
                continue
            }
            var escape: [UInt8] = []
            OctalEscape.append(byte, to: &escape)
            text += DisplayText.of(run) + String(decoding: escape, as: UTF8.self)
            run = []
        }
        return text + DisplayText.of(run)
    }
}

extension Event {
    /// The event as one object. Attributes that the message lacks are left out.
    package var json: JSONDocument { JSONDocument(members) }

    package var members: [(String, JSONValue)] {
        var members: [(String, JSONValue)] = []
        func add(_ name: String, _ value: UInt64?) {
            if let value { members.append((name, .unsigned(value))) }
        }
        func add(_ name: String, _ value: UInt32?) {
            add(name, value.map(UInt64.init))
        }
        func add(_ name: String, bytes: [UInt8]?) {
            if let bytes { members += JSONValue.members(name, bytes: bytes) }
        }
        func add(_ name: String, text: String?) {
            if let text { members.append((name, .string(text))) }
        }
        func add(_ name: String, hex: [UInt8]?) {
            add(name, text: hex.map { String(decoding: Hex.encode($0), as: UTF8.self) })
        }
        func add(_ name: String, _ set: CapabilitySet?) {
            if let set { members.append((name, .array(set.names.map { .string($0) }))) }
        }
        add("time", text: timeText)
        add("sequence", sequence)
        add("dropped", dropped)
        members += [
            ("kind", .string("\(kind)")), ("refused", .bool(isRefusal)), ("enforced", .bool(isEnforced)),
            ("reason", .string("\(reason)")),
            ("error", isRefusal ? .string(Errno(Int32(truncatingIfNeeded: error)).name) : .null),
        ]
        add("act", bytes: act)
        if let context {
            members.append(("context", context == .own ? .number(-1) : .unsigned(UInt64(context.number))))
        }
        add("serial", serial)
        add("pid", process)
        add("tid", thread)
        add("uid", user)
        add("euid", effectiveUser)
        add("comm", bytes: command)
        add("target", target)
        add("device", text: device)
        add("inode", inode)
        add("path", bytes: path?.bytes)
        add("algorithm", text: algorithmName)
        add("wanted", hex: wanted)
        add("found", hex: found)
        add("source", bytes: source)
        add("line", line)
        add("effective", effective)
        add("permitted", permitted)
        add("inheritable", inheritable)
        add("privileges", text: privileges.map { String(decoding: $0.letters, as: UTF8.self) })
        if let privileges { members.append(("privilege_names", .array(privileges.names.map { .string($0) }))) }
        add("generation", generation)
        return members
    }
}
