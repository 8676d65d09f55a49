// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser

struct ContextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context", abstract: "List, create, narrow and delete contexts, and run commands in them.",
        subcommands: [
            ContextListCommand.self, ContextShowCommand.self, ContextCreateCommand.self, ContextNarrowCommand.self,
            ContextDeleteCommand.self, ContextEnterCommand.self,
        ])
}
