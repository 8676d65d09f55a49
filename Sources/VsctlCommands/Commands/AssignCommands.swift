// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Containers
import Policy
import Tool

struct ArmCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "arm", abstract: "Let a process take the context of a running jail at its next exec.",
        discussion: """
            For container runtimes, whose own process must stay in context 0: the process that a runtime has \
            prepared takes the context when it executes its program. Its namespaces and its tree are its own.
            """)

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @Argument(help: "The number of the process.")
    var process: Int32

    @Flag(help: "Take it back.")
    var disarm = false

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let context = try surroundings.context(of: name.name)
        do throws(ContainerFailure) {
            try context.arm(process, isTakenBack: disarm)
        } catch {
            throw error.failure
        }
        if json {
            return surroundings.reporter.result(
                JSONDocument([
                    ("name", .string(name.name)), ("process", .number(Int64(process))), ("armed", .bool(!disarm)),
                ]))
        }
        let what = disarm ? "does not take" : "takes"
        surroundings.reporter.line("process \(process) \(what) context \(context.number) at its next exec")
        return .done
    }
}

struct BindCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "bind", abstract: "Let the processes of a cgroup take the context of a running jail at exec.",
        discussion: "It counts for the cgroup and those below it, until the jail is stopped.")

    @Argument(help: "The name of the jail.")
    var name: ByteArgument

    @Argument(help: "The directory of the cgroup.")
    var cgroup: ByteArgument

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A cgroup in it, which need not exist yet, instead of itself.", valueName: "name"))
    var child: ByteArgument?

    @Flag(help: "Take it back.")
    var unbind = false

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func execute(in surroundings: VsctlSurroundings) throws -> ExitStatus {
        let context = try surroundings.context(of: name.name)
        let place = child.map { cgroup.path.appending($0.bytes) } ?? cgroup.path
        do throws(ContainerFailure) {
            try context.bind(cgroup.path, child: child?.bytes, isTakenBack: unbind)
        } catch {
            throw error.failure
        }
        if json {
            return surroundings.reporter.result(
                JSONDocument(
                    [("name", .string(name.name))] + JSONValue.members("cgroup", bytes: place.bytes) + [
                        ("bound", .bool(!unbind))
                    ]))
        }
        let what = unbind ? "no longer take" : "take"
        surroundings.reporter.line("processes of \(place) \(what) context \(context.number) at exec")
        return .done
    }
}
