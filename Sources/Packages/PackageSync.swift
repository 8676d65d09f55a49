// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Generation
package import Policy
package import SystemIO

/// Makes the rule files of packages agree with dpkg's database.
///
/// A version that is being unpacked or configured keeps the digests of the version
/// before, because files of both are on the disk. It can be run at any time, and
/// again after it was interrupted.
///
/// What is on the disk is believed the first time, and on request. Later a
/// version counts only by the digests that were written before it was unpacked:
/// dpkg's own sums come with the package, so that they prove nothing about it.
package struct PackageSync {
    private let database: DpkgDatabase
    private let store: PackageStore
    private let scan: PackageScan
    private let intents: PackageIntents
    /// Whether digests of versions that dpkg does not know are kept, because a
    /// program that runs dpkg several times is not done.
    package var keepsUpcoming = false
    /// Whether the file of each package is made anew.
    package var rebuilds = false
    /// Whether packages may come from elsewhere than apt's lists.
    package var allowsLocal = false

    package init(
        _ database: DpkgDatabase, _ store: PackageStore, _ scan: PackageScan, _ intents: PackageIntents
    ) {
        self.database = database
        self.store = store
        self.scan = scan
        self.intents = intents
    }

    package struct Outcome {
        /// Rule files that were written.
        package var written: [BytePath] = []
        package var removed: [BytePath] = []
        package var problems: [FileProblem] = []
        /// Packages of which nothing was known before they were installed, by the
        /// rule files that stay as they are.
        package var unannounced: [FileProblem] = []
        /// What is wrong in files of rules without digests.
        package var diagnostics: [Diagnostic] = []
        /// Configuration files that were changed, which are allowed as they are.
        package var changed: [BytePath] = []
    }

    /// What is to be made of a package.
    private enum Task {
        /// The rules that were made before it was unpacked, with what may differ.
        case adopt(PackageStore.Stored)
        case scan(PackageStore.Kind)
    }

    /// A package that is read from the disk.
    private struct Scanned {
        var package: InstalledPackage
        /// The digests that it may have; nil if the disk is believed.
        var known: Set<[UInt8]>?
    }

    package func run() throws(Errno) -> Outcome {
        var outcome = Outcome()
        var adopted: [(package: InstalledPackage, stored: PackageStore.Stored)] = []
        var scanned: [PackageStore.Kind: [Scanned]] = [:]
        var used: Set<BytePath> = []
        let isFirst = try store.isFirst()
        for package in database.packages where package.hasFiles {
            let (task, kept) = try plan(package, &outcome)
            used.formUnion(kept)
            switch task {
            case .adopt(let stored)?: adopted.append((package, stored))
            case .scan(let kind)?:
                let known = try known(package)
                if known == nil, !isFirst, !rebuilds, !allowsLocal {
                    outcome.unannounced.append(unannounced(package.identity))
                } else {
                    scanned[kind, default: []].append(Scanned(package: package, known: known))
                }
            case nil: break
            }
        }
        let begins = isFirst && !(adopted.isEmpty && scanned.isEmpty)
        if begins { try store.beginFirst() }
        try adopt(adopted, &outcome)
        for kind in PackageStore.Kind.allCases { try scan(scanned[kind] ?? [], kind, &outcome) }
        used.formUnion(outcome.written)
        try removeOthers(used, &outcome)
        if !outcome.written.isEmpty || !outcome.removed.isEmpty { try store.finish() }
        if begins { try store.endFirst() }
        return outcome
    }

    private func unannounced(_ package: PackageIdentity) -> FileProblem {
        FileProblem(
            store.path(.installed, package),
            "the package \(package.text) was installed without 'verictl package preload'; it is not allowed")
    }

    /// The digests that the files of the package may have: those of the version as
    /// it was authenticated, or else as it was allowed before. nil if there are none,
    /// or if the disk is believed.
    private func known(_ package: InstalledPackage) throws(Errno) -> Set<[UInt8]>? {
        if let upcoming = try store.read(.upcoming, package.identity),
            upcoming.package.isSameVersion(as: package.identity)
        {
            return Self.digests(upcoming)
        }
        guard !rebuilds, !allowsLocal, let installed = try store.read(.installed, package.identity),
            installed.package.isSameVersion(as: package.identity),
            // What remained after removal says nothing about the rest.
            !installed.header.isRemains || package.state == .configFiles
        else { return nil }
        return Self.digests(installed)
    }

    private static func digests(_ stored: PackageStore.Stored) -> Set<[UInt8]> {
        Set(RuleParser(source: stored.path.bytes).parse(stored.text).rules.map(\.digest))
    }

    /// What is to be done, and the files that stay.
    private func plan(
        _ package: InstalledPackage, _ outcome: inout Outcome
    ) throws(Errno) -> (task: Task?, kept: Set<BytePath>) {
        let installed = try store.read(.installed, package.identity)
        let upcoming = try store.read(.upcoming, package.identity)
        let both = Set([installed, upcoming].compactMap { $0?.path })
        let isUpcoming = upcoming?.package.isSameVersion(as: package.identity) == true
        let answer = try intents.find(package, database)
        if case .refused(let problem) = answer { outcome.problems.append(problem) }
        let wanted = answer.found
        let isInstalled =
            installed?.package.isSameVersion(as: package.identity) == true && installed?.header.intent == wanted?.digest
        let kept: Set<BytePath> = keepsUpcoming && !isUpcoming ? both : Set([installed?.path].compactMap(\.self))
        switch package.state {
        case .notInstalled: return (nil, [])
        case .halfInstalled: return (nil, both)
        case .unpacked, .halfConfigured:
            return (isUpcoming || isInstalled && !rebuilds ? nil : .scan(.upcoming), both)
        case .configFiles:
            let isDone = isInstalled && installed?.header.isRemains == true && !rebuilds
            return (isDone ? nil : .scan(.installed), keepsUpcoming ? both : kept)
        case .installed, .triggersAwaited, .triggersPending:
            // A rule for a file takes its digest from the disk.
            if let upcoming, isUpcoming { return (wanted == nil ? .adopt(upcoming) : .scan(.installed), kept) }
            let isDone = isInstalled && installed?.header.isRemains == false && !rebuilds
            return (isDone ? nil : .scan(.installed), kept)
        }
    }

    /// The content of the package was authenticated; what may differ from it is
    /// read from the disk.
    private func adopt(
        _ packages: [(package: InstalledPackage, stored: PackageStore.Stored)], _ outcome: inout Outcome
    ) throws(Errno) {
        guard !packages.isEmpty else { return }
        var changeable = scan
        changeable.onlyChangeable = true
        let found = changeable.run(packages.map(\.package))
        outcome.problems += found.problems
        outcome.changed += found.changed
        for ((package, stored), code) in zip(packages, found.packages) {
            let rules = RuleParser(source: stored.path.bytes).parse(stored.text).rules
            var all = PackageRules(code)
            let known = Set(rules.map(\.digest))
            all.rules = (rules + all.rules.filter { !known.contains($0.digest) })
                .sorted { ($0.name ?? "").order($1.name ?? "") < 0 }
            all.header.package = package.identity
            try write(all, .installed, &outcome)
        }
    }

    private func scan(
        _ packages: [Scanned], _ kind: PackageStore.Kind, _ outcome: inout Outcome
    ) throws(Errno) {
        guard !packages.isEmpty else { return }
        let found = scan.run(packages.map(\.package))
        var changeable = scan
        changeable.onlyChangeable = true
        let compared = packages.indices.filter { packages[$0].known != nil }
        let own = changeable.run(compared.map { packages[$0].package }).packages.map { Set($0.code.map(\.digest)) }
        let mayDiffer = Dictionary(uniqueKeysWithValues: zip(compared, own))
        outcome.problems += found.problems
        outcome.changed += found.changed
        for (index, code) in found.packages.enumerated() {
            var rules = PackageRules(code)
            // What is about to be configured has no entries yet: its files may still
            // be replaced.
            if kind == .installed, let wanted = try intents.find(packages[index].package, database).found {
                join(wanted, code, &rules, &outcome)
            }
            if let known = packages[index].known { leaveOut(&rules, known, mayDiffer[index] ?? [], &outcome) }
            try write(rules, kind, &outcome)
        }
    }

    /// Adds the rules of the package's intents.
    private func join(
        _ wanted: PackageIntents.Found, _ code: PackageCode, _ rules: inout PackageRules, _ outcome: inout Outcome
    ) {
        outcome.diagnostics += wanted.diagnostics
        rules.header.intent = wanted.digest
        // What is left after removal is not run with rights.
        guard code.state != .configFiles else { return }
        outcome.diagnostics += rules.add(wanted.intents, for: code)
    }

    /// Leaves out digests that the package does not have. Configuration files and
    /// maintainer scripts are allowed as they are, but are granted nothing.
    private func leaveOut(
        _ rules: inout PackageRules, _ known: Set<[UInt8]>, _ mayDiffer: Set<[UInt8]>, _ outcome: inout Outcome
    ) {
        var kept: [Rule] = []
        for rule in rules.rules {
            if known.contains(rule.digest) || rule.isAllowDigest && mayDiffer.contains(rule.digest) {
                kept.append(rule)
            } else if let path = rule.path ?? rule.name {
                let what = rule.isAllowDigest ? "it" : "the rule in \(rule.origin.text)"
                outcome.problems.append(
                    FileProblem(path, "the content is not that of the package; \(what) was left out"))
            }
        }
        rules.rules = kept
    }

    private func write(_ rules: PackageRules, _ kind: PackageStore.Kind, _ outcome: inout Outcome) throws(Errno) {
        try store.write(rules, kind)
        if kind == .installed, let upcoming = try store.read(.upcoming, rules.package),
            upcoming.package.isSameVersion(as: rules.package)
        {
            try store.remove(upcoming.path)
        }
        outcome.written.append(store.path(kind, rules.package))
    }

    /// Removes the files of packages that are gone, and of versions that did not
    /// come.
    private func removeOthers(_ used: Set<BytePath>, _ outcome: inout Outcome) throws(Errno) {
        for kind in PackageStore.Kind.allCases where kind == .installed || !keepsUpcoming {
            for stored in try store.stored(kind) where !used.contains(stored.path) {
                try store.remove(stored.path)
                outcome.removed.append(stored.path)
            }
        }
    }
}
