// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// The rule file of one package: a first line that names the package, and rules.
package struct PackageRules {
    package var package: PackageIdentity
    /// Whether only what remains after removal is listed: configuration files and
    /// the script for purging.
    package var isRemains = false
    /// In the order of the file.
    package var rules: [Rule]

    private static let mark = Array("#> package ".utf8)
    private static let remains = Array("config-files".utf8)

    package init(_ code: PackageCode, context: ContextID = ContextID(0), algorithm: DigestAlgorithm = .sha256) {
        package = code.package
        isRemains = code.state == .configFiles
        var sorted = code
        sorted.sort()
        // Copies have one digest, of which the first name is kept.
        var seen: Set<[UInt8]> = []
        rules = sorted.code.filter { seen.insert($0.digest).inserted }
            .map { .allow(algorithm, $0.digest, context: context, name: $0.path) }
    }

    package var text: [UInt8] {
        var words = [package.name, package.version, package.architecture]
        if isRemains { words.append(Self.remains) }
        var text = Self.mark + words.joined(separator: [ASCII.space]) + [ASCII.newline]
        for rule in rules { text += rule.line + [ASCII.newline] }
        return text
    }

    /// The package that a rule file is for; nil if the first line does not say so.
    package static func header(_ text: [UInt8]) -> (package: PackageIdentity, isRemains: Bool)? {
        let line = text.prefix { $0 != ASCII.newline }
        guard line.starts(with: mark) else { return nil }
        let words = line.dropFirst(mark.count).split(separator: ASCII.space).map(Array.init)
        guard words.count == 3 || words.count == 4 && words[3] == remains else { return nil }
        let package = PackageIdentity(name: words[0], version: words[1], architecture: words[2])
        return package.isWellFormed ? (package, words.count == 4) : nil
    }
}
