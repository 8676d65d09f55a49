// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import SystemIO
package import Tool

/// A package as dpkg's status file has it.
package struct InstalledPackage: Equatable, Sendable {
    /// What dpkg has done with the package; see dpkg(1).
    package enum State: String, Sendable {
        case notInstalled = "not-installed"
        case configFiles = "config-files"
        case halfInstalled = "half-installed"
        case unpacked
        case halfConfigured = "half-configured"
        case triggersAwaited = "triggers-awaited"
        case triggersPending = "triggers-pending"
        case installed
    }

    package var identity: PackageIdentity
    package var state: State
    /// MD5 sums of the package's own versions of its configuration files.
    package var configuration: [BytePath: [UInt8]] = [:]

    /// Whether the files of this version, and no others, are on the disk and
    /// configured.
    package var isComplete: Bool { [.installed, .triggersAwaited, .triggersPending].contains(state) }

    /// Whether any file of the package can be on the disk.
    package var hasFiles: Bool { state != .notInstalled }
}

/// dpkg's database in a root directory.
package struct DpkgDatabase {
    private let root: BytePath
    /// In the order of the status file.
    package let packages: [InstalledPackage]
    private let diversions: [BytePath: (target: BytePath, by: [UInt8])]

    package static let directory: BytePath = "/var/lib/dpkg"

    /// A status file of all packages of Debian would be smaller.
    private static let limit = 1 << 29

    package init(root: BytePath) throws(Failure) {
        self.root = root
        let place = Self.place(root)
        var packages = Self.packages(try Self.read(place.appending(Array("status".utf8))))
        for update in try Self.updates(place) {
            let changed = Self.packages(update)
            packages.removeAll { old in changed.contains { $0.identity.isSameName(as: old.identity) } }
            packages += changed
        }
        self.packages = packages
        let file = place.appending(Array("diversions".utf8))
        diversions = (try? Files.status(file)) == nil ? [:] : Self.diversions(try Self.read(file))
    }

    private static func place(_ root: BytePath) -> BytePath {
        root.appending(Array(directory.bytes.dropFirst()))
    }

    private static func read(_ path: BytePath) throws(Failure) -> [UInt8] {
        do throws(Errno) {
            return try Files.read(path, limit: limit)
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
    }

    /// What dpkg has noted since it last wrote its status file, in order; a dpkg
    /// that was killed leaves such files.
    private static func updates(_ place: BytePath) throws(Failure) -> [[UInt8]] {
        let directory = place.appending(Array("updates".utf8))
        let names = ((try? Files.list(directory)) ?? []).map(\.name).filter { $0.allSatisfy(ASCII.isDigit) }
        var texts: [[UInt8]] = []
        for name in names { texts.append(try read(directory.appending(name))) }
        return texts
    }

    private static func packages(_ text: [UInt8]) -> [InstalledPackage] {
        let wanted = ["Package", "Version", "Architecture", "Multi-Arch", "Status", "Conffiles"]
        return ControlParagraph.parse(text, wanted: wanted).compactMap { paragraph in
            let words = (paragraph["Status"] ?? []).split(separator: ASCII.space)
            guard words.count == 3,
                let state = InstalledPackage.State(rawValue: String(decoding: words[2], as: UTF8.self)),
                let identity = PackageIdentity(paragraph)
            else { return nil }
            return InstalledPackage(
                identity: identity, state: state, configuration: configuration(paragraph["Conffiles"] ?? []))
        }
    }

    /// Lines of ` PATH MD5` and perhaps a word.
    private static func configuration(_ text: [UInt8]) -> [BytePath: [UInt8]] {
        var sums: [BytePath: [UInt8]] = [:]
        for line in text.split(separator: ASCII.newline) {
            var words = line.split(separator: ASCII.space)
            if words.last?.elementsEqual("obsolete".utf8) == true { words.removeLast() }
            // A path may have blanks.
            guard words.count >= 2, let sum = words.last.flatMap({ Hex.decode(Array($0)) }) else { continue }
            sums[BytePath(words.dropLast().joined(separator: [ASCII.space]))] = sum
        }
        return sums
    }

    /// Three lines for each: the path, where the file is instead, and the package
    /// whose files are not affected.
    private static func diversions(_ text: [UInt8]) -> [BytePath: (target: BytePath, by: [UInt8])] {
        let lines = text.split(separator: ASCII.newline, omittingEmptySubsequences: false)
        var found: [BytePath: (target: BytePath, by: [UInt8])] = [:]
        for start in stride(from: 0, to: lines.count - 2, by: 3) {
            found[BytePath(lines[start])] = (BytePath(lines[start + 1]), Array(lines[start + 2]))
        }
        return found
    }

    // MARK: The files of one package

    /// The packages of a name, of all architectures.
    package func named(_ name: [UInt8]) -> [InstalledPackage] {
        packages.filter { $0.hasFiles && ($0.identity.name == name || $0.identity.fileName == name) }
    }

    /// Names in the package, and where they are on the disk, both without the root.
    package func files(_ package: InstalledPackage) -> [(listed: BytePath, actual: BytePath)] {
        let text = info(package, "list") ?? []
        return text.split(separator: ASCII.newline).map { line in
            let path = BytePath(line)
            guard let diversion = diversions[path], diversion.by != package.identity.name else { return (path, path) }
            return (path, diversion.target)
        }
    }

    /// MD5 sums by the names in the package.
    package func sums(_ package: InstalledPackage) -> [BytePath: [UInt8]] {
        var sums: [BytePath: [UInt8]] = [:]
        for line in (info(package, "md5sums") ?? []).split(separator: ASCII.newline) {
            guard let blank = line.firstIndex(of: ASCII.space), let sum = Hex.decode(Array(line[..<blank])) else {
                continue
            }
            sums[BytePath([ASCII.slash] + line[blank...].drop { $0 == ASCII.space })] = sum
        }
        return sums
    }

    /// The maintainer scripts that are kept, without the root.
    package func scripts(_ package: InstalledPackage) -> [BytePath] {
        ["config", "postinst", "postrm", "preinst", "prerm"].compactMap { kind in
            let names = infoNames(package, kind)
            return names.first { (try? Files.status(root.appending(Array($0.bytes.dropFirst())))) != nil }
        }
    }

    private func info(_ package: InstalledPackage, _ kind: String) -> [UInt8]? {
        for name in infoNames(package, kind) {
            if let text = try? Files.read(root.appending(Array(name.bytes.dropFirst())), limit: Self.limit) {
                return text
            }
        }
        return nil
    }

    /// A database that was made before there were several architectures has the
    /// bare name.
    private func infoNames(_ package: InstalledPackage, _ kind: String) -> [BytePath] {
        let names =
            package.identity.isShared ? [package.identity.fileName, package.identity.name] : [package.identity.name]
        return names.map { Self.directory.appending(Array("info/".utf8) + $0 + Array(".\(kind)".utf8)) }
    }
}
