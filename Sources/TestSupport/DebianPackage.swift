// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Crypto
import Policy
import SystemIO

/// A .deb file that dpkg-deb(1) makes for a test, and what dpkg would note about it.
package struct DebianPackage {
    package var name = "tool"
    package var version = "1.0"
    package var architecture = "amd64"
    package var fields: [String] = []
    /// Contents by paths without the first slash; what is in a directory named bin
    /// gets an x bit.
    package var files: [String: String] = [:]
    /// Maintainer scripts.
    package var scripts: [String: String] = [:]
    /// Names of files, and other names of them.
    package var hardLinks: [String: String] = [:]
    package var configuration: [String] = []
    package var compression = "xz"

    package init() {}

    package func has(x path: String) -> Bool { path.holds("bin/") }

    /// Makes `NAME_VERSION_ARCH.deb` in a directory.
    package func build(in directory: TemporaryDirectory) -> BytePath {
        let tree = BytePath("tree-\(name)-\(version)".utf8)
        makeDirectories(tree, directory)
        directory.makeDirectory(tree.appending(Array("DEBIAN".utf8)))
        for (path, content) in files {
            let file = tree.appending(Array(path.utf8))
            makeDirectories(file.parent, directory)
            directory.write(file, content, mode: has(x: path) ? 0o755 : 0o644)
        }
        for (path, target) in hardLinks {
            directory.makeHardLink(tree.appending(Array(path.utf8)), to: tree.appending(Array(target.utf8)))
        }
        for (script, content) in scripts {
            directory.write(tree.appending(Array("DEBIAN/\(script)".utf8)), content, mode: 0o755)
        }
        if !configuration.isEmpty {
            let lines = configuration.map { "/\($0)\n" }.joined()
            directory.write(tree.appending(Array("DEBIAN/conffiles".utf8)), lines)
        }
        let control = [
            "Package: \(name)", "Version: \(version)", "Architecture: \(architecture)",
            "Maintainer: test <test@example.org>",
            "Description: a test",
        ]
        directory.write(
            tree.appending(Array("DEBIAN/control".utf8)), (control + fields).map { $0 + "\n" }.joined())
        let output = directory.path.appending(Array("\(name)_\(version)_\(architecture).deb".utf8))
        let words = ["dpkg-deb", "--root-owner-group", "-Z\(compression)", "-b"].map { Array($0.utf8) }
        let log = directory.path.appending(Array("dpkg-deb.log".utf8))
        let status = try? Process.run(
            words + [directory.path.appending(tree.bytes).bytes, output.bytes], output: log)
        guard status == 0 else { fatalError("dpkg-deb: \(status ?? -1)") }
        return output
    }

    private func makeDirectories(_ path: BytePath, _ directory: TemporaryDirectory) {
        do {
            try Files.makeDirectory(directory.path.appending(path.bytes))
        } catch {
            fatalError("\(path): \(error)")
        }
    }

    // MARK: As if it were installed

    /// Writes the files into `root`, a directory inside of `directory`, and what
    /// dpkg would note but for the status.
    package func install(_ directory: TemporaryDirectory, root: BytePath) {
        let info = root.appending(Array("var/lib/dpkg/info".utf8))
        makeDirectories(info, directory)
        var list = "/.\n"
        var sums = ""
        for (path, content) in files.sorted(by: { $0.key < $1.key }) {
            let file = root.appending(Array(path.utf8))
            makeDirectories(file.parent, directory)
            directory.write(file, content, mode: has(x: path) ? 0o755 : 0o644)
            list += "/\(path)\n"
            if !configuration.contains(path) { sums += "\(MD5.hex(content))  \(path)\n" }
        }
        directory.write(info.appending(Array("\(name).list".utf8)), list)
        directory.write(info.appending(Array("\(name).md5sums".utf8)), sums)
        for (script, content) in scripts {
            directory.write(info.appending(Array("\(name).\(script)".utf8)), content, mode: 0o755)
        }
    }

    /// The paragraph in dpkg's status file.
    package func status(_ state: String = "installed") -> String {
        var lines = [
            "Package: \(name)", "Status: install ok \(state)", "Architecture: \(architecture)", "Version: \(version)",
        ]
        if !configuration.isEmpty { lines.append("Conffiles:") }
        for path in configuration { lines.append(" /\(path) \(MD5.hex(files[path] ?? ""))") }
        return (lines + fields).map { $0 + "\n" }.joined() + "\n"
    }
}

private enum MD5 {
    static func hex(_ text: String) -> String {
        guard let digest = try? Hasher(.md5).digest(of: Array(text.utf8)) else { return "" }
        return String(decoding: Hex.encode(digest), as: UTF8.self)
    }
}
