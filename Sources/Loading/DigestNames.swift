// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy

/// The names beside the allow digests of rule files. The kernel keeps digests
/// only, so that a name is found by what the files say now.
package struct DigestNames {
    /// One allow digest of a rule file.
    package struct Found: Equatable {
        /// nil if the rule file has no name beside the digest.
        package var name: BytePath?
        package var context: ContextID
        /// The rule file and the line.
        package var origin: RuleOrigin
    }

    private struct Key: Hashable {
        var algorithm: DigestAlgorithm
        var digest: [UInt8]
    }

    private var found: [Key: [Found]] = [:]

    package init(_ rules: RuleTable) {
        for index in rules.indices where rules.isAllowDigest(at: index) {
            let rule = rules[index]
            found[Key(algorithm: rule.algorithm, digest: rule.digest), default: []].append(
                Found(name: rule.name, context: rule.context, origin: rule.origin))
        }
    }

    /// The allow digests of the rules of the system. What is wrong in a rule file
    /// is not reported here; its other lines count.
    package static func ofSystem(_ surroundings: Surroundings) -> DigestNames {
        DigestNames(RuleSources.collect([], in: surroundings).table)
    }

    /// The rules that allow a digest, in the order of reading. With `context`, only
    /// those of that context.
    package func find(_ algorithm: DigestAlgorithm, _ digest: [UInt8], context: ContextID? = nil) -> [Found] {
        let all = found[Key(algorithm: algorithm, digest: digest)] ?? []
        guard let context else { return all }
        return all.filter { $0.context == context }
    }
}
