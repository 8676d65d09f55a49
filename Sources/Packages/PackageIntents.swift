// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Crypto
package import Generation
package import Policy
package import SystemIO

/// Files of rules without digests for packages: what a package brings, which the
/// administrator's file of the same name replaces.
///
/// A file of a package counts only if it is that package's own by dpkg's list:
/// any other package could name it, and grant to programs that are not its own.
package struct PackageIntents {
    private let root: BytePath
    private static let administrators: BytePath = "/etc/verictl/intent.d"
    private static let vendors: BytePath = "/usr/share/verictl/intent.d"
    /// The one package whose own file may grant the right to change rules.
    private static let administering = Array("verictl".utf8)

    package struct Found {
        package var path: BytePath
        package var intents: [Intent]
        package var diagnostics: [Diagnostic]
        /// SHA-256 of the file.
        package var digest: [UInt8]
    }

    package enum Answer {
        case none
        case found(Found)
        /// There is a file that does not count, and why.
        case refused(FileProblem)

        package var found: Found? {
            if case .found(let found) = self { return found }
            return nil
        }
    }

    package init(root: BytePath) {
        self.root = root
    }

    package func find(_ package: InstalledPackage, _ database: DpkgDatabase) throws(Errno) -> Answer {
        let name = package.identity.name
        if let found = try read(Self.administrators.appending(name)) { return .found(found) }
        let path = Self.vendors.appending(name)
        guard let found = try read(path) else { return .none }
        guard database.files(package).contains(where: { $0.listed == path && $0.actual == path }) else {
            return .refused(FileProblem(found.path, "by dpkg's list, the file is not of the package; it was left out"))
        }
        guard name == Self.administering || !found.intents.contains(where: { $0.rule.privileges.contains(.administer) })
        else {
            return .refused(
                FileProblem(
                    found.path,
                    "only the package verictl may bring a rule with the privilege V; the file was left out"))
        }
        return .found(found)
    }

    /// nil if there is no such file.
    private func read(_ inside: BytePath) throws(Errno) -> Found? {
        let path = root.appending(Array(inside.bytes.dropFirst()))
        do throws(Errno) {
            guard let text = try Files.readFound(path, limit: RuleLimits.fileSize).bytes else { return nil }
            let (intents, diagnostics) = IntentParser.parse(text, source: path.bytes)
            return Found(path: path, intents: intents, diagnostics: diagnostics, digest: try Self.digest(text))
        } catch {
            guard error == .noEntry || error == .notDirectory else { throw error }
            return nil
        }
    }

    private static func digest(_ text: [UInt8]) throws(Errno) -> [UInt8] {
        do throws(DigestError) {
            return try Hasher(.sha256).digest(of: text)
        } catch {
            throw .notSupported
        }
    }
}
