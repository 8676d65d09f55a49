// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Policy
package import SystemIO
import Tool

/// The rule files of packages, in a directory of rules: `pkg-NAME` for what is
/// installed, `new-NAME` for a version that is about to be.
package struct PackageStore {
    package enum Kind: String, CaseIterable {
        case installed = "pkg-"
        case upcoming = "new-"
    }

    package let directory: BytePath

    package init(_ directory: BytePath) {
        self.directory = directory
    }

    /// A dot would make it no rule file; an underscore is in no package's name.
    package func path(_ kind: Kind, _ package: PackageIdentity) -> BytePath {
        let name = package.fileName.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }
        return directory.appending(Array(kind.rawValue.utf8) + name)
    }

    /// A file of the store.
    package struct Stored {
        package var path: BytePath
        package var header: PackageRules.Header
        package var text: [UInt8]

        package var package: PackageIdentity { header.package }
    }

    /// nil if there is none, or if its first line says something else.
    package func read(_ kind: Kind, _ package: PackageIdentity) throws(Errno) -> Stored? {
        try read(path(kind, package))
    }

    private func read(_ path: BytePath) throws(Errno) -> Stored? {
        guard let text = try content(path), let header = PackageRules.header(text) else { return nil }
        return Stored(path: path, header: header, text: text)
    }

    /// What is in a file, whatever it is; nil if there is none.
    package func content(_ path: BytePath) throws(Errno) -> [UInt8]? {
        do throws(Errno) {
            return try Files.read(path, limit: RuleLimits.fileSize)
        } catch {
            if error == .noEntry { return nil }
            throw error
        }
    }

    /// The paths of all files of a kind, sorted.
    package func list(_ kind: Kind) throws(Errno) -> [BytePath] {
        do throws(Errno) {
            return try Files.list(directory).map(\.name).filter {
                $0.starts(with: kind.rawValue.utf8) && DropIns.reasonToSkip($0) == nil
            }.map(directory.appending)
        } catch {
            if error == .noEntry { return [] }
            throw error
        }
    }

    package func stored(_ kind: Kind) throws(Errno) -> [Stored] {
        var all: [Stored] = []
        for path in try list(kind) {
            if let stored = try read(path) { all.append(stored) }
        }
        return all
    }

    // MARK: The first time

    /// A dot keeps it from being a rule file.
    private var firstMark: BytePath { directory.appending(Array(".first".utf8)) }

    /// Whether no package has a file yet, or the first run was interrupted.
    package func isFirst() throws(Errno) -> Bool {
        if (try? Files.status(firstMark)) != nil { return true }
        return try stored(.installed).isEmpty
    }

    package func beginFirst() throws(Errno) {
        try Files.makeDirectory(directory)
        try Files.write([], to: firstMark)
        try finish()
    }

    package func endFirst() throws(Errno) {
        try finish()
        try remove(firstMark)
        try finish()
    }

    // MARK: Writing; a power cut leaves the old file or the new one

    package func write(_ rules: PackageRules, _ kind: Kind) throws(Errno) {
        try Files.makeDirectory(directory)
        try Files.write(rules.text, to: path(kind, rules.package))
    }

    /// Makes a file as it was; `nil` stands for none.
    package func restore(_ text: [UInt8]?, _ path: BytePath) throws(Errno) {
        guard let text else { return try remove(path) }
        try Files.write(text, to: path)
    }

    package func remove(_ path: BytePath) throws(Errno) {
        do throws(Errno) {
            try Files.remove(path)
        } catch {
            if error != .noEntry { throw error }
        }
    }

    /// Makes the names that were written or removed durable.
    package func finish() throws(Errno) {
        do throws(Errno) {
            try Files.synchronizeDirectory(directory)
        } catch {
            if error != .noEntry { throw error }
        }
    }
}
