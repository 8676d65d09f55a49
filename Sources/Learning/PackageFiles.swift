// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Crypto
import Policy
import SystemIO

/// What dpkg knows about a file.
package enum PackageOrigin: Equatable, Sendable {
    /// The file is that of the package.
    case package(String)
    /// A package has the path, and the content is another one.
    case changed(String)
    case none

    var text: String {
        switch self {
        case .package(let name): "of package \(name)"
        case .changed(let name): "the path is of package \(name), the content is NOT that of the package"
        case .none: "not from a package"
        }
    }
}

/// Finds the packages of files in dpkg's database, without running dpkg.
package struct PackageFiles {
    private let directory: BytePath
    private var names: [BytePath: [UInt8]] = [:]

    package static let standardDirectory: BytePath = "/var/lib/dpkg/info"

    /// Reads all lists of files once; other paths than the given ones are
    /// skipped. Without dpkg, no file has a package.
    package init(of paths: Set<BytePath>, in directory: BytePath = Self.standardDirectory) {
        self.directory = directory
        let spellings = paths.reduce(into: [BytePath: BytePath]()) { found, path in
            for spelling in Self.spellings(path) { found[spelling] = path }
        }
        guard !spellings.isEmpty else { return }
        let suffix = Array(".list".utf8)
        for entry in (try? Files.list(directory)) ?? [] where entry.name.suffix(suffix.count).elementsEqual(suffix) {
            guard let text = try? Files.read(directory.appending(entry.name)) else { continue }
            for line in text.split(separator: ASCII.newline) {
                guard let path = spellings[BytePath(line)] else { continue }
                names[path] = Array(entry.name.dropLast(suffix.count))
            }
        }
    }

    /// Packages name files of /usr by links that lead there, such as /bin.
    private static func spellings(_ path: BytePath) -> [BytePath] {
        let merged = ["/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/lib32/", "/usr/lib64/", "/usr/libx32/"]
        let isMerged = merged.contains { path.bytes.starts(with: $0.utf8) }
        return isMerged ? [path, BytePath(path.bytes.dropFirst(4))] : [path]
    }

    /// Compares the content with the package's MD5 sum, the only one that dpkg
    /// keeps. A file without a sum, such as one of the configuration, counts as
    /// changed.
    package func origin(of path: BytePath) -> PackageOrigin {
        guard let list = names[path] else { return .none }
        let name = DisplayText.of(list.prefix { $0 != ASCII.colon })
        guard let sums = try? Files.read(directory.appending(list + Array(".md5sums".utf8))),
            let digest = try? Self.md5(path)
        else { return .changed(name) }
        let relative = Self.spellings(path).map { Array($0.bytes.dropFirst()) }
        for line in sums.split(separator: ASCII.newline) where line.count > 34 {
            let file = Array(line.dropFirst(34))
            if relative.contains(file) {
                return Hex.decode(line.prefix(32)) == digest ? .package(name) : .changed(name)
            }
        }
        return .changed(name)
    }

    private static func md5(_ path: BytePath) throws(DigestError) -> [UInt8] {
        try FileDigest.of(path, .md5)
    }
}

/// The digest of one file.
enum FileDigest {
    static func of(_ path: BytePath, _ algorithm: DigestAlgorithm) throws(DigestError) -> [UInt8] {
        try Hasher(algorithm).digest(ofFile: path)
    }
}
