// SPDX-License-Identifier: LGPL-2.1-or-later

import Containers
import Jails
import Tool

/// Command lines of two words, a command and a jail, as services use them. They are
/// carried out without the parser of command lines, which takes longer to begin than
/// the start of a jail.
enum PlainOrder {
    /// nil for any other command line.
    static func run(_ arguments: [[UInt8]], in surroundings: VsctlSurroundings) -> ExitStatus? {
        guard arguments.count == 2, Jail.isName(arguments[1]) else { return nil }
        let name = String(decoding: arguments[1], as: UTF8.self)
        do throws(Failure) {
            switch String(decoding: arguments[0], as: UTF8.self) {
            case "start": return try start(name, .program, surroundings)
            case "setup": return try start(name, .setup, surroundings)
            case "stop": return try StopCommand.stop(name, timeout: nil, json: false, in: surroundings)
            case "run": try RunCommand.run(try surroundings.jail(name).jail, [], in: surroundings)
            default: return nil
            }
        } catch {
            return surroundings.reporter.failure(error)
        }
    }

    private static func start(
        _ name: String, _ purpose: Launcher.Purpose, _ surroundings: VsctlSurroundings
    ) throws(Failure) -> ExitStatus {
        try StartCommand.start(try surroundings.jail(name).jail, purpose, json: false, in: surroundings)
    }
}
