// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Generation
import Loading
import Packages
import Policy
import SystemIO
import Tool

struct PackageSyncCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Make the rule files of packages agree with dpkg, and load all rules.",
        discussion: """
            Digests of versions that were replaced, and of packages that were removed, are no longer allowed \
            afterwards. A package that dpkg is not done with keeps both. Run by dpkg for a program that has \
            locked it (DPKG_FRONTEND_LOCKED), digests of versions that are still to be unpacked are kept, too. \
            The first time, what is installed is allowed by the sums of dpkg. Later, a version that was \
            installed without 'package preload' is named and not allowed, unless /etc/verictl/packages.conf \
            has the line "local = allow" or --rebuild is given.
            """)

    @Flag(help: "Keep the digests of versions that dpkg does not know.")
    var keepNew = false

    @Flag(help: "Make the file of each package anew from what is installed.")
    var rebuild = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        if BootFile(surroundings).settings.signature == .required {
            reporter.note("boot.conf says signature = required; the rules are those of the signed policy")
            guard json else { return .done }
            let none = ["written", "removed", "changed", "diagnostics", "problems"].map { ($0, JSONValue.array([])) }
            return reporter.result(JSONDocument(none), then: .done)
        }
        let places = try PackagePlaces(surroundings)
        let database = try DpkgDatabase(root: places.root)
        var sync = PackageSync(
            database, places.store, PackageScan(database, root: places.root),
            PackageIntents(root: places.root))
        sync.keepsUpcoming = keepNew || Process.environment("DPKG_FRONTEND_LOCKED") != nil
        sync.rebuilds = rebuild
        sync.allowsLocal = try PackageSettings.read(places.settingsFile).allowsLocal
        let outcome = try places.io { () throws(Errno) in try sync.run() }
        for path in outcome.changed {
            reporter.note("\(path): a configuration file that was changed; it is allowed as it is")
        }
        reporter.diagnostics(outcome.diagnostics)
        for problem in outcome.problems { reporter.error("\(problem.path): \(problem.message)") }
        for package in outcome.unannounced {
            reporter.error(
                "\(package.path): \(package.message)",
                hint: "verictl package preload FILE.deb, or 'local = allow' in \(PackageSettings.file)")
        }
        let problems = outcome.problems + outcome.unannounced
        reporter.line(
            "\(counted(outcome.written.count, "rule file")) written, \(outcome.removed.count) removed")
        let loaded = try load(surroundings)
        let isWrong = outcome.diagnostics.contains { $0.severity == .error }
        let status: ExitStatus =
            loaded != .done ? loaded : isWrong ? .syntax : problems.isEmpty ? .done : .io
        guard json else { return status }
        return reporter.result(
            JSONDocument([
                ("written", .array(outcome.written.map { .string($0.description) })),
                ("removed", .array(outcome.removed.map { .string($0.description) })),
                ("changed", .array(outcome.changed.map { .string($0.description) })),
                ("diagnostics", .array(outcome.diagnostics.map(\.json))),
                ("problems", .array(problems.map(\.json))),
            ]), then: status)
    }

    /// Loads the rules of the system, which takes back digests that are in no file
    /// any more. Without clip there is nothing to load them into.
    private func load(_ surroundings: Surroundings) throws -> ExitStatus {
        do throws(Failure) {
            _ = try DeviceAccess(surroundings).open()
        } catch {
            guard error.status == .unavailable else { throw error }
            surroundings.reporter.note("\(error.message); the rules were not loaded")
            return .done
        }
        var surroundings = surroundings
        surroundings.essentials.tool = Self.installedTool(surroundings.essentials.toolPath)
        return try LoadCommand.parse(["--all", "--skip-contexts"]).execute(in: surroundings)
    }

    /// Where verictl will be started the next time. While its own package is
    /// upgraded, the file from before has another name, under which it keeps its
    /// entry until the new one has been loaded.
    static func installedTool(_ path: BytePath) -> BytePath {
        path.lastComponent == Array(".verictl.previous".utf8)
            ? path.parent.appending(Array("verictl".utf8)) : path
    }
}
