// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// One paragraph of a control file of Debian, as in deb822(5).
package struct ControlParagraph: Equatable {
    private var fields: [[UInt8]: [UInt8]] = [:]

    /// The value of a field, without blanks around it; the lines that continue it
    /// are kept with their line breaks. The case of the name does not matter.
    package subscript(name: String) -> [UInt8]? {
        fields[name.utf8.map(ASCII.lowered)]
    }

    /// Reads all paragraphs. With `wanted`, only these fields are kept. A line that
    /// is no field is skipped.
    package static func parse(_ text: [UInt8], wanted: [String]? = nil) -> [ControlParagraph] {
        let names = wanted.map { Set($0.map { $0.utf8.map(ASCII.lowered) }) }
        var paragraphs: [ControlParagraph] = []
        var current = ControlParagraph()
        var field: [UInt8]?
        for line in text.split(separator: ASCII.newline, omittingEmptySubsequences: false) {
            guard let first = line.first, !line.allSatisfy(ASCII.isBlank) else {
                if !current.fields.isEmpty { paragraphs.append(current) }
                current = ControlParagraph()
                field = nil
                continue
            }
            if ASCII.isBlank(first) {
                if let field { current.fields[field, default: []] += [ASCII.newline] + line }
                continue
            }
            field = nil
            guard let colon = line.firstIndex(of: ASCII.colon) else { continue }
            let name = line[..<colon].map(ASCII.lowered)
            guard names?.contains(name) ?? true else { continue }
            field = name
            current.fields[name] = trimmed(line[(colon + 1)...])
        }
        if !current.fields.isEmpty { paragraphs.append(current) }
        return paragraphs
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let rest = text.drop { ASCII.isBlank($0) }
        guard let end = rest.lastIndex(where: { !ASCII.isBlank($0) && $0 != ASCII.carriageReturn }) else { return [] }
        return Array(rest[...end])
    }
}

/// What names a version of a package.
package struct PackageIdentity: Hashable, Sendable {
    package var name: [UInt8]
    package var version: [UInt8]
    package var architecture: [UInt8]
    /// Packages of several architectures may be installed beside each other.
    package var isShared: Bool

    package init(name: [UInt8], version: [UInt8], architecture: [UInt8], isShared: Bool = false) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.isShared = isShared
    }

    /// nil if a field is missing or is not of the form that dpkg accepts, so that
    /// it can be used in file names and arguments.
    package init?(_ paragraph: ControlParagraph) {
        guard let name = paragraph["Package"], let version = paragraph["Version"],
            let architecture = paragraph["Architecture"]
        else { return nil }
        self.init(
            name: name, version: version, architecture: architecture,
            isShared: paragraph["Multi-Arch"] == Array("same".utf8))
        guard isWellFormed else { return nil }
    }

    package var isWellFormed: Bool {
        let isWord = { (bytes: [UInt8], others: String) in
            bytes.first.map { ASCII.isLetter($0) || ASCII.isDigit($0) } == true
                && bytes.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || others.utf8.contains($0) }
        }
        return isWord(name, "+-.") && isWord(version, "+-.:~") && isWord(architecture, "-")
    }

    /// Whether both are versions of one package, which can not be installed together.
    package func isSameName(as other: PackageIdentity) -> Bool {
        name == other.name && (architecture == other.architecture || !(isShared && other.isShared))
    }

    /// Whether both are the same version, whether or not it is known to be shared.
    package func isSameVersion(as other: PackageIdentity) -> Bool {
        name == other.name && version == other.version && architecture == other.architecture
    }

    /// The name as dpkg uses it in the names of its files: `libc6:amd64`, `nginx`.
    package var fileName: [UInt8] { isShared ? name + [ASCII.colon] + architecture : name }

    /// `nginx 1.22.1-9 amd64`
    package var text: String {
        [name, version, architecture].map { DisplayText.of($0) }.joined(separator: " ")
    }
}
