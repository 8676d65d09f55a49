// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import ELF
import SystemIO

/// Finds the libraries that the loader maps when programs start, as ld.so(8) says
/// it, without running anything. What a program opens later by itself, such as its
/// plugins, is in none of its headers.
struct LibraryClosure {
    /// The canonical path of the root directory.
    private let root: BytePath
    private let cache: LoaderCache
    private(set) var found: Set<BytePath> = []
    private(set) var problems: [FileProblem] = []
    private var files: [BytePath: ELFFile?] = [:]
    /// What was looked at, with the paths that it inherits: these can differ.
    private var done: Set<Visit> = []

    private struct Visit: Hashable {
        var file: BytePath
        var inherited: [BytePath]
    }

    /// Where libraries are on Debian and on systems with /lib64, for each class.
    private static let wide = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64"]
    private static let narrow = ["/lib/i386-linux-gnu", "/usr/lib/i386-linux-gnu", "/lib32", "/usr/lib32"]
    private static let common = ["/lib", "/usr/lib"]

    init(root: BytePath) {
        self.root = root
        let path = root.appending(Array("etc/ld.so.cache".utf8))
        cache = LoaderCache((try? Files.read(path, limit: 1 << 28)) ?? [])
    }

    /// Adds what a file needs; `file` is canonical.
    mutating func add(_ file: BytePath) {
        guard let elf = elf(file) else { return }
        if let loader = elf.interpreter {
            if let path = resolve(loader) {
                found.insert(path)
            } else {
                problems.append(FileProblem(file, "its loader \(loader) is missing"))
            }
        }
        visit(file, elf, inherited: [])
    }

    private mutating func elf(_ file: BytePath) -> ELFFile? {
        if let known = files[file] { return known }
        let elf = try? ELFFile.read(file)
        files[file] = .some(elf)
        return elf
    }

    private mutating func visit(_ file: BytePath, _ elf: ELFFile, inherited: [BytePath]) {
        guard done.insert(Visit(file: file, inherited: inherited)).inserted else { return }
        let origin = file.inside(root: root)?.parent ?? "/"
        let libraries = elf.libraries
        let own = libraries.runPath == nil ? Self.directories(libraries.inheritedPath, origin, elf) : []
        let run = Self.directories(libraries.runPath, origin, elf)
        // DT_RUNPATH hides the paths of the programs above.
        let searched = libraries.runPath == nil ? own + inherited : run
        for name in libraries.names {
            let variants = find(name, searched, elf)
            if variants.isEmpty {
                problems.append(FileProblem(file, "its library \(DisplayText.of(name)) is missing"))
            }
            for path in variants {
                found.insert(path)
                if let library = self.elf(path) { visit(path, library, inherited: own + inherited) }
            }
        }
    }

    /// The directories of a list in a dynamic section.
    private static func directories(_ list: [UInt8]?, _ origin: BytePath, _ elf: ELFFile) -> [BytePath] {
        guard let list else { return [] }
        let libraries = elf.isWide ? ["lib/x86_64-linux-gnu", "lib64", "lib"] : ["lib/i386-linux-gnu", "lib32", "lib"]
        return list.split(separator: ASCII.colon).flatMap { part -> [BytePath] in
            let text = replacing("ORIGIN", by: origin.bytes, in: Array(part))
            let platform = replacing("PLATFORM", by: Array((elf.isWide ? "x86_64" : "i686").utf8), in: text)
            var all = libraries.map { replacing("LIB", by: Array($0.utf8), in: platform) }
            if all[0] == platform { all = [platform] }
            // The loader takes a relative directory from where it is started.
            return all.filter { $0.first == ASCII.slash }.map { BytePath($0) }
        }
    }

    /// `$NAME` and `${NAME}`.
    private static func replacing(_ name: String, by value: [UInt8], in text: [UInt8]) -> [UInt8] {
        var text = text
        for form in ["${\(name)}", "$\(name)"] {
            while let range = text.firstPlace(of: Array(form.utf8)) { text.replaceSubrange(range, with: value) }
        }
        return text
    }

    /// All files that the loader may take: with variants for processors, only the
    /// machine says which.
    private mutating func find(_ name: [UInt8], _ directories: [BytePath], _ elf: ELFFile) -> [BytePath] {
        if name.contains(ASCII.slash) { return [BytePath(name)].compactMap(resolve) }
        if let files = look(for: name, in: directories, elf) { return files }
        let cached = (cache.paths[name] ?? []).compactMap(resolve).filter { suits($0, elf) }
        if !cached.isEmpty { return Set(cached).sorted() }
        let defaults = ((elf.isWide ? Self.wide : Self.narrow) + Self.common).map { BytePath($0.utf8) }
        return look(for: name, in: defaults, elf) ?? []
    }

    /// The files of the first directory that has the name.
    private mutating func look(for name: [UInt8], in directories: [BytePath], _ elf: ELFFile) -> [BytePath]? {
        for directory in directories {
            let places = [directory] + variants(directory)
            let files = places.compactMap { resolve($0.appending(name)) }.filter { suits($0, elf) }
            if !files.isEmpty { return Set(files).sorted() }
        }
        return nil
    }

    /// Directories of libraries for certain processors.
    private func variants(_ directory: BytePath) -> [BytePath] {
        let place = directory.appending(Array("glibc-hwcaps".utf8))
        guard let real = resolve(place), let names = try? Files.list(real) else { return [] }
        return names.map { place.appending($0.name) }
    }

    private mutating func suits(_ path: BytePath, _ elf: ELFFile) -> Bool {
        guard let library = self.elf(path) else { return false }
        return library.isWide == elf.isWide && library.machine == elf.machine && library.kind == .shared
    }

    /// The canonical path of a file in the root.
    private func resolve(_ path: BytePath) -> BytePath? {
        root == "/" ? try? Files.realPath(path) : try? Files.realPath(path, inRoot: root)
    }
}
