// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Tool

/// The options of `load` and `unload`, which say what to send and how.
struct RuleOptions: ParsableArguments {
    @Flag(help: "Take the rules of /etc/devctl.d.")
    var all = false

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("file")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Take the rules of a file or a directory; - for standard input.", valueName: "file"))
    var files: [ByteArgument] = []

    @Option(
        name: .customLong("rule"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Take one rule.", valueName: "rule"))
    var rules: [ByteArgument] = []

    @Flag(help: "Leave out rules whose selector stands for no device.")
    var skipMissing = false

    @Flag(name: [.customShort("n"), .long], help: "Let the kernel check everything, and change nothing.")
    var dryRun = false

    @Flag(help: "Print the outcome as JSON on standard output.")
    var json = false

    /// Reads the rules. Throws if the command line names none, or --all and others.
    ///
    /// This is not part of validate(), which is called before an unknown option
    /// is reported: the message about a misspelled --all would be lost.
    func collected(_ surroundings: DevctlSurroundings) throws(Failure) -> CollectedRules {
        guard all != !(files.isEmpty && rules.isEmpty) else {
            throw Failure(status: .usage, message: "give one of --all, -f FILE and --rule RULE")
        }
        var sources = DeviceSources(surroundings, skipMissing: skipMissing)
        if all { sources.addRuleDirectory() }
        for file in files { sources.add(path: file.path) }
        for rule in rules { sources.add(rule: rule.bytes) }
        var collected = sources.collected()
        if all, collected.failure == nil { collected.checkRoot(surroundings.finder) }
        return collected
    }
}
