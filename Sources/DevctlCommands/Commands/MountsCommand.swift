// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Mounts
import Tool

/// The same as `verictl mounts`.
struct MountsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "mounts", abstract: "Print the mounts that are both writable and executable.",
        discussion: """
            Flags of the mount and of the filesystem count, and the device table once kernel.clip.mount is 0. \
            Exit status: 0 if there is none, 1 if there is one.
            """)

    @Flag(help: "Print the other mounts as well, each with the reason.")
    var all = false

    @Flag(help: "Also print those that are writable and not nosuid.")
    var suid = false

    @Flag(help: "Also print those that are writable and not nodev.")
    var dev = false

    @Flag(help: "Judge as if all had been mounted after the lock.")
    var locked = false

    @Flag(help: "Judge as if kernel.clip.devices_strict were 1.")
    var strict = false

    @Option(help: ArgumentHelp("Judge the mounts of this file, written like /proc/self/mountinfo.", valueName: "file"))
    var mountinfo: ByteArgument?

    @Option(help: ArgumentHelp("Judge by this table, written like that in securityfs.", valueName: "file"))
    var devices: ByteArgument?

    @Flag(help: "Print the mounts as JSON.")
    var json = false

    func execute(in surroundings: DevctlSurroundings) throws -> ExitStatus {
        var request = MountsRequest()
        request.question.all = all
        request.question.setUserID = suid
        request.question.deviceNodes = dev
        request.isLocked = locked
        request.isStrict = strict
        request.mountinfo = mountinfo?.path
        request.devices = devices?.path
        return try request.answer(surroundings.mounts, surroundings.reporter, asJSON: json)
    }
}
