// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Generation
package import Policy
import SystemIO

/// The rule file of one package: first lines that name the package, and rules.
package struct PackageRules {
    /// The first lines.
    package struct Header: Equatable {
        package var package: PackageIdentity
        /// Whether only what remains after removal is listed: configuration files and
        /// the script for purging.
        package var isRemains = false
        /// The digest of the file of rules without digests that was joined, if any.
        package var intent: [UInt8]?
    }

    package var header: Header
    /// In the order of the file.
    package var rules: [Rule]

    package var package: PackageIdentity { header.package }

    private static let mark = Array("#> package ".utf8)
    private static let intentMark = Array("#> intent ".utf8)
    private static let remains = Array("config-files".utf8)

    /// Allow digests of the code.
    package init(_ code: PackageCode, context: ContextID = ContextID(0), algorithm: DigestAlgorithm = .sha256) {
        header = Header(package: code.package, isRemains: code.state == .configFiles)
        var sorted = code
        sorted.sort()
        // Copies have one digest, of which the first name is kept.
        var seen: Set<[UInt8]> = []
        rules = sorted.code.filter { seen.insert($0.digest).inserted }
            .map {
                .allow(
                    algorithm, $0.digest, size: algorithm.verityHash != nil ? nil : FileSize($0.size), context: context,
                    name: $0.path)
            }
    }

    /// Adds rules for files of the package. Returns what fails: a pattern without a
    /// file, and rules that contradict each other.
    package mutating func add(
        _ intents: [Intent], for code: PackageCode, algorithm: DigestAlgorithm = .sha256
    ) -> [Diagnostic] {
        var errors: [Diagnostic] = []
        var entries: [Rule] = []
        for intent in intents {
            let files = Self.files(intent, code)
            if files.isEmpty { errors.append(IntentGenerator.noFile(intent)) }
            entries += files.map { intent.rule(for: $0.path, algorithm, $0.digest) }
        }
        errors += IntentGenerator.join(&entries)
        rules += entries
        return errors
    }

    /// The code that an intent is for.
    package static func files(_ intent: Intent, _ code: PackageCode) -> [CodeFile] {
        code.code.filter { NamePattern.matches(intent.pattern, $0.path) }
    }

    package var text: [UInt8] {
        var words = [package.name, package.version, package.architecture]
        if header.isRemains { words.append(Self.remains) }
        var text = Self.mark + words.joined(separator: [ASCII.space]) + [ASCII.newline]
        if let intent = header.intent { text += Self.intentMark + Hex.encode(intent) + [ASCII.newline] }
        for rule in rules { text += rule.line + [ASCII.newline] }
        return text
    }

    /// The first lines of a rule file; nil if the first one names no package.
    package static func header(_ text: [UInt8]) -> Header? {
        let lines = text.prefix(maximumHeader).split(separator: ASCII.newline, maxSplits: 2).prefix(2)
        guard let line = lines.first, line.starts(with: mark) else { return nil }
        let words = line.dropFirst(mark.count).split(separator: ASCII.space).map(Array.init)
        guard words.count == 3 || words.count == 4 && words[3] == remains else { return nil }
        let package = PackageIdentity(name: words[0], version: words[1], architecture: words[2])
        guard package.isWellFormed else { return nil }
        var header = Header(package: package, isRemains: words.count == 4)
        if let second = lines.dropFirst().first, second.starts(with: intentMark) {
            header.intent = Hex.decode(Array(second.dropFirst(intentMark.count)))
        }
        return header
    }

    private static let maximumHeader = 4096
}
