// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Generation
import Policy
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
    /// Whether digests of versions that dpkg does not know are kept, because a
    /// program that runs dpkg several times is not done.
    package var keepsUpcoming = false
    /// Whether the file of each package is made anew.
    package var rebuilds = false

    package init(_ database: DpkgDatabase, _ store: PackageStore, _ scan: PackageScan) {
        self.database = database
        self.store = store
        self.scan = scan
    }

    package struct Outcome {
        /// Rule files that were written.
        package var written: [BytePath] = []
        package var removed: [BytePath] = []
        package var problems: [FileProblem] = []
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
        let isInstalled = installed?.package.isSameVersion(as: package.identity) == true
        let kept: Set<BytePath> = keepsUpcoming && !isUpcoming ? both : Set([installed?.path].compactMap(\.self))
        switch package.state {
        case .notInstalled: return (nil, [])
        case .halfInstalled: return (nil, both)
        case .unpacked, .halfConfigured:
            return (isUpcoming || isInstalled && !rebuilds ? nil : .scan(.upcoming), both)
        case .configFiles:
            let isDone = isInstalled && installed?.isRemains == true && !rebuilds
            return (isDone ? nil : .scan(.installed), keepsUpcoming ? both : kept)
        case .installed, .triggersAwaited, .triggersPending:
            if let upcoming, isUpcoming { return (.adopt(upcoming), kept) }
            let isDone = isInstalled && installed?.isRemains == false && !rebuilds
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
            all.package = package.identity
            try write(all, .installed, &outcome)
            try store.remove(stored.path)
        }
    }

    private func scan(
        _ packages: [InstalledPackage], _ kind: PackageStore.Kind, _ outcome: inout Outcome
    ) throws(Errno) {
        guard !packages.isEmpty else { return }
        let found = scan.run(packages)
        outcome.problems += found.problems
        outcome.changed += found.changed
        for code in found.packages { try write(PackageRules(code), kind, &outcome) }
    }

    private func write(_ rules: PackageRules, _ kind: PackageStore.Kind, _ outcome: inout Outcome) throws(Errno) {
        try store.write(rules, kind)
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
