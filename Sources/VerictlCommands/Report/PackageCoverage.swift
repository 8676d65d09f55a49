// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Crypto
import Generation
import Loading
import Packages
import Policy
import ReportPage
import SystemIO
import Tool

/// Which code of the installed packages may run.
extension ReportCollector {
    mutating func lookAtPackages() {
        let database: DpkgDatabase
        let stored: [PackageStore.Stored]
        let places: PackagePlaces
        do throws(Failure) {
            places = try PackagePlaces(surroundings)
            database = try DpkgDatabase(root: places.root)
            stored = try places.io { () throws(Errno) in try places.store.stored(.installed) }
        } catch {
            report.notes.append("packages: \(error.message)")
            return
        }
        let known = AllowedCode(rules)
        var scan = PackageScan(database, root: places.root)
        scan.algorithm = known.algorithm
        scan.workers = workers
        let meter = surroundings.environment.messagesToTerminal ? ProgressMeter(surroundings.environment.output) : nil
        let found = scan.run(
            database.packages.filter(\.isComplete), progress: meter.map { meter in { meter.update($0.text) } })
        meter?.finish()
        var coverage = MachineReport.Coverage()
        coverage.packages = found.packages.map { package in
            let identity = package.package
            return MachineReport.Package(
                name: DisplayText.of(identity.name), version: DisplayText.of(identity.version),
                rulesFor: stored.first { $0.package.isSameName(as: identity) && !$0.header.isRemains }
                    .map { DisplayText.of($0.package.version) },
                files: package.code.count,
                missing: package.code.filter { !known.contains($0) }.map(\.path))
        }
        coverage.doubtful = found.problems.map { problem in
            MachineReport.DoubtfulFile(
                path: problem.path.inside(root: places.root) ?? problem.path, problem: problem.message)
        }
        report.coverage = coverage
    }
}

/// The files that rules of context 0 let run.
private struct AllowedCode {
    /// That of most allow digests; the files are hashed with it.
    let algorithm: DigestAlgorithm
    private let digests: Set<[UInt8]>
    private let entries: [BytePath: [Rule]]

    init(_ rules: [Rule]) {
        let ours = rules.filter { $0.context == ContextID(0) || $0.context == .own }
        let allowed = Dictionary(grouping: ours.filter(\.isAllowDigest), by: \.algorithm)
        let algorithm = allowed.max { $0.value.count < $1.value.count }?.key ?? .sha256
        self.algorithm = algorithm
        digests = Set((allowed[algorithm] ?? []).map(\.digest))
        entries = Dictionary(grouping: ours.filter { !$0.isAllowDigest }) { $0.path ?? "/" }
    }

    /// The digest of an entry with another algorithm is not compared; that is for
    /// verictl verify.
    func contains(_ file: CodeFile) -> Bool {
        digests.contains(file.digest)
            || (entries[file.path] ?? []).contains { $0.algorithm != algorithm || $0.digest == file.digest }
    }
}
