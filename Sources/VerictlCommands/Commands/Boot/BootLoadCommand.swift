// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Loading
import Policy
import SystemIO
import Tool

struct BootLoadCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Load the rules, then set the level and the latches of boot.conf.",
        discussion: """
            Rules that have errors leave the last good policy in force. If anything fails and boot.conf says \
            on-failure = stop, the machine is halted, unless rules are enforced already. Nothing is done, and the \
            status is 0, if the mode is off or there is no boot.conf.

            Exit status: 0 everything is as boot.conf says; otherwise that of the first step that failed.
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Change the root directory to this one first, as from an initramfs.", valueName: "directory")
    )
    var root: ByteArgument?

    @Flag(help: "Load the contexts and the rules alone, without level and latches.")
    var rulesOnly = false

    @Flag(help: "Print the steps as JSON on standard output.")
    var json = false

    /// The options.
    struct Request {
        var root: BytePath?
        var rulesOnly = false
        var json = false
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        try Self.run(Request(root: root?.path, rulesOnly: rulesOnly, json: json), in: surroundings)
    }

    static func run(_ request: Request, in surroundings: Surroundings) throws(Failure) -> ExitStatus {
        var surroundings = surroundings
        // Both belong to the system that is left, and /proc of the next one may not
        // be mounted yet.
        let access: Result<ContextAccess, Failure> = Result { () throws(Failure) in
            try ContextAccess(surroundings)
        }
        let latches = Result { () throws(Errno) in try SysctlDirectory(surroundings.latchDirectory) }
        // The directory of what is in force moves from one system to the next.
        let store = PolicyStore(surroundings)
        let loaded = store.loaded
        var leave: (() -> Void)?
        if let root = request.root {
            leave = try enter(root, surroundings)
            surroundings.useInstalledHelpers()
        }
        surroundings.useInstalledEssentialsWithoutProc()
        let reporter = surroundings.reporter
        let file = BootFile(surroundings)
        file.report(reporter)
        if file.fault == nil, file.settings.mode == .off {
            var steps = BootSteps(reporter)
            steps.add(
                "boot", .skipped,
                "\(surroundings.bootConfiguration) \(file.exists ? "says mode = off" : "is not there"); nothing is loaded"
            )
            return steps.answer(.off, json: request.json)
        }
        var load = BootLoad(surroundings, file, try access.get(), latches: latches, loaded: loaded)
        if file.settings.mode != .off { load.run(rulesOnly: request.rulesOnly) }
        leave?()
        if let record = load.loaded, record != loaded { store.noteLoaded(record) }
        load.stopIfAsked()
        return load.steps.answer(file.settings.mode, json: request.json)
    }

    private static func enter(_ root: BytePath, _ surroundings: Surroundings) throws(Failure) -> () -> Void {
        do throws(Errno) {
            return try surroundings.changeRoot(root)
        } catch {
            throw Failure(status: error == .notPermitted ? .refused : .io, message: "\(root): \(error)")
        }
    }
}
