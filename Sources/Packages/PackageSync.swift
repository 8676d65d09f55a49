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

    package func run() throws(Errno) -> Outcome {
        var outcome = Outcome()
        var adopted: [(package: InstalledPackage, stored: PackageStore.Stored)] = []
        var scanned: [PackageStore.Kind: [InstalledPackage]] = [:]
        var used: Set<BytePath> = []
        for package in database.packages where package.hasFiles {
            let (task, kept) = try plan(package)
            used.formUnion(kept)
            switch task {
            case .adopt(let stored)?: adopted.append((package, stored))
            case .scan(let kind)?: scanned[kind, default: []].append(package)
            case nil: break
            }
        }
        try adopt(adopted, &outcome)
        for kind in PackageStore.Kind.allCases { try scan(scanned[kind] ?? [], kind, &outcome) }
        used.formUnion(outcome.written)
        try removeOthers(used, &outcome)
        if !outcome.written.isEmpty || !outcome.removed.isEmpty { try store.finish() }
        return outcome
    }

    /// What is to be done, and the files that stay.
    private func plan(_ package: InstalledPackage) throws(Errno) -> (task: Task?, kept: Set<BytePath>) {
        let installed = try store.read(.installed, package.identity)
        let upcoming = try store.read(.upcoming, package.identity)
        let both = Set([installed, upcoming].compactMap { $0?.path })
        let isUpcoming = upcoming?.package.isSameVersion(as: package.identity) == true
        let wanted = try intents.find(package.identity)
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
        _ packages: [InstalledPackage], _ kind: PackageStore.Kind, _ outcome: inout Outcome
    ) throws(Errno) {
        guard !packages.isEmpty else { return }
        let found = scan.run(packages)
        outcome.problems += found.problems
        outcome.changed += found.changed
        for code in found.packages {
            var rules = PackageRules(code)
            // What is about to be configured has no entries yet: its files may still
            // be replaced.
            if kind == .installed, let wanted = try intents.find(code.package) {
                try join(wanted, code, &rules, &outcome)
            }
            try write(rules, kind, &outcome)
        }
    }

    /// Adds the rules of the package's intents. A digest that is not in the package,
    /// where that was authenticated, gets no rule.
    private func join(
        _ wanted: PackageIntents.Found, _ code: PackageCode, _ rules: inout PackageRules, _ outcome: inout Outcome
    ) throws(Errno) {
        outcome.diagnostics += wanted.diagnostics
        rules.header.intent = wanted.digest
        // What is left after removal is not run with rights.
        guard code.state != .configFiles else { return }
        outcome.diagnostics += rules.add(wanted.intents, for: code)
        guard let upcoming = try store.read(.upcoming, code.package),
            upcoming.package.isSameVersion(as: code.package)
        else { return }
        let known = Set(RuleParser(source: upcoming.path.bytes).parse(upcoming.text).rules.map(\.digest))
        for rule in rules.rules where !rule.isAllowDigest && !known.contains(rule.digest) {
            guard let path = rule.path else { continue }
            outcome.problems.append(
                FileProblem(
                    path, "the content is not that of the package; the rule in \(rule.origin.text) was left out"))
        }
        rules.rules.removeAll { !$0.isAllowDigest && !known.contains($0.digest) }
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
