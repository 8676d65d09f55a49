// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser

struct BootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "boot", abstract: "Do at boot what /etc/verictl/boot.conf asks for.",
        subcommands: [BootLoadCommand.self, BootLockCommand.self, BootStatusCommand.self])
}
