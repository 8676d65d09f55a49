// SPDX-License-Identifier: LGPL-2.1-or-later

package import Device
package import Policy
import SystemIO

/// What the rules of the system and those in force do not have in common.
package struct PolicyDifference {
    /// Rules that are not in force.
    package private(set) var onDisk: [Rule] = []
    /// Rules in force that no file has.
    package private(set) var inKernel: [Rule] = []
    /// Rules that the kernel has with other words or another digest.
    package private(set) var changed: [(disk: Rule, kernel: Rule)] = []
    /// Rules for files that are not there: a load skips them.
    package private(set) var withoutFile: [Rule] = []
    /// Entries that no rule can express, by their number in the kernel's list.
    package private(set) var notExpressible = 0

    package var isEmpty: Bool { onDisk.isEmpty && inKernel.isEmpty && changed.isEmpty }

    /// `own` is the context that the kernel takes for -1 in a rule. Rules of
    /// other contexts than `contexts` are left out, unless that is empty.
    package init(
        _ rules: [Rule], _ entries: [LiveEntry], _ digests: [LiveDigest], own: ContextID, contexts: Set<ContextID> = []
    ) {
        let isWanted = { (context: ContextID) in contexts.isEmpty || contexts.contains(context) }
        var wanted: [Rule] = []
        for var rule in rules {
            if rule.context == .own { rule.context = own }
            if isWanted(rule.context) { wanted.append(rule) }
        }
        compare(wanted.filter(\.isAllowDigest), digests.filter { isWanted($0.context) })
        compare(wanted.filter { !$0.isAllowDigest }, entries.filter { isWanted($0.context) })
        onDisk.sort { $0.precedes($1) }
        inKernel.sort { $0.precedes($1) }
    }

    private mutating func compare(_ rules: [Rule], _ live: [LiveDigest]) {
        var inForce: [RuleKey: Rule] = [:]
        for digest in live {
            if let rule = digest.rule { inForce[rule.key] = rule } else { notExpressible += 1 }
        }
        var seen: Set<RuleKey> = []
        for rule in rules where seen.insert(rule.key).inserted {
            guard let kernel = inForce.removeValue(forKey: rule.key) else {
                onDisk.append(rule)
                continue
            }
            // A load that adds keeps the size that the kernel has.
            if let size = rule.fileSize, size != kernel.fileSize { changed.append((rule, kernel)) }
        }
        inKernel += inForce.values
    }

    /// A rule is in force if the file that its path leads to has an entry that
    /// says the same. The kernel keeps other names for a file, so the file
    /// decides.
    private mutating func compare(_ rules: [Rule], _ live: [LiveEntry]) {
        var places: [Place: [Int]] = [:]
        for (index, entry) in live.enumerated() {
            places[Place(entry.context, entry.device, entry.inode), default: []].append(index)
        }
        var used: Set<Int> = []
        for rule in rules {
            guard let path = rule.path else { continue }
            guard let identity = try? Files.status(path).identity else {
                withoutFile.append(rule)
                continue
            }
            let place = Place(rule.context, identity.deviceText, identity.inode)
            let found = places[place] ?? []
            used.formUnion(found)
            guard let first = found.first.map({ live[$0] }) else {
                onDisk.append(rule)
                continue
            }
            if found.contains(where: { Self.says(rule, live[$0]) }) { continue }
            if let kernel = first.rule { changed.append((rule, kernel)) } else { onDisk.append(rule) }
        }
        for (index, entry) in live.enumerated() where !used.contains(index) {
            if let rule = entry.rule { inKernel.append(rule) } else { notExpressible += 1 }
        }
    }

    private static func says(_ rule: Rule, _ entry: LiveEntry) -> Bool {
        rule.flags == entry.flags && rule.effective == entry.effective && rule.permitted == entry.permitted
            && rule.inheritable == entry.inheritable && rule.privileges == entry.privileges
            && rule.algorithm.rawValue == entry.algorithm && rule.digest == entry.digest
    }

    /// A file in a context.
    private struct Place: Hashable {
        let context: ContextID
        let device: String
        let inode: UInt64

        init(_ context: ContextID, _ device: String, _ inode: UInt64) {
            self.context = context
            self.device = device
            self.inode = inode
        }
    }
}
