// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import Tool

/// An entry under the present name of its file.
struct ShownEntry: Equatable {
    let entry: LiveEntry
    /// The name under which the file was listed, if it has another one now.
    private let formerName: BytePath?
    /// False if the path of the entry leads to another file, or to none.
    let isNamed: Bool

    init(_ entry: LiveEntry, _ name: PresentName) {
        var entry = entry
        isNamed = name != .notFound
        if case .renamed(let path) = name {
            formerName = entry.path
            entry.path = path
        } else {
            formerName = nil
        }
        self.entry = entry
    }

    /// Orders entries by path and context; entries without a path come last,
    /// ordered by inode. A file may have two entries for a while.
    static func precedes(_ left: ShownEntry, _ right: ShownEntry) -> Bool {
        if let first = left.entry.path, let second = right.entry.path {
            let order = first.order(second)
            if order != 0 { return order < 0 }
        } else if left.entry.path != nil || right.entry.path != nil {
            return left.entry.path != nil
        }
        let (first, second) = (left.order, right.order)
        return first == second
            ? left.entry.digest.lexicographicallyPrecedes(right.entry.digest) : first < second
    }

    private var order: (UInt32, String, UInt64) { (entry.context.number, entry.device, entry.inode) }

    private var algorithm: String {
        DigestAlgorithm(rawValue: entry.algorithm)?.name ?? "algorithm-\(entry.algorithm)"
    }

    private static let outdated = "no longer the name of the file"

    /// The rule, or a comment if no rule can express the entry. It is a comment
    /// as well if another file, or none, has the name: the line would load a
    /// rule for that file.
    func appendLine(to text: inout [UInt8]) {
        if let rule = entry.rule {
            if !isNamed { text += "# \(Self.outdated): ".utf8 }
            return rule.appendLine(to: &text)
        }
        let letters = { (bytes: [UInt8]) in String(decoding: bytes, as: UTF8.self) }
        let words = [
            "# \(entry.path?.description ?? "inode") \(entry.device)/\(entry.inode)", entry.context.text,
            letters(entry.flags.letters), entry.effective.text, entry.permitted.text, entry.inheritable.text,
            letters(entry.privileges.letters), algorithm, letters(Hex.encode(entry.digest)),
        ]
        text += words.joined(separator: " ").utf8
    }

    var details: [UInt8] {
        var table = TextTable()
        table.add("entry", (entry.path?.description ?? "-") + (isNamed ? "" : " (\(Self.outdated))"))
        if let formerName { table.add("  listed as", formerName.description) }
        table.add("  file", "\(entry.device)/\(entry.inode), generation \(entry.generation)")
        table.add("  context", entry.context.text)
        table.add("  flags", entry.flags.explained)
        table.add("  effective", entry.effective.text)
        table.add("  permitted", entry.permitted.text)
        table.add("  inheritable", entry.inheritable.text)
        table.add("  privileges", entry.privileges.explained)
        table.add("  digest", "\(algorithm) \(String(decoding: Hex.encode(entry.digest), as: UTF8.self))")
        return table.text
    }

    var json: JSONValue {
        var members: [(String, JSONValue)] = []
        if let rule = entry.rule, case .object(let rule) = rule.json {
            members = rule
        } else {
            members = [
                ("path", .null), ("context", .context(entry.context)),
                ("flags", .string(String(decoding: entry.flags.letters, as: UTF8.self))),
                ("effective", .words(entry.effective.names)), ("permitted", .words(entry.permitted.names)),
                ("inheritable", .words(entry.inheritable.names)),
                ("privileges", .string(String(decoding: entry.privileges.letters, as: UTF8.self))),
                ("privilege_names", .words(entry.privileges.names)),
                ("algorithm", .string(DigestAlgorithm(rawValue: entry.algorithm)?.name ?? String(entry.algorithm))),
                ("digest", .hex(entry.digest)),
            ]
        }
        members += [
            ("device", .string(entry.device)), ("inode", .unsigned(entry.inode)),
            ("generation", .unsigned(entry.generation)),
        ]
        if let formerName { members += JSONValue.members("listed_as", bytes: formerName.bytes) }
        if !isNamed { members.append(("path_is_current", .bool(false))) }
        return .object(members)
    }
}
