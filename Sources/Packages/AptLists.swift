// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import SystemIO

/// What apt knows about packages from its lists, whose signatures it has checked.
package struct AptLists {
    package enum Answer: Equatable {
        /// The version has a file of this digest.
        case known
        /// The version has a file of another digest.
        case different
        /// No list has the version.
        case unknown
    }

    private struct Key: Hashable {
        var name, version, architecture: [UInt8]
    }

    private var digests: [Key: [[UInt8]]] = [:]

    /// Runs a program and returns its output.
    package typealias Run = ([[UInt8]]) throws(Errno) -> [UInt8]

    /// Asks apt for versions of packages.
    package init(_ packages: [PackageIdentity], run: Run) throws(Errno) {
        guard !packages.isEmpty else { return }
        add(try run(Self.question(packages)))
        // One that apt does not know may cost the others their answer.
        for package in packages where packages.count > 1 && digests[Self.key(package)] == nil {
            add(try run(Self.question([package])))
        }
    }

    private static func question(_ packages: [PackageIdentity]) -> [[UInt8]] {
        let versions = packages.map { package in
            let name =
                package.architecture == Array("all".utf8)
                ? package.name : package.name + [ASCII.colon] + package.architecture
            return name + [UInt8(ascii: "=")] + package.version
        }
        return ["/usr/bin/apt-cache", "show", "--"].map { Array($0.utf8) } + versions
    }

    private static func key(_ package: PackageIdentity) -> Key {
        Key(name: package.name, version: package.version, architecture: package.architecture)
    }

    private mutating func add(_ text: [UInt8]) {
        for paragraph in ControlParagraph.parse(text, wanted: ["Package", "Version", "Architecture", "SHA256"]) {
            guard let package = PackageIdentity(paragraph), let digest = paragraph["SHA256"].flatMap({ Hex.decode($0) })
            else { continue }
            digests[Self.key(package), default: []].append(digest)
        }
    }

    package func answer(_ deb: DebFile) -> Answer {
        guard let known = digests[Self.key(deb.package)] else { return .unknown }
        return known.contains(deb.digest) ? .known : .different
    }
}
