// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Jails
package import Policy
import SystemIO
package import Tool

/// A jail as it was read.
package struct ReadJail {
    package var jail: Jail
    package var diagnostics: [Diagnostic]
    package var source: BytePath
    /// A directory of the old program.
    package var isOld: Bool

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// The directory of the jails: `NAME.conf`, or the old directory `NAME`.
package struct JailFiles {
    package let directory: BytePath
    private static let suffix = Array(".conf".utf8)
    /// A jail file, or one of the old files.
    private static let limit = 1 << 20

    package init(_ directory: BytePath = "/etc/jails") {
        self.directory = directory
    }

    /// The names of all jails, sorted.
    package func names() throws(Failure) -> [String] {
        do throws(Errno) {
            var names: Set<String> = []
            for entry in try Files.list(directory) {
                let isFile =
                    entry.name.count > Self.suffix.count && entry.name.suffix(Self.suffix.count) == Self.suffix[...]
                let name = isFile ? Array(entry.name.dropLast(Self.suffix.count)) : entry.name
                guard Jail.isName(name), isFile || isDirectory(entry) else { continue }
                names.insert(String(decoding: name, as: UTF8.self))
            }
            return names.sorted()
        } catch {
            if error == .noEntry { return [] }
            throw Failure(status: .io, message: "\(directory): \(error)")
        }
    }

    private func isDirectory(_ entry: DirectoryEntry) -> Bool {
        (try? Files.status(directory.appending(entry.name)).kind) == .directory
    }

    /// Reads one jail. What is wrong with it is in the result; that there is no
    /// such jail is a failure.
    package func read(_ name: String) throws(Failure) -> ReadJail {
        guard Jail.isName(Array(name.utf8)) else {
            throw Failure(
                status: .usage, message: "not the name of a jail: '\(DisplayText.of(name.utf8, limit: 80))'",
                hint: "letters, digits, - and _")
        }
        let file = directory.appending(Array(name.utf8) + Self.suffix)
        let old = directory.appending(Array(name.utf8))
        if (try? Files.status(file)) != nil { return try readFile(file, name) }
        if (try? Files.status(old).kind) == .directory { return try readDirectory(old, name) }
        let near = Suggestion.nearest(to: name.utf8, among: (try? names()) ?? [])
        throw Failure(
            status: .io, message: "there is no jail \(name): neither \(file) nor \(old)/",
            hint: near ?? "vsctl list names all jails")
    }

    /// Reads an old directory, wherever it is.
    package func readDirectory(_ path: BytePath, _ name: String) throws(Failure) -> ReadJail {
        var files: [String: [UInt8]] = [:]
        var faults: [Diagnostic] = []
        for entry in try list(path) {
            let isTables = OldJail.tableDirectories.contains { $0.utf8.elementsEqual(entry.name) }
            let inner = path.appending(entry.name)
            guard isTables, (try? Files.status(inner).kind) == .directory else {
                if let text = content(inner, &faults) { files[String(decoding: entry.name, as: UTF8.self)] = text }
                continue
            }
            for table in try list(inner) where DropIns.reasonToSkip(table.name) == nil {
                let name = String(decoding: entry.name + [ASCII.slash] + table.name, as: UTF8.self)
                if let text = content(inner.appending(table.name), &faults) { files[name] = text }
            }
        }
        let old = Unprivileged.run { OldJail(files, name: name, directory: path) }
        return finish(old.jail, faults + old.diagnostics, path, isOld: true)
    }

    private func readFile(_ path: BytePath, _ name: String) throws(Failure) -> ReadJail {
        var faults: [Diagnostic] = []
        guard let text = content(path, &faults) else {
            throw Failure(status: .io, message: faults.last?.text ?? "\(path) cannot be read")
        }
        let parser = Unprivileged.run { JailParser(text, name: name, source: path.bytes) }
        return finish(parser.jail, faults + parser.diagnostics, path, isOld: false)
    }

    private func finish(_ jail: Jail, _ diagnostics: [Diagnostic], _ path: BytePath, isOld: Bool) -> ReadJail {
        let isReadable = !diagnostics.contains { $0.severity == .error }
        let findings = isReadable ? JailCheck.findings(jail, source: path.bytes) : []
        return ReadJail(jail: jail, diagnostics: diagnostics + findings, source: path, isOld: isOld)
    }

    private func list(_ path: BytePath) throws(Failure) -> [DirectoryEntry] {
        do throws(Errno) {
            return try Files.list(path)
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
    }

    /// The bytes of a file that only its owner, root, can change.
    private func content(_ path: BytePath, _ faults: inout [Diagnostic]) -> [UInt8]? {
        func fault(_ code: DiagnosticCode, _ message: String) {
            faults.append(Diagnostic(.error, code, source: path.bytes, message: message))
        }
        do throws(Errno) {
            let (status, bytes) = try Files.readFound(path, limit: Self.limit)
            guard let bytes else {
                fault(.notRules, "not a regular file")
                return nil
            }
            if status.permissions.rawValue & 0o022 != 0 || status.owner != 0 {
                fault(.writableFile, "others than root can change the file")
            }
            return bytes
        } catch {
            fault(.unreadable, "the file cannot be read: \(error)")
            return nil
        }
    }
}
