// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Device
import Loading
import Packages
import Policy
import SystemIO
import Tool

struct PackagePreloadCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "preload", abstract: "Allow the programs of packages that are about to be unpacked.",
        discussion: """
            Each package must be one that apt's lists have with this digest, unless /etc/verictl/packages.conf \
            has the line "local = allow". If one is refused, the status is 1 and nothing is allowed. On a kernel \
            without clip, the rule files are written, too.

            Where boot.conf says "signature = required", nothing is allowed either: the status is 1 unless the \
            signed policy in force allows everything that the packages contain.
            """)

    @Argument(help: "Packages: .deb files.")
    var files: [ByteArgument] = []

    @Flag(help: "Read the names of the packages from standard input, as apt gives them to DPkg::Pre-Install-Pkgs.")
    var apt = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard apt != !files.isEmpty else { throw ValidationError("Specify .deb files, or --apt.") }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let places = try PackagePlaces(surroundings)
        let settings = try PackageSettings.read(places.settingsFile)
        let debs = try read(try paths(surroundings), surroundings.reporter)
        guard let debs, try areGenuine(debs, settings, surroundings) else {
            throw Failure(
                status: .no, message: "a file is not a package that may be installed; nothing was allowed")
        }
        let rules = debs.map { PackageRules(PackageCode($0.deb)) }
        if BootFile(surroundings).settings.signature == .required {
            try SignedCoverage(surroundings).check(rules)
            return json ? report(rules, isLoaded: false, surroundings.reporter) : .done
        }
        let written = try write(rules, places)
        do throws(Failure) {
            let status = try add(rules, surroundings)
            if status != .done { try undo(written, places) }
            return status
        } catch {
            try undo(written, places)
            throw error
        }
    }

    // MARK: Reading

    private func paths(_ surroundings: Surroundings) throws(Failure) -> [BytePath] {
        guard apt else { return files.map(\.path) }
        do throws(Errno) {
            let text = try surroundings.environment.readStandardInput()
            return text.split(separator: ASCII.newline).map { BytePath($0) }.filter {
                $0.bytes.suffix(4).elementsEqual(".deb".utf8)
            }
        } catch {
            throw Failure(status: .io, message: "standard input: \(error)")
        }
    }

    private typealias Found = (path: BytePath, deb: DebFile)

    /// nil if one is not a package, which is reported.
    private func read(_ paths: [BytePath], _ reporter: Reporter) throws(Failure) -> [Found]? {
        var found: [Found] = []
        var isComplete = true
        for path in paths {
            do throws(DebError) {
                found.append((path, try DebFile.read(path)))
            } catch {
                reporter.error("\(path): \(error)")
                isComplete = false
            }
        }
        return isComplete ? found : nil
    }

    private func areGenuine(
        _ debs: [Found], _ settings: PackageSettings, _ surroundings: Surroundings
    ) throws(Failure) -> Bool {
        let lists: AptLists
        do throws(Errno) {
            lists = try AptLists(debs.map(\.deb.package)) { words throws(Errno) in try surroundings.runProgram(words) }
        } catch {
            guard settings.allowsLocal else { throw Failure(status: .io, message: "apt-cache: \(error)") }
            return true
        }
        var areAllGenuine = true
        for (path, deb) in debs {
            switch lists.answer(deb) {
            case .known: continue
            case .unknown where settings.allowsLocal: continue
            case .unknown:
                surroundings.reporter.error(
                    "\(path): apt's lists do not have the package \(deb.package.text); nothing was allowed",
                    hint: "\(PackageSettings.file) can say 'local = allow'")
            case .different:
                surroundings.reporter.error(
                    "\(path): the file is not the package \(deb.package.text) of apt's lists; nothing was allowed",
                    hint: "its SHA-256 is \(String(decoding: Hex.encode(deb.digest), as: UTF8.self))")
            }
            areAllGenuine = false
        }
        return areAllGenuine
    }

    // MARK: Allowing

    /// A rule file as it was before; nil if there was none.
    private typealias Before = (path: BytePath, text: [UInt8]?)

    /// What was there before. If a file cannot be written, all are as they were.
    private func write(_ rules: [PackageRules], _ places: PackagePlaces) throws(Failure) -> [Before] {
        var before: [Before] = []
        do throws(Failure) {
            try places.io { () throws(Errno) in
                for rules in rules {
                    let path = places.store.path(.upcoming, rules.package)
                    before.append((path, try places.store.content(path)))
                    try places.store.write(rules, .upcoming)
                }
                if !rules.isEmpty { try places.store.finish() }
            }
        } catch {
            try undo(before, places)
            throw error
        }
        return before
    }

    private func undo(_ before: [Before], _ places: PackagePlaces) throws(Failure) {
        try places.io { () throws(Errno) in
            // Backwards: of two packages of one name, the first one found the old file.
            for (path, text) in before.reversed() { try places.store.restore(text, path) }
            if !before.isEmpty { try places.store.finish() }
        }
    }

    private func add(_ rules: [PackageRules], _ surroundings: Surroundings) throws(Failure) -> ExitStatus {
        let reporter = surroundings.reporter
        var seen: Set<RuleKey> = []
        let all = rules.flatMap(\.rules).filter { seen.insert($0.key).inserted }
        guard !all.isEmpty else { return report(rules, isLoaded: false, reporter) }
        let device: any VeriexecDevice
        let info: KernelInfo
        do throws(Failure) {
            (device, info) = try DeviceAccess(surroundings).open()
        } catch {
            guard error.status == .unavailable else { throw error }
            reporter.note("\(error.message); the digests of \(counted(rules.count, "package")) were only written")
            return report(rules, isLoaded: false, reporter)
        }
        let transaction = try Transaction(all, mode: .add)
        let outcome = try transaction.run(on: device)
        guard outcome.error == nil else {
            return TransactionReport(transaction: transaction, outcome: outcome, info: info)
                .deliver(reporter, json: json)
        }
        return report(rules, isLoaded: true, reporter)
    }

    private func report(_ rules: [PackageRules], isLoaded: Bool, _ reporter: Reporter) -> ExitStatus {
        let count = rules.reduce(0) { $0 + $1.rules.count }
        guard json else {
            reporter.line(
                "\(counted(count, "digest")) of \(counted(rules.count, "package")) \(isLoaded ? "allowed" : "written")")
            return .done
        }
        return reporter.result(
            JSONDocument([
                (
                    "packages",
                    .array(rules.map { PackageListCommand.json($0.package, digests: $0.rules.count, .upcoming) })
                ),
                ("loaded", .bool(isLoaded)),
            ]))
    }
}
