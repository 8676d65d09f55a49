// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Crypto
import Generation
import Loading
import Packages
import Policy
import SystemIO
import Tool

/// The options of `gen` about packages, and what they do.
struct PackageGeneration: ParsableArguments {
    @Option(
        name: .customLong("from-deb"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Write the allow digests of a .deb file, which is not unpacked.", valueName: "file"))
    var debs: [ByteArgument] = []

    @Option(
        name: .customLong("package"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Write the allow digests of an installed package.", valueName: "name"))
    var names: [ByteArgument] = []

    @Flag(help: "Write the allow digests of all installed packages.")
    var allPackages = false

    var isUsed: Bool { kinds > 0 }

    /// Different kinds of sources that are named.
    var kinds: Int { [!debs.isEmpty, !names.isEmpty, allPackages].count { $0 } }

    /// What is common to both kinds of packages.
    struct Options {
        var context: ContextID
        var algorithm: DigestAlgorithm
        var modules: Bool
        var workers: Int
        var root: BytePath
        var output: BytePath?
        var json: Bool
        var intents: [Intent]
    }

    private struct Outcome {
        var packages: [PackageCode] = []
        var problems: [FileProblem] = []
        var changed: [BytePath] = []
    }

    func run(_ options: Options, in surroundings: Surroundings) throws(Failure) -> ExitStatus {
        let reporter = surroundings.reporter
        let outcome = debs.isEmpty ? try installed(options, surroundings) : read(options)
        for path in outcome.changed { reporter.note("\(path): a configuration file that was changed") }
        for problem in outcome.problems { reporter.error("\(problem.path): \(problem.message)") }
        let rules = try join(outcome.packages, options, reporter)
        let status = try write(rules, outcome, options, reporter)
        return status == .done && !outcome.problems.isEmpty ? .io : status
    }

    /// The rule files. An intent must be for a file of one of the packages.
    private func join(
        _ packages: [PackageCode], _ options: Options, _ reporter: Reporter
    ) throws(Failure) -> [PackageRules] {
        let unused = options.intents.filter { intent in
            packages.allSatisfy { PackageRules.files(intent, $0).isEmpty }
        }
        var errors = unused.map(IntentGenerator.noFile)
        let rules = packages.map { code in
            var rules = PackageRules(code, context: options.context, algorithm: options.algorithm)
            let own = options.intents.filter { !PackageRules.files($0, code).isEmpty }
            errors += rules.add(own, for: code, algorithm: options.algorithm)
            return rules
        }
        try IntentOption.refuse(errors, reporter)
        return rules
    }

    private func read(_ options: Options) -> Outcome {
        var outcome = Outcome()
        for deb in debs {
            do throws(DebError) {
                let file = try DebFile.read(deb.path, algorithm: options.algorithm, modules: options.modules)
                outcome.packages.append(PackageCode(file))
            } catch {
                outcome.problems.append(FileProblem(deb.path, error.description))
            }
        }
        return outcome
    }

    private func installed(_ options: Options, _ surroundings: Surroundings) throws(Failure) -> Outcome {
        let database = try DpkgDatabase(root: options.root)
        var outcome = Outcome()
        var packages: [InstalledPackage] = allPackages ? database.packages.filter(\.hasFiles) : []
        for name in names {
            let found = database.named(name.bytes)
            if found.isEmpty { outcome.problems.append(FileProblem(name.path, "no such package is installed")) }
            packages += found.filter { !packages.contains($0) }
        }
        var scan = PackageScan(database, root: options.root)
        scan.algorithm = options.algorithm
        scan.workers = options.workers
        scan.modules = options.modules
        let meter = surroundings.environment.messagesToTerminal ? ProgressMeter(surroundings.environment.output) : nil
        let found = scan.run(packages, progress: meter.map { meter in { meter.update($0.text) } })
        meter?.finish()
        outcome.packages = found.packages.sorted {
            (BytePath($0.package.name), BytePath($0.package.architecture))
                < (BytePath($1.package.name), BytePath($1.package.architecture))
        }
        outcome.problems += found.problems
        outcome.changed = found.changed
        return outcome
    }

    // MARK: Output

    private func write(
        _ packages: [PackageRules], _ outcome: Outcome, _ options: Options, _ reporter: Reporter
    ) throws(Failure) -> ExitStatus {
        if let output = options.output, (try? Files.status(output).kind) == .directory {
            return try write(packages, into: output)
        }
        var text = packages.flatMap(\.text)
        if options.json {
            text =
                JSONDocument([
                    ("entries", .array(packages.flatMap(\.rules).map(\.json))),
                    ("diagnostics", .array([])),
                    ("problems", .array(outcome.problems.map(\.json))),
                ]).text + [ASCII.newline]
        }
        guard let output = options.output else { return reporter.result(text) }
        do throws(Errno) {
            try Files.write(text, to: output)
            return .done
        } catch {
            throw Failure(status: .io, message: "\(output): \(error)")
        }
    }

    /// A file for each package.
    private func write(_ packages: [PackageRules], into directory: BytePath) throws(Failure) -> ExitStatus {
        let store = PackageStore(directory)
        do throws(Errno) {
            for rules in packages { try store.write(rules, .installed) }
            try store.finish()
            return .done
        } catch {
            throw Failure(status: .io, message: "\(directory): \(error)")
        }
    }
}
