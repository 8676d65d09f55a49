// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Crypto
package import Generation
package import Policy
import SystemIO

/// Finds and hashes the code of installed packages, and compares it with the sums
/// of dpkg.
package struct PackageScan {
    /// The canonical path of the root directory.
    private let root: BytePath
    private let database: DpkgDatabase
    package var algorithm = DigestAlgorithm.sha256
    package var workers = Process.processorCount
    /// Whether files that interpreters know by their names are code as well.
    package var modules = false

    /// Whether only files are looked at that may differ from those of the package:
    /// configuration files and maintainer scripts.
    package var onlyChangeable = false

    package init(_ database: DpkgDatabase, root: BytePath) {
        self.database = database
        self.root = root
    }

    package struct Outcome {
        package var packages: [PackageCode] = []
        /// Files that were left out.
        package var problems: [FileProblem] = []
        /// Configuration files that were changed, which are the administrator's.
        package var changed: [BytePath] = []
    }

    private struct Candidate {
        var package: Int
        var path: BytePath
        var file: BytePath
        var status: FileStatus
        var sum: [UInt8]?
        /// A configuration file or a maintainer script.
        var mayDiffer: Bool
        var isConfiguration: Bool
    }

    package func run(
        _ packages: [InstalledPackage], progress: ((HashProgress) -> Void)? = nil
    ) -> Outcome {
        var outcome = Outcome()
        var places = Places(root: root)
        var candidates: [Candidate] = []
        for (number, package) in packages.enumerated() {
            outcome.packages.append(PackageCode(package: package.identity, state: package.state, code: []))
            collect(package, number, &places, &candidates, &outcome)
        }
        hash(candidates, &outcome, progress)
        for index in outcome.packages.indices { outcome.packages[index].sort() }
        return outcome
    }

    private func collect(
        _ package: InstalledPackage, _ number: Int, _ places: inout Places, _ candidates: inout [Candidate],
        _ outcome: inout Outcome
    ) {
        let sums = database.sums(package)
        for (listed, actual) in database.files(package) {
            if onlyChangeable, package.configuration[listed] == nil { continue }
            guard let (path, file, status) = places.find(actual) else { continue }
            let own = package.configuration[listed]
            consider(
                Candidate(
                    package: number, path: path, file: file, status: status, sum: own ?? sums[listed],
                    mayDiffer: own != nil, isConfiguration: own != nil),
                &candidates, &outcome)
        }
        for script in database.scripts(package) {
            guard let (path, file, status) = places.find(script) else { continue }
            consider(
                Candidate(
                    package: number, path: path, file: file, status: status, sum: nil, mayDiffer: true,
                    isConfiguration: false),
                &candidates, &outcome)
        }
    }

    private func consider(_ candidate: Candidate, _ candidates: inout [Candidate], _ outcome: inout Outcome) {
        do throws(Errno) {
            let permissions = candidate.status.permissions.rawValue
            let start =
                candidate.status.isExecutable ? [] : try Files.readStart(candidate.file, count: CodeForm.startSize)
            let name = candidate.path.lastComponent
            if CodeForm.isCode(permissions: permissions, start: start, name: name, modules: modules) {
                candidates.append(candidate)
            }
        } catch {
            outcome.problems.append(FileProblem(candidate.file, "\(error)"))
        }
    }

    private func hash(_ candidates: [Candidate], _ outcome: inout Outcome, _ progress: ((HashProgress) -> Void)?) {
        let jobs = candidates.map { HashJob(path: $0.file, size: $0.status.size) }
        let digests = BatchHasher.hash(jobs, algorithm: algorithm, workers: workers, progress: progress)
        let compared = candidates.indices.filter { candidates[$0].sum != nil }
        let results = BatchHasher.hash(compared.map { jobs[$0] }, algorithm: .md5, workers: workers)
        let sums = Dictionary(uniqueKeysWithValues: zip(compared, results))
        for (index, candidate) in candidates.enumerated() {
            do throws(DigestError) {
                let digest = try digests[index].get()
                let sum = try sums[index]?.get()
                // Both digests are of one content only if nothing changed.
                guard isUnchanged(candidate) else { throw .changedWhileRead }
                if sum != candidate.sum || sum == nil && !candidate.mayDiffer {
                    guard candidate.mayDiffer else {
                        outcome.problems.append(FileProblem(candidate.file, Self.mismatch(candidate)))
                        continue
                    }
                    if candidate.isConfiguration { outcome.changed.append(candidate.path) }
                }
                outcome.packages[candidate.package].code.append(
                    CodeFile(path: candidate.path, digest: digest, size: candidate.status.size))
            } catch {
                outcome.problems.append(FileProblem(candidate.file, "\(error)"))
            }
        }
    }

    private static func mismatch(_ candidate: Candidate) -> String {
        candidate.sum == nil
            ? "dpkg has no MD5 sum of it; it was left out"
            : "the content is not that of the package, by its MD5 sum; it was left out"
    }

    private func isUnchanged(_ candidate: Candidate) -> Bool {
        guard let now = try? Files.status(candidate.file, followLinks: false) else { return false }
        return now.identity == candidate.status.identity && now.changed == candidate.status.changed
    }
}

/// The code of one package.
package struct PackageCode {
    package var package: PackageIdentity
    package var state: InstalledPackage.State
    package var code: [CodeFile]

    package init(package: PackageIdentity, state: InstalledPackage.State, code: [CodeFile]) {
        self.package = package
        self.state = state
        self.code = code
    }

    /// What a .deb file has.
    package init(_ deb: DebFile) {
        self.init(package: deb.package, state: .installed, code: deb.code)
    }

    /// Sorts the files by their names, each name with each digest once.
    package mutating func sort() {
        code = Set(code).sorted { left, right in
            let order = left.path.order(right.path)
            return order == 0 ? left.digest.lexicographicallyPrecedes(right.digest) : order < 0
        }
    }
}

/// Regular files by the names that dpkg has for them, some of which lead through
/// the links of a merged /usr.
private struct Places {
    let root: BytePath
    private var directories: [BytePath: BytePath?] = [:]

    init(root: BytePath) {
        self.root = root
    }

    /// The canonical name without the root, the file, and its status; nil if there
    /// is no regular file. A link has no content of its own.
    mutating func find(_ listed: BytePath) -> (path: BytePath, file: BytePath, status: FileStatus)? {
        let parent = listed.parent
        let known = directories[parent] ?? resolve(parent)
        directories[parent] = .some(known)
        guard let directory = known else { return nil }
        let file = directory.appending(listed.lastComponent)
        guard let status = try? Files.status(file, followLinks: false), status.kind == .regular,
            let path = file.inside(root: root)
        else { return nil }
        return (path, file, status)
    }

    private func resolve(_ directory: BytePath) -> BytePath? {
        root == "/" ? try? Files.realPath(directory) : try? Files.realPath(directory, inRoot: root)
    }
}
