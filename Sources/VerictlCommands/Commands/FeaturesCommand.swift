// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import Tool

struct FeaturesCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "features", abstract: "Show what the running kernel supports.")

    @Flag(help: "Print the features as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let info = try Self.info(surroundings)
        let reporter = surroundings.reporter
        return reporter.result(json ? Self.json(info).text + [ASCII.newline] : Self.text(info))
    }

    /// Reads securityfs, which every user may read, or the device if securityfs
    /// is not mounted, as in an early initramfs.
    private static func info(_ surroundings: Surroundings) throws(Failure) -> KernelInfo {
        let access = DeviceAccess(surroundings)
        do throws(Failure) {
            return try access.status().info
        } catch {
            guard error.status == .unavailable, let answer = try? access.open() else { throw error }
            return answer.info
        }
    }

    private static func text(_ info: KernelInfo) -> [UInt8] {
        var table = TextTable()
        table.add("interface", "version \(info.abiVersion), image version \(info.imageVersion)")
        table.add("features", list(info.featureNames))
        table.add("algorithms", list(info.algorithmNames))
        table.add("flags", info.flagsKnown.intersection(info.flagsEnforced).explained)
        table.add("  recorded only", info.flagsKnown.subtracting(info.flagsEnforced).explained)
        table.add("  unknown", EntryFlags.all.subtracting(info.flagsKnown).explained)
        table.add("privileges", info.privilegesKnown.intersection(info.privilegesEnforced).explained)
        if let required = info.privilegesRequired { table.add("  required", required.explained) }
        table.add("  recorded only", info.privilegesKnown.subtracting(info.privilegesEnforced).explained)
        table.add("  unknown", Privileges.all.subtracting(info.privilegesKnown).explained)
        table.add("capabilities", list(info.capabilities.names))
        table.add("levels", list(info.levelsEnforced.names))
        table.add("  not enforced", list(ContextLevel.all.subtracting(info.levelsEnforced).names))
        return table.text
    }

    private static func list(_ words: [String]) -> String {
        words.isEmpty ? "-" : words.joined(separator: " ")
    }

    private static func json(_ info: KernelInfo) -> JSONDocument {
        JSONDocument([
            ("abi_version", .number(Int64(info.abiVersion))),
            ("image_version", .number(Int64(info.imageVersion))),
            ("features", .words(info.featureNames)),
            ("algorithms", .words(info.algorithmNames)),
            ("flags", letters(known: info.flagsKnown, enforced: info.flagsEnforced)),
            ("privileges", letters(known: info.privilegesKnown, enforced: info.privilegesEnforced)),
            ("privileges_required", info.privilegesRequired.map { .words($0.names) } ?? .null),
            ("capabilities", .words(info.capabilities.names)),
            (
                "levels",
                .array(
                    ContextLevel.words.map { word, level in
                        .object([("word", .string(word)), ("enforced", .bool(info.levelsEnforced.contains(level)))])
                    })
            ),
        ])
    }

    private static func letters<Mask: LetterMask>(known: Mask, enforced: Mask) -> JSONValue {
        .array(
            Mask.keys.map { key in
                .object([
                    ("letter", .string(DisplayText.of([key.letter]))), ("name", .string(key.name)),
                    ("accepted", .bool(known.contains(key.bit))), ("enforced", .bool(enforced.contains(key.bit))),
                ])
            })
    }
}
