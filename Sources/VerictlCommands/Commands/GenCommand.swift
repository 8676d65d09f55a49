// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Crypto
import Generation
import Loading
import Policy
import SystemIO
import Tool

struct GenCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "gen", abstract: "Write entries for programs and shared objects.",
        discussion: """
            In directories, files with an x bit get the flags of --flags, and shared objects (ELF files named \
            *.so or *.so.*) get l and no rights. Files named one by one get an entry whatever they are.

            With --scripts, so do files without an x bit that an interpreter reads as code: those whose first \
            line begins with #!, and by their names the sources, compiled forms and archives of Python, Perl and \
            shells (*.py, *.pyc, *.pth, *.pm, *.sh and the like).

            A file capability becomes part of the entry, which replaces it, unless an option names capabilities.

            Whatever the level word wx_memory would refuse in a program or library is reported as a warning.

            fsverity-sha256 and fsverity-sha512 are computed whether fs-verity is enabled on the file or not, \
            for blocks of 4096 bytes and no salt. Such an entry only ever matches a file on which it is enabled.
            """)

    @Argument(help: "Files; with -r also directories.")
    var paths: [ByteArgument] = []

    @OptionGroup
    var packages: PackageGeneration

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Write the rules of a file that has no digests, for files or for packages.", valueName: "file"))
    var intent: [ByteArgument] = []

    @Option(help: ArgumentHelp("Change the digests of a rule file that are not those of the files.", valueName: "file"))
    var update: ByteArgument?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Write entries for the kernel modules of this version.", valueName: "version"))
    var modules: [ByteArgument] = []

    @Flag(help: "Write allow digests: any file with such a digest may run, but is granted nothing.")
    var allow = false

    @Flag(name: [.customShort("r"), .long], help: "Search directories recursively.")
    var recursive = false

    @Flag(help: "In directories, also find files that interpreters read.")
    var scripts = false

    @Flag(help: "Also write entries for the loaders and libraries with which the programs start.")
    var libs = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Flags of programs; e by default.", valueName: "letters"))
    var flags: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Effective capabilities; alone, they are permitted as well.", valueName: "words"))
    var capsEff: ByteArgument?

    @Option(parsing: .unconditional, help: ArgumentHelp("Permitted capabilities.", valueName: "words"))
    var capsPerm: ByteArgument?

    @Option(parsing: .unconditional, help: ArgumentHelp("Inheritable capabilities.", valueName: "words"))
    var capsInh: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Privileges, as letters or as names: cs, or netclient,netserver.", valueName: "letters"))
    var privs: ByteArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The context; by default that of the loading process.", valueName: "number"))
    var context: ByteArgument?

    @Option(
        help: ArgumentHelp(
            "sha256 (the default), sha384, sha512, fsverity-sha256, fsverity-sha512, sha1 or md5.",
            valueName: "name"))
    var algo: ByteArgument?

    @Option(help: ArgumentHelp("The future root directory; it is removed from the paths.", valueName: "dir"))
    var root: ByteArgument?

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: ArgumentHelp("Write the entries to this file, atomically.", valueName: "file"))
    var output: ByteArgument?

    @OptionGroup var workers: WorkerOptions

    @Flag(help: "Print the entries as JSON.")
    var json = false

    func validate() throws {
        guard !allow || [flags, capsEff, capsPerm, capsInh, privs].allSatisfy({ $0 == nil }) else {
            throw ValidationError("--allow grants nothing; it excludes flags, capabilities and privileges.")
        }
        let sources = packages.kinds + (paths.isEmpty && modules.isEmpty ? 0 : 1) + (update == nil ? 0 : 1)
        guard sources == 1 || sources == 0 && !intent.isEmpty else {
            throw ValidationError(
                "Specify files, --from-deb, --package, --all-packages, --modules, --intent or --update.")
        }
        let grants = [flags, capsEff, capsPerm, capsInh, privs].contains { $0 != nil }
        guard !modules.contains(where: { $0.bytes.contains(ASCII.slash) || $0.bytes.isEmpty }) else {
            throw ValidationError("--modules takes the version of a kernel, as uname -r prints it.")
        }
        guard
            intent.isEmpty || paths.isEmpty && modules.isEmpty && update == nil && !(grants || allow || context != nil)
        else {
            throw ValidationError("The file of --intent says what is granted, to which files and in which context.")
        }
        guard update == nil || !(grants || allow || recursive || libs || output != nil || algo != nil) else {
            throw ValidationError("--update changes digests only, in the file that it names.")
        }
        guard !packages.isUsed || !(grants || recursive || libs) else {
            throw ValidationError("The programs of packages get allow digests, which exclude grants, -r and --libs.")
        }
        _ = try generator()
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        if let update {
            let run = UpdateRun(
                file: update.path, root: try OptionValue.root(root), workers: workers.count, json: json)
            return try run.run(reporter)
        }
        let intents = try IntentOption.read(intent.map(\.path), reporter)
        if packages.isUsed { return try generatePackages(intents, surroundings) }
        if !intent.isEmpty { return try generate(intents, reporter) }
        var search = FileSearch(root: try OptionValue.root(root), recursive: recursive, scripts: scripts)
        for path in paths { search.add(path.path) }
        for version in modules { search.addModules(version.bytes) }
        if libs { search.addLibraries() }
        let meter = surroundings.environment.messagesToTerminal ? ProgressMeter(surroundings.environment.output) : nil
        let outcome = try generator().run(search.found, progress: meter.map { meter in { meter.update($0.text) } })
        meter?.finish()
        let problems = search.problems + outcome.problems
        for problem in problems { reporter.error("\(problem.path): \(problem.message)") }
        if !json { reporter.diagnostics(outcome.warnings) }
        let status = try write(outcome, problems, reporter)
        return status == .done && !problems.isEmpty ? .io : status
    }

    /// Joins rules without digests with the files of the root directory.
    private func generate(_ intents: [Intent], _ reporter: Reporter) throws -> ExitStatus {
        let generator = try generator()
        var joined = IntentGenerator(root: try OptionValue.root(root))
        joined.algorithm = generator.algorithm
        joined.workers = generator.workers
        let (outcome, errors) = joined.run(intents)
        try IntentOption.refuse(errors, reporter)
        for problem in outcome.problems { reporter.error("\(problem.path): \(problem.message)") }
        if !json { reporter.diagnostics(outcome.warnings) }
        let status = try write(outcome, outcome.problems, reporter)
        return status == .done && !outcome.problems.isEmpty ? .io : status
    }

    /// The context is 0 if there is no --context: packages are of the host.
    private func generatePackages(_ intents: [Intent], _ surroundings: Surroundings) throws -> ExitStatus {
        let generator = try generator()
        return try packages.run(
            PackageGeneration.Options(
                context: context == nil ? ContextID(0) : generator.context, algorithm: generator.algorithm,
                modules: scripts, workers: generator.workers,
                root: try OptionValue.root(root), output: output?.path, json: json, intents: intents),
            in: surroundings)
    }

    private func generator() throws -> Generator {
        var generator = Generator()
        generator.allows = allow
        generator.flags = try flags.map { try OptionValue.letters("--flags", $0) }
        generator.effective = try capsEff.map { try OptionValue.capabilities("--caps-eff", $0) } ?? []
        generator.permitted = try capsPerm.map { try OptionValue.capabilities("--caps-perm", $0) } ?? []
        generator.inheritable = try capsInh.map { try OptionValue.capabilities("--caps-inh", $0) } ?? []
        generator.namesCapabilities = !(capsEff == nil && capsPerm == nil && capsInh == nil)
        // A capability becomes effective only if it is permitted.
        if capsPerm == nil && capsInh == nil { generator.permitted = generator.effective }
        let unreachable = generator.effective.subtracting(generator.permitted.union(generator.inheritable))
        guard unreachable.isEmpty else {
            throw ValidationError(
                "--caps-eff: \(unreachable.text) could never become effective; "
                    + "name it in --caps-perm or --caps-inh as well.")
        }
        generator.privileges = try privs.map { try OptionValue.letters("--privs", $0) } ?? []
        generator.context = try context.map(OptionValue.context) ?? .own
        generator.algorithm = try algo.map(OptionValue.algorithm) ?? .sha256
        generator.workers = workers.count
        return generator
    }

    private func write(
        _ outcome: Generator.Outcome, _ problems: [FileProblem], _ reporter: Reporter
    ) throws(Failure) -> ExitStatus {
        var text: [UInt8] = []
        if json {
            let answer = JSONDocument([
                ("entries", .array(outcome.rules.map(\.json))),
                ("diagnostics", .array(outcome.warnings.map(\.json))),
                ("problems", .array(problems.map(\.json))),
            ])
            text = answer.text + [ASCII.newline]
        } else {
            for rule in outcome.rules {
                text += rule.line
                text.append(ASCII.newline)
            }
        }
        guard let output else { return reporter.result(text) }
        do throws(Errno) {
            try Files.write(text, to: output.path)
            return .done
        } catch {
            throw Failure(status: .io, message: "\(output.path): \(error)")
        }
    }
}
