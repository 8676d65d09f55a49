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
        let entries = ShownEntries(
            try access.entryRows(), of: wanted, presentName: surroundings.presentName,
            answerPaths: surroundings.answerPaths)
        let live = try access.digests().filter { wanted.isEmpty || wanted.contains($0.context) }
        let names = live.isEmpty ? nil : DigestNames.ofSystem(surroundings)
        let digests = live.map { digest in NamedDigest(digest: digest, name: names.flatMap { digest.name(in: $0) }) }
        let reporter = surroundings.reporter
        if entries.lost > 0 {
            reporter.warning(
                "the present name of \(counted(entries.lost, "listed file")) was not found",
                hint: "search by inode number")
        }
        return reporter.result { write in
            if json { return entries.writeDocument(digests: digests.map(\.json), write) }
            let lines = digests.reduce(into: [UInt8]()) { $0 += $1.line + [ASCII.newline] }
            guard lines.isEmpty || write(lines) else { return }
            if long {
                _ = write(entries.details)
            } else {
                entries.writeLines(write)
            }
        }
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
