// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Crypto
import Policy
import SystemIO
import TestSupport

/// A root directory with a dpkg database, and an apt that knows some packages.
final class PackageFixture {
    let directory = TemporaryDirectory()
    let root: BytePath
    var tool: ToolRun
    private var installed: [(package: DebianPackage, state: String)] = []
    /// What apt prints, by the argument `NAME:ARCH=VERSION`.
    private var known: [String: String] = [:]

    init(device: RecordingDevice? = nil) {
        tool = ToolRun(device: device)
        directory.makeDirectory("root")
        root = (try? Files.realPath(directory.path.appending(Array("root".utf8)))) ?? "/nonexistent"
        tool.systemRoot = root
        tool.ruleDirectories = [made]
        noteStatus()
    }

    var made: BytePath { root.appending(Array("var/lib/verictl.d".utf8)) }

    func run(_ arguments: String...) -> (status: Int32, output: Capture) {
        tool.run(bytes: arguments.map { Array($0.utf8) })
    }

    /// Puts a package on the disk, or changes its state.
    func install(_ package: DebianPackage, _ state: String = "installed") {
        package.install(directory, root: "root")
        set(package, state)
    }

    func set(_ package: DebianPackage, _ state: String) {
        installed.removeAll { $0.package.name == package.name }
        installed.append((package, state))
        noteStatus()
    }

    func forget(_ name: String) {
        installed.removeAll { $0.package.name == name }
        noteStatus()
    }

    private func noteStatus() {
        try? Files.makeDirectory(root.appending(Array("var/lib/dpkg".utf8)))
        directory.write("root/var/lib/dpkg/status", installed.map { $0.package.status($0.state) }.joined())
    }

    /// Builds a package that apt's lists have.
    func publish(_ package: DebianPackage) -> BytePath {
        let path = package.build(in: directory)
        note(package, digest: (try? Hasher(.sha256).digest(ofFile: path)) ?? [])
        return path
    }

    func note(_ package: DebianPackage, digest: [UInt8]) {
        let hex = String(decoding: Hex.encode(digest), as: UTF8.self)
        known["\(package.name):\(package.architecture)=\(package.version)"] =
            "Package: \(package.name)\nVersion: \(package.version)\nArchitecture: \(package.architecture)\nSHA256: \(hex)\n\n"
        let known = known
        tool.programOutput = { words in
            guard words.prefix(3) == ["/usr/bin/apt-cache", "show", "--"] else { return [] }
            // As apt does: one that is not known costs the others their answer.
            let answers = words.dropFirst(3).map { known[$0] }
            guard !answers.contains(nil) else { return Array("E: No packages found\n".utf8) }
            return Array(answers.compactMap(\.self).joined().utf8)
        }
    }

    /// Writes `/etc/verictl/packages.conf`.
    func configure(_ text: String) {
        try? Files.makeDirectory(root.appending(Array("etc/verictl".utf8)))
        directory.write("root/etc/verictl/packages.conf", text)
    }

    /// The whole content of a rule file; nil if there is none.
    func text(_ name: String) -> [UInt8]? { try? Files.read(made.appending(Array(name.utf8))) }

    /// The lines of a rule file of a package without the digests; nil if there is none.
    func lines(_ name: String) -> [String]? {
        guard let text = try? Files.read(made.appending(Array(name.utf8))) else { return nil }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
            line.hasPrefix("#>") ? String(line) : String(line.split(separator: " ").last ?? "")
        }
    }

    /// The names of all rule files.
    var names: [String] {
        ((try? Files.list(made)) ?? []).map { String(decoding: $0.name, as: UTF8.self) }
    }

    /// The digests of a rule file.
    func digests(_ name: String) -> Set<[UInt8]> {
        let text = (try? Files.read(made.appending(Array(name.utf8)))) ?? []
        return Set(RuleParser(source: []).parse(text).rules.map(\.digest))
    }
}

/// A small package with a program and a script that removes nothing.
func package(_ version: String, name: String = "tool", program: String? = nil) -> DebianPackage {
    var package = DebianPackage()
    package.name = name
    package.version = version
    package.files = [
        "usr/bin/\(name)": program ?? "\(name) \(version)", "usr/share/doc/\(name)/readme": "text",
        "etc/\(name)/bin/hook": "#!/bin/sh\n",
    ]
    package.configuration = ["etc/\(name)/bin/hook"]
    package.scripts = ["postinst": "#!/bin/sh\n# \(version)\n"]
    return package
}

func sha256(_ text: String) -> [UInt8] { (try? Hasher(.sha256).digest(of: Array(text.utf8))) ?? [] }
