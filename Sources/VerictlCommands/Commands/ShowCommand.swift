// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct ShowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the entries and allow digests in force, as rules that can be loaded.")

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only the entries of this context; may be repeated.", valueName: "number"))
    var context: [ByteArgument] = []

    @Flag(help: "Print each entry on several lines, with names; this output cannot be loaded.")
    var long = false

    @Flag(help: "Print the entries as JSON.")
    var json = false

    func validate() throws {
        guard !(long && json) else { throw ValidationError("--long and --json exclude each other.") }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let wanted = Set(try context.map(OptionValue.context))
        let access = DeviceAccess(surroundings)
        let entries = Self.sorted(
            try access.entries().filter { wanted.isEmpty || wanted.contains($0.context) }
                .map { Shown($0, surroundings.presentName($0)) })
        let live = try access.digests().filter { wanted.isEmpty || wanted.contains($0.context) }
        let names = live.isEmpty ? nil : DigestNames.ofSystem(surroundings)
        let digests = live.map { digest in NamedDigest(digest: digest, name: names.flatMap { digest.name(in: $0) }) }
        let reporter = surroundings.reporter
        let lost = entries.count { !$0.isNamed }
        if lost > 0 {
            reporter.warning(
                "the present name of \(counted(lost, "listed file")) was not found", hint: "search by inode number")
        }
        if json {
            return reporter.result(
                JSONDocument([
                    // Each is written at once, because its parts take more memory.
                    ("entries", .array(entries.map { .written($0.json.text) })),
                    ("digests", .array(digests.map(\.json))),
                ]))
        }
        var text: [UInt8] = []
        for digest in digests { text += digest.line + [ASCII.newline] }
        for entry in entries {
            if long {
                text += entry.details
            } else {
                entry.appendLine(to: &text)
                text.append(ASCII.newline)
            }
        }
        return reporter.result(text)
    }

    /// Sorts by numbers, because an entry is expensive to move. While its table
    /// grows, the kernel may list an entry twice.
    private static func sorted(_ entries: [Shown]) -> [Shown] {
        let order = entries.indices.sorted { Shown.precedes(entries[$0], entries[$1]) }
        var sorted: [Shown] = []
        sorted.reserveCapacity(order.count)
        for index in order where sorted.last != entries[index] { sorted.append(entries[index]) }
        return sorted
    }
}

extension LiveDigest {
    /// The name that a rule file of the system has beside this digest.
    fileprivate func name(in names: DigestNames) -> BytePath? {
        guard let algorithm = DigestAlgorithm(rawValue: algorithm) else { return nil }
        return names.find(algorithm, digest).lazy.compactMap(\.name).first
    }
}

/// An allow digest with the name that stands beside it in a rule file, which the
/// kernel does not keep.
private struct NamedDigest {
    let digest: LiveDigest
    let name: BytePath?

    var line: [UInt8] {
        if var rule = digest.rule {
            rule.name = name
            return rule.line
        }
        let text = "# * \(digest.context.text) - - - - - algorithm-\(digest.algorithm) "
        return Array(text.utf8) + Hex.encode(digest.digest)
    }

    var json: JSONValue {
        .object(
            [
                ("context", .context(digest.context)),
                ("algorithm", .string(DigestAlgorithm(rawValue: digest.algorithm)?.name ?? String(digest.algorithm))),
                ("digest", .hex(digest.digest)),
            ] + (digest.size.map { [("size", .number(Int64($0.bytes)))] } ?? [])
                + (name.map { JSONValue.members("name", bytes: $0.bytes) } ?? []))
    }
}

/// An entry under the present name of its file.
private struct Shown: Equatable {
    private let entry: LiveEntry
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
    static func precedes(_ left: Shown, _ right: Shown) -> Bool {
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
