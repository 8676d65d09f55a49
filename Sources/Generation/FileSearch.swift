// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import ELF
import Policy
package import SystemIO

/// A file for which an entry is written.
package struct FoundFile {
    /// The present path of the file.
    package var path: BytePath
    /// The path in the entry: the same, or the part inside a root.
    package var rulePath: BytePath
    package var identity: FileIdentity
    package var size: UInt64
    /// A shared object, or with `scripts` a module of an interpreter.
    package var isLibrary: Bool
    /// Whether the file was named on the command line rather than found in a
    /// directory.
    package var isNamed: Bool
}

/// A file for which no entry can be written.
package struct FileProblem: Equatable {
    package var path: BytePath
    package var message: String

    package init(_ path: BytePath, _ message: String) {
        self.path = path
        self.message = message
    }

    /// `path` and `message`.
    package var json: JSONValue {
        .object(JSONValue.members("path", bytes: path.bytes) + [("message", .string(message))])
    }
}

/// Finds programs and shared objects. Paths are canonical: they contain no
/// symbolic link, because the kernel's entry belongs to the file behind the
/// link.
package struct FileSearch {
    /// The canonical path of the future root directory.
    var root: BytePath = "/"
    var recursive = false
    /// Whether files that interpreters read are looked for as well.
    var scripts = false

    package private(set) var found: [FoundFile] = []
    package private(set) var problems: [FileProblem] = []
    private var seen: Set<BytePath> = []

    package init(root: BytePath, recursive: Bool, scripts: Bool = false) {
        self.root = root
        self.recursive = recursive
        self.scripts = scripts
    }

    /// A file, or with `recursive` a directory, named by the user.
    package mutating func add(_ path: BytePath) {
        do throws(Errno) {
            let real = try locate(path)
            let status = try Files.status(real)
            switch status.kind {
            case .regular: add(real, status, isNamed: true)
            case .directory where recursive: descend(into: real)
            case .directory: problems.append(FileProblem(path, "is a directory; use -r to search it"))
            default: problems.append(FileProblem(path, "not a regular file"))
            }
        } catch {
            problems.append(FileProblem(path, "\(error)"))
        }
    }

    /// Adds the libraries and the loaders of the files that were found.
    package mutating func addLibraries() {
        var closure = LibraryClosure(root: root)
        for file in found { closure.add(file.path) }
        problems += closure.problems
        for path in closure.found.sorted() {
            do throws(Errno) {
                add(path, try Files.status(path), isNamed: false, isNeeded: true)
            } catch {
                problems.append(FileProblem(path, "\(error)"))
            }
        }
    }

    /// The canonical path. With a root, a path outside it is interpreted inside
    /// it: `--root build/stage /usr` means build/stage/usr. Links in the root
    /// are those of the future system, so an absolute one begins at the root.
    private func locate(_ path: BytePath) throws(Errno) -> BytePath {
        if root == "/" { return try Files.realPath(path) }
        if let inner = partInRoot(path) { return try Files.realPath(inner, inRoot: root) }
        if let real = try? Files.realPath(path), real.inside(root: root) != nil { return real }
        return try Files.realPath(path, inRoot: root)
    }

    /// The rest of a path of this system that leads through the root directory.
    private func partInRoot(_ path: BytePath) -> BytePath? {
        let bytes = path.bytes
        for end in bytes.indices.dropFirst() + [bytes.endIndex]
        where end == bytes.endIndex || bytes[end] == ASCII.slash {
            guard (try? Files.realPath(BytePath(bytes[..<end]))) == root else { continue }
            let rest = bytes[end...].drop { $0 == ASCII.slash }
            return BytePath(rest.isEmpty ? [UInt8(ascii: ".")] : Array(rest))
        }
        return nil
    }

    private mutating func descend(into directory: BytePath) {
        do throws(Errno) {
            for entry in try Files.list(directory) {
                let path = directory.appending(entry.name)
                switch entry.kind {
                case .directory?: descend(into: path)
                case .regular?, nil: look(at: path)
                // A link adds no file: its target has a name of its own.
                case .symbolicLink?, .other?: break
                }
            }
        } catch {
            problems.append(FileProblem(directory, "\(error)"))
        }
    }

    private mutating func look(at path: BytePath) {
        do throws(Errno) {
            let status = try Files.status(path, followLinks: false)
            switch status.kind {
            case .regular: add(path, status, isNamed: false)
            case .directory: descend(into: path)
            case .symbolicLink, .other: break
            }
        } catch {
            problems.append(FileProblem(path, "\(error)"))
        }
    }

    mutating func report(_ problem: FileProblem) { problems.append(problem) }

    /// Adds a file if it is one to be listed. One that is needed is used like a
    /// library, whatever its name.
    mutating func add(_ path: BytePath, _ status: FileStatus, isNamed: Bool, isNeeded: Bool = false) {
        guard let rulePath = path.inside(root: root) else {
            problems.append(FileProblem(path, "outside the root \(root)"))
            return
        }
        let isLibrary =
            isNeeded || Self.isLibraryName(path.lastComponent) && isSharedObject(path)
            || !status.isExecutable && isModule(path)
        guard isNamed || isLibrary || status.isExecutable else { return }
        guard rulePath.bytes.count <= RuleLimits.pathLength else {
            problems.append(FileProblem(path, "the path is too long for an entry"))
            return
        }
        guard seen.insert(path).inserted else { return }
        found.append(
            FoundFile(
                path: path, rulePath: rulePath, identity: status.identity, size: status.size, isLibrary: isLibrary,
                isNamed: isNamed))
    }

    /// `libc.so`, `libc.so.6`, `ld-linux-x86-64.so.2`
    static func isLibraryName(_ name: [UInt8]) -> Bool {
        name.suffix(3).elementsEqual(".so".utf8) || name.firstPlace(of: Array(".so.".utf8)) != nil
    }

    /// Whether an interpreter reads the file as code.
    private mutating func isModule(_ path: BytePath) -> Bool {
        guard scripts else { return false }
        if ScriptFile.hasKnownName(path.lastComponent) { return true }
        do throws(Errno) {
            return try ScriptFile.beginsWithInterpreter(path)
        } catch {
            problems.append(FileProblem(path, "\(error)"))
            return false
        }
    }

    private mutating func isSharedObject(_ path: BytePath) -> Bool {
        do throws(Errno) {
            return try ELFFile.read(path)?.kind == .shared
        } catch {
            problems.append(FileProblem(path, "\(error)"))
            return false
        }
    }
}
