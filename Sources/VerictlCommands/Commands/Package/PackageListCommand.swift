// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Loading
import Packages
import Policy
import SystemIO
import Tool

struct PackageListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the packages whose programs are allowed by rule files.")

    @Flag(help: "Print the packages as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let places = try PackagePlaces(surroundings)
        var rows: [(stored: PackageStore.Stored, kind: PackageStore.Kind, digests: Int)] = []
        for kind in PackageStore.Kind.allCases {
            for stored in try places.io({ () throws(Errno) in try places.store.stored(kind) }) {
                let rules = RuleParser(source: stored.path.bytes).parse(stored.text).rules
                rows.append((stored, kind, rules.count))
            }
        }
        guard !json else {
            return surroundings.reporter.result(
                JSONDocument([
                    ("packages", .array(rows.map { Self.json($0.stored.package, digests: $0.digests, $0.kind) }))
                ]))
        }
        var table = TextTable()
        for (stored, kind, digests) in rows {
            let state = kind == .upcoming ? ", not yet installed" : stored.header.isRemains ? ", removed" : ""
            table.add(stored.package.text, counted(digests, "digest") + state)
        }
        return surroundings.reporter.result(table.text)
    }

    static func json(_ package: PackageIdentity, digests: Int, _ kind: PackageStore.Kind) -> JSONValue {
        .object(
            JSONValue.members("package", bytes: package.name) + JSONValue.members("version", bytes: package.version)
                + JSONValue.members("architecture", bytes: package.architecture)
                + [("digests", .number(Int64(digests))), ("installed", .bool(kind == .installed))])
    }
}
