// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import SystemIO

/// The option of commands that hash many files.
struct WorkerOptions: ParsableArguments {
    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("Number of threads; by default one for each processor.", valueName: "n"))
    var jobs: Int?

    func validate() throws {
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("-j takes a number from 1 to 1024.") }
    }

    var count: Int { jobs ?? Process.processorCount }
}
