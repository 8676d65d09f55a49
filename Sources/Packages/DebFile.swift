// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Crypto
package import Policy
import SystemIO

/// A file of a package that can be executed, mapped executable, or run by an
/// interpreter.
package struct CodeFile: Hashable, Sendable {
    /// Its name on the system.
    package var path: BytePath
    package var digest: [UInt8]
    /// Bytes of its content.
    package var size: UInt64

    package init(path: BytePath, digest: [UInt8], size: UInt64) {
        self.path = path
        self.digest = digest
        self.size = size
    }
}

/// The reason why a .deb file cannot be read.
package struct DebError: Error, Equatable, CustomStringConvertible {
    package var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A binary package of Debian, as in deb(5). It is read once, from its beginning to
/// its end: the digest of the file and those of its members belong together, even
/// if the file is written to meanwhile.
package struct DebFile {
    package let package: PackageIdentity
    /// SHA-256 of the whole file.
    package let digest: [UInt8]
    /// In the order of the package; maintainer scripts are named as dpkg installs
    /// them.
    package let code: [CodeFile]

    /// With `modules`, also files that interpreters know by their names.
    package static func read(
        _ path: BytePath, algorithm: DigestAlgorithm = .sha256, modules: Bool = false
    ) throws(DebError) -> DebFile {
        let reader = try DebReader(path, algorithm, modules: modules)
        return try reader.read()
    }

    fileprivate init(package: PackageIdentity, digest: [UInt8], code: [CodeFile]) {
        self.package = package
        self.digest = digest
        self.code = code
    }
}

/// The bytes of a file, which are hashed as they are read.
private final class HashedFile {
    private let file: Descriptor
    private var hasher: StreamHasher
    private(set) var position: UInt64 = 0

    init(_ path: BytePath) throws(DebError) {
        do throws(Errno) {
            let file = try Descriptor(readingFound: path)
            guard try file.status().kind == .regular else { throw .invalid }
            self.file = file
        } catch {
            throw DebError(error == .invalid ? "not a regular file" : "\(error)")
        }
        do throws(DigestError) {
            hasher = try StreamHasher(.sha256)
            try hasher.begin()
        } catch {
            throw DebError("\(error)")
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let count: Int
        do throws(Errno) {
            count = try file.read(into: buffer)
        } catch {
            throw ArchiveError(message: "\(error)")
        }
        do throws(DigestError) {
            try hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } catch {
            throw ArchiveError(message: "\(error)")
        }
        position += UInt64(count)
        return count
    }

    /// Reads what is left.
    func digest(_ buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> [UInt8] {
        while try read(into: buffer) > 0 {}
        do throws(DigestError) {
            return try hasher.end()
        } catch {
            throw ArchiveError(message: "\(error)")
        }
    }
}

private final class DebReader {
    private struct Content {
        var digest: [UInt8]
        var size: UInt64
    }

    private let file: HashedFile
    private var hasher: StreamHasher
    private let modules: Bool
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)

    private var package: PackageIdentity?
    private var scripts: [(name: [UInt8], content: Content)] = []
    private var code: [CodeFile] = []
    /// Every regular file of the package, and what is known of it if it is code.
    private var members: [BytePath: Content?] = [:]
    /// The part of the file that is read, for messages.
    private var part = "the archive"

    /// Far more than a control file has.
    private static let controlLimit = 4 << 20
    /// Paths in all, to bound the memory that a package can take.
    private static let mostMembers = 4_000_000

    init(_ path: BytePath, _ algorithm: DigestAlgorithm, modules: Bool) throws(DebError) {
        file = try HashedFile(path)
        self.modules = modules
        do throws(DigestError) {
            hasher = try StreamHasher(algorithm)
        } catch {
            throw DebError("\(error)")
        }
    }

    deinit { buffer.deallocate() }

    func read() throws(DebError) -> DebFile {
        do throws(ArchiveError) {
            try readParts()
            let digest = try file.digest(buffer)
            guard let package else { throw ArchiveError(message: "the package has no control file") }
            let info = "/var/lib/dpkg/info/"
            let installed = scripts.map {
                CodeFile(
                    path: BytePath(Array(info.utf8) + package.fileName + Array(".".utf8) + $0.name),
                    digest: $0.content.digest, size: $0.content.size)
            }
            return DebFile(package: package, digest: digest, code: code + installed)
        } catch {
            throw DebError("\(part), before byte \(file.position) of the file: \(error.message)")
        }
    }

    private func readParts() throws(ArchiveError) {
        let file = file
        let outer = try ArchiveReader(.plain) { buffer throws(ArchiveError) in try file.read(into: buffer) }
        var seen: [String] = []
        while let member = try outer.next() {
            let name = String(decoding: member.path, as: UTF8.self)
            part = DisplayText.of(member.path)
            // dpkg skips members of this form, which are for later formats.
            if name.hasPrefix("_") { continue }
            let kind = name.split(separator: ".").prefix(2).joined(separator: ".")
            let wanted = ["debian-binary", "control.tar", "data.tar"]
            guard seen.count < wanted.count, kind == wanted[seen.count] else {
                throw ArchiveError(message: "the member is unexpected; a package has \(wanted.joined(separator: ", "))")
            }
            seen.append(kind)
            switch kind {
            case "debian-binary": try checkFormat(outer)
            case "control.tar": try readControl(Self.inner(outer))
            default: try readData(Self.inner(outer))
            }
        }
        part = "the archive"
        guard seen.count == 3 else { throw ArchiveError(message: "the package has no data.tar") }
    }

    private static func inner(_ outer: ArchiveReader) throws(ArchiveError) -> ArchiveReader {
        try ArchiveReader(.tar) { buffer throws(ArchiveError) in try outer.read(into: buffer) }
    }

    private func checkFormat(_ archive: ArchiveReader) throws(ArchiveError) {
        let text = try content(archive)
        guard text.starts(with: "2.".utf8) else {
            throw ArchiveError(message: "the format is not 2: '\(DisplayText.of(text, limit: 20))'")
        }
    }

    private func content(_ archive: ArchiveReader) throws(ArchiveError) -> [UInt8] {
        var text: [UInt8] = []
        while true {
            let count = try archive.read(into: buffer)
            if count == 0 { return text }
            text += buffer[..<count]
            guard text.count <= Self.controlLimit else { throw ArchiveError(message: "the member is too large") }
        }
    }

    // MARK: control.tar

    private func readControl(_ archive: ArchiveReader) throws(ArchiveError) {
        while let member = try archive.next() {
            guard member.isRegular, member.hardLink == nil else { continue }
            let name = try Self.path(member.path).lastComponent
            part = "control.tar: \(DisplayText.of(name))"
            if name == Array("control".utf8) {
                let paragraphs = ControlParagraph.parse(try content(archive))
                guard paragraphs.count == 1, let found = PackageIdentity(paragraphs[0]) else {
                    throw ArchiveError(message: "name, version or architecture of the package is missing or malformed")
                }
                package = found
            } else if let content = try contentIfCode(member, archive) {
                scripts.append((name, content))
            }
        }
    }

    // MARK: data.tar

    private func readData(_ archive: ArchiveReader) throws(ArchiveError) {
        while let member = try archive.next() {
            part = "data.tar: \(DisplayText.of(member.path, limit: 200))"
            if let target = member.hardLink {
                try addLink(try Self.path(member.path), to: try Self.path(target))
            } else if member.isRegular {
                let path = try Self.path(member.path)
                add(path, try contentIfCode(member, archive))
            }
            guard members.count <= Self.mostMembers else { throw ArchiveError(message: "there are too many members") }
        }
        part = "data.tar"
    }

    private func addLink(_ path: BytePath, to target: BytePath) throws(ArchiveError) {
        guard let content = members[target] else {
            throw ArchiveError(message: "a hard link to \(target), which is not there before it")
        }
        add(path, content)
    }

    private func add(_ path: BytePath, _ content: Content?) {
        members[path] = .some(content)
        if let content { code.append(CodeFile(path: path, digest: content.digest, size: content.size)) }
    }

    /// The path of a member on the system: `./usr/bin/x` is /usr/bin/x.
    private static func path(_ name: [UInt8]) throws(ArchiveError) -> BytePath {
        let parts = name.split(separator: ASCII.slash).filter { $0 != [UInt8(ascii: ".")] }
        guard !parts.contains(Array("..".utf8)[...]) else { throw ArchiveError(message: "the name leads upwards") }
        let path = BytePath(parts.flatMap { [ASCII.slash] + $0 })
        guard !parts.isEmpty, path.bytes.count <= RuleLimits.pathLength else {
            throw ArchiveError(message: "the name is empty or too long")
        }
        return path
    }

    /// The digest and the size of a member if it is code, otherwise nil.
    private func contentIfCode(
        _ member: ArchiveReader.Member, _ archive: ArchiveReader
    ) throws(ArchiveError) -> Content? {
        var count = try archive.read(into: buffer)
        // A read may end early; four bytes tell.
        while count > 0, count < CodeForm.startSize {
            let more = try archive.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if more == 0 { break }
            count += more
        }
        let start = Array(buffer[..<min(count, CodeForm.startSize)])
        let name = BytePath(member.path).lastComponent
        guard CodeForm.isCode(permissions: member.permissions, start: start, name: name, modules: modules) else {
            return nil
        }
        do throws(DigestError) {
            try hasher.begin()
            var size: UInt64 = 0
            while count > 0 {
                try hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                size += UInt64(count)
                count = try next(archive)
            }
            return Content(digest: try hasher.end(), size: size)
        } catch {
            throw readFailure ?? ArchiveError(message: "\(error)")
        }
    }

    /// A failure of the archive while a member is hashed.
    private var readFailure: ArchiveError?
    private func next(_ archive: ArchiveReader) throws(DigestError) -> Int {
        do throws(ArchiveError) {
            return try archive.read(into: buffer)
        } catch {
            readFailure = error
            throw .changedWhileRead
        }
    }
}
