// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Tool

struct StatusCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Print whether the table is enforced, and how many rules are in it.",
        discussion: "Exit status: 0 if it is enforced, 1 if not.")

    @Flag(help: "Print the status as JSON.")
    var json = false

    func execute(in surroundings: DevctlSurroundings) throws -> ExitStatus {
        let table = try DeviceAccess(surroundings).table()
        let status: ExitStatus = table.isLocked ? .done : .no
        guard json else { return surroundings.reporter.result(Self.text(table), then: status) }
        return surroundings.reporter.result(
            JSONDocument([
                ("locked", .bool(table.isLocked)), ("strict", .bool(table.isStrict)),
                ("rules", .number(Int64(table.rules.count))), ("generation", .unsigned(table.generation)),
            ]), then: status)
    }

    private static func text(_ table: LiveDeviceTable) -> [UInt8] {
        let text = """
            \(table.isLocked ? "enforced, and final until the next boot" : "not enforced: kernel.clip.mount is 1")
            rules       \(table.rules.count)
            unlisted    \(table.isStrict ? "nothing" : "rw")

            """
        return Array(text.utf8)
    }
}
