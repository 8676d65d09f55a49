// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import DevicePolicy
import SystemIO
import Tool

struct ExplainCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Print what a device may be used for, and which rule counts for it.",
        discussion: "Exit status: 0 if the device has all permissions that --want names, 1 if not.")

    @Argument(help: "A block device: its node, or its number as in 8:1.")
    var device: ByteArgument

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The permissions to ask for, from r, w, d, x and s.", valueName: "letters"))
    var want: ByteArgument?

    @Flag(help: "Print the answer as JSON.")
    var json = false

    func validate() throws { _ = try wanted() }

    private func wanted() throws -> DevicePermissions {
        try (want?.bytes ?? []).reduce(into: []) { permissions, letter in
            guard let permission = DevicePermissions.of(letter: letter) else {
                throw ValidationError(
                    "--want: unknown permission '\(DisplayText.of([letter]))'; hint: r, w, d, x and s")
            }
            permissions.insert(permission)
        }
    }

    func execute(in surroundings: DevctlSurroundings) throws -> ExitStatus {
        let want = try wanted()
        let number = try number(surroundings.finder)
        let live = try DeviceAccess(surroundings).table()
        let table = DeviceTable(live.rules)
        let rule = table.rule(for: number)
        let permissions = table.permissions(of: number, strict: live.isStrict)
        let isAllowed = permissions.isSuperset(of: want)
        let status: ExitStatus = isAllowed ? .done : .no
        if json {
            return surroundings.reporter.result(
                JSONDocument([
                    ("device", .string(number.description)), ("rule", rule?.json ?? .null),
                    ("permissions", .string(permissions.text)), ("want", .string(want.text)),
                    ("allowed", .bool(isAllowed)), ("locked", .bool(live.isLocked)),
                ]), then: status)
        }
        var text = "\(number): \(permissions.text), " + (rule.map { "by rule '\($0.text)'" } ?? "not listed")
        if !isAllowed { text += "; lacks \(want.subtracting(permissions).text)" }
        if !live.isLocked { text += "; not enforced yet" }
        return surroundings.reporter.result(Array("\(text)\n".utf8), then: status)
    }

    /// The number of the device that the command line names.
    private func number(_ finder: DeviceFinder) throws(Failure) -> DeviceNumber {
        if let number = DeviceNumber(text: device.bytes) { return number }
        do throws(Errno) {
            if let number = try finder.number(of: device.path) { return number }
        } catch {
            throw Failure(status: .io, message: "\(device.path): \(error)")
        }
        throw Failure(status: .io, message: "\(device.path) is not a block device")
    }
}
