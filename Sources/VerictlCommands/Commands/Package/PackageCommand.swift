// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser

struct PackageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Keep allow digests for the programs of Debian packages.",
        subcommands: [PackagePreloadCommand.self, PackageSyncCommand.self, PackageListCommand.self])
}
