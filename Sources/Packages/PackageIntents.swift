// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Crypto
package import Policy
package import SystemIO

/// Files of rules without digests for packages: what a package brings, which the
/// administrator's file of the same name replaces.
package struct PackageIntents {
    private let directories: [BytePath]

    package struct Found {
        package var path: BytePath
        package var intents: [Intent]
        package var diagnostics: [Diagnostic]
        /// SHA-256 of the file.
        package var digest: [UInt8]
    }

    package init(root: BytePath) {
        directories = ["etc/verictl/intent.d", "usr/share/verictl/intent.d"].map { root.appending(Array($0.utf8)) }
    }

    /// nil if there is none for the package.
    package func find(_ package: PackageIdentity) throws(Errno) -> Found? {
        for directory in directories {
            let path = directory.appending(package.name)
            do throws(Errno) {
                guard let text = try Files.readFound(path, limit: RuleLimits.fileSize).bytes else { return nil }
                let (intents, diagnostics) = IntentParser.parse(text, source: path.bytes)
                return Found(path: path, intents: intents, diagnostics: diagnostics, digest: try Self.digest(text))
            } catch {
                guard error == .noEntry || error == .notDirectory else { throw error }
            }
        }
        return nil
    }

    private static func digest(_ text: [UInt8]) throws(Errno) -> [UInt8] {
        do throws(DigestError) {
            return try Hasher(.sha256).digest(of: text)
        } catch {
            throw .notSupported
        }
    }
}
