// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import DevicePolicy
import Tool

struct ResolveCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Print the numbers of the devices that a selector stands for.",
        discussion: """
            Each line is a major number, a first minor number, and how many minor numbers follow that. Exit status: \
            1 if the selector stands for no device.
            """)

    @Argument(help: "root-disk, boot, /dev/..., disk:/dev/..., dm:NAME, dm:PREFIX*, UUID=... or LABEL=...")
    var selector: ByteArgument

    @Flag(help: "Print the numbers as JSON.")
    var json = false

    func validate() throws { _ = try parsed() }

    private func parsed() throws -> DeviceSelector {
        guard let parsed = DeviceSelector(selector.bytes) else {
            throw ValidationError(
                "'\(DisplayText.of(selector.bytes))' is not a selector; hint: root-disk, boot, /dev/..., "
                    + "disk:/dev/..., dm:NAME, UUID=... or LABEL=...")
        }
        return parsed
    }

    func execute(in surroundings: DevctlSurroundings) throws -> ExitStatus {
        let selector = try parsed()
        let places: [(first: DeviceNumber, range: UInt32)]
        do throws(NotFound) {
            places = try surroundings.finder.find(selector)
        } catch {
            throw Failure(status: .no, message: error.message)
        }
        guard json else {
            let text = places.map { "\($0.first.major) \($0.first.minor) \($0.range)\n" }.joined()
            return surroundings.reporter.result(Array(text.utf8))
        }
        let devices = places.map { place in
            JSONValue.object([
                ("major", .unsigned(UInt64(place.first.major))), ("minor", .unsigned(UInt64(place.first.minor))),
                ("range", .unsigned(UInt64(place.range))),
            ])
        }
        return surroundings.reporter.result(JSONDocument([("devices", .array(devices))]))
    }
}
