// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Policy
import SystemIO
import Tool

struct BootStatusCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Compare boot.conf with what is in force.",
        discussion: """
            Exit status: 0 everything is as boot.conf says, or the mode is off; 1 something is not; 3 boot.conf has \
            errors.
            """)

    @Flag(help: "Print the settings and the differences as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        let file = BootFile(surroundings)
        file.report(reporter)
        let settings = file.settings
        let differences = settings.mode == .off ? [] : try BootDifferences.find(settings, surroundings)
        let status = file.fault ?? (differences.isEmpty ? .done : .no)
        if json {
            return reporter.result(
                JSONDocument([
                    ("mode", .string(settings.mode.rawValue)), ("level", .words(settings.level.names)),
                    ("latches", .words(settings.latches.map(\.name))), ("lock", .words(settings.lock.words)),
                    ("contexts", .array(settings.contexts.map { .context($0.context) })),
                    ("on_failure", .string(settings.onFailure.rawValue)),
                    ("differences", .words(differences)),
                ]), then: status)
        }
        var table = TextTable()
        table.add("mode", settings.mode.rawValue + (file.exists ? "" : ", because there is no boot.conf"))
        if settings.mode != .off {
            table.add("level", settings.activeLevel.text)
            if !settings.latches.isEmpty { table.add("latches", settings.latches.map(\.name).joined(separator: " ")) }
            if !settings.lock.words.isEmpty { table.add("lock", settings.lock.words.joined(separator: " ")) }
            table.add("on-failure", settings.onFailure.rawValue)
        }
        for difference in differences { table.add("differs", difference) }
        return reporter.result(table.text, then: status)
    }
}

/// What is not in force although `boot.conf` asks for it.
enum BootDifferences {
    static func find(_ settings: BootSettings, _ surroundings: Surroundings) throws(Failure) -> [String] {
        let access = try ContextAccess(surroundings)
        var differences: [String] = []
        let wanted = settings.activeLevel
        let level = try access.state(.own).level
        for word in wanted.subtracting(level).names { differences.append("the level lacks \(word)") }
        if settings.mode == .enforcing, level.contains(.permissive) { differences.append("the level is permissive") }
        for entry in settings.contexts where (try? access.state(entry.context)) == nil {
            differences.append("there is no context \(entry.context.number)")
        }
        guard settings.mode == .enforcing else { return differences }
        for word in settings.lock.level.subtracting(level).names { differences.append("\(word) is not set") }
        let writer = LatchWriter(
            Result { () throws(Errno) in try SysctlDirectory(surroundings.latchDirectory) })
        for latch in settings.latches {
            if try !writer.isSet(latch) { differences.append("the latch \(latch.name) is not \(latch.value)") }
        }
        if settings.lock.mounts || settings.lock.devices, try !writer.areMountsLocked() {
            differences.append("mounts and devices are not locked")
        }
        return differences
    }
}
