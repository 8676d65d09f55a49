// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy

/// The devices of a line: numbers, or a word that stands for devices, which are
/// looked up when the rules are loaded.
package enum DeviceSelector: Hashable, Sendable {
    case numbers(DeviceNumber, range: UInt32)
    /// The disks below the root filesystem, with all their partitions.
    case rootDisk
    /// The device of the filesystem that is mounted at /boot.
    case boot
    /// A node below /dev, or a link to one.
    case path(BytePath)
    /// A disk, named by a node, with all its partitions.
    case disk(BytePath)
    /// Mapped devices by name; a star at the end stands for any text.
    case mapped([UInt8])

    /// The selector as it is written in a rule file.
    package var text: String {
        switch self {
        case .numbers(let first, let range): "\(first.major) \(first.minor) \(range)"
        case .rootDisk: "root-disk"
        case .boot: "boot"
        case .path(let path): path.description
        case .disk(let path): "disk:\(path)"
        case .mapped(let name): "dm:\(DisplayText.of(name))"
        }
    }

    /// Reads a selector of one word; nil if the word is not a selector.
    package init?(_ word: some Sequence<UInt8>) {
        let word = Array(word)
        func rest(_ prefix: String) -> [UInt8]? {
            word.starts(with: prefix.utf8) && word.count > prefix.utf8.count
                ? Array(word.dropFirst(prefix.utf8.count)) : nil
        }
        if word == Array("root-disk".utf8) {
            self = .rootDisk
        } else if word == Array("boot".utf8) {
            self = .boot
        } else if word.starts(with: "/dev/".utf8) {
            self = .path(BytePath(word))
        } else if let path = rest("disk:"), path.starts(with: "/dev/".utf8) {
            self = .disk(BytePath(path))
        } else if let name = rest("dm:") {
            self = .mapped(name)
        } else if let name = rest("UUID=") {
            self = .path(BytePath("/dev/disk/by-uuid/".utf8 + name))
        } else if let name = rest("LABEL=") {
            self = .path(BytePath("/dev/disk/by-label/".utf8 + name))
        } else {
            return nil
        }
    }
}

/// One line of a rule file.
package struct DeviceLine: Hashable, Sendable {
    package var selector: DeviceSelector
    package var priority: UInt32
    package var permissions: DevicePermissions
    package var source: [UInt8]
    package var line: Int

    package init(
        _ selector: DeviceSelector, priority: UInt32, permissions: DevicePermissions, source: [UInt8] = [],
        line: Int = 0
    ) {
        self.selector = selector
        self.priority = priority
        self.permissions = permissions
        self.source = source
        self.line = line
    }
}

/// Reads lines of five columns (major, minor, range, priority, permissions) or
/// of three (selector, priority, permissions).
package struct DeviceParser {
    private let source: [UInt8]
    private var number = 0
    private var start = 0
    package private(set) var lines: [DeviceLine] = []
    package private(set) var diagnostics: [Diagnostic] = []

    package init(source: [UInt8]) {
        self.source = source
    }

    /// Reads all lines of a file, whose last line may lack its newline.
    package mutating func parse(_ text: [UInt8]) {
        for line in text.split(separator: ASCII.newline, omittingEmptySubsequences: false) { parse(line: line) }
    }

    private mutating func parse(line: ArraySlice<UInt8>) {
        number += 1
        start = line.startIndex
        let line = line.last == ASCII.carriageReturn ? line.dropLast() : line
        if let nul = line.firstIndex(of: 0) { return report(.nulByte, at: nul, "NUL byte") }
        guard line.count <= RuleLimits.oldLineLength else {
            return report(.lineTooLong, at: start, "line of \(line.count) bytes")
        }
        let fields = line.prefix { $0 != ASCII.hash }.split(whereSeparator: ASCII.isBlank)
        guard let first = fields.first else { return }
        // A word that begins with a sign is read as a number, to be refused as one.
        let isNumber = ASCII.isDigit(first[first.startIndex]) || first.first == ASCII.minus || first.first == ASCII.plus
        guard checkCount(fields, isNumber ? 5 : 3) else { return }
        let selector = isNumber ? numbers(fields) : selector(first)
        let priority = value(fields, fields.count - 1, "priority", most: .max)
        let permissions = permissions(fields[fields.count - 1], field: fields.count)
        guard let selector, let priority, let permissions else { return }
        lines.append(
            DeviceLine(selector, priority: priority, permissions: permissions, source: source, line: number))
        lint(priority, permissions)
    }

    private mutating func checkCount(_ fields: [ArraySlice<UInt8>], _ wanted: Int) -> Bool {
        if fields.count > wanted {
            report(
                .tooManyFields, at: fields[wanted].startIndex, field: wanted + 1, "too many fields: unexpected",
                token: fields[wanted], hint: "begin a comment with #")
        } else if fields.count < wanted {
            report(
                .tooFewFields, at: fields[fields.count - 1].endIndex, field: fields.count + 1,
                "too few fields: \(fields.count) of \(wanted)",
                hint: wanted == 5 ? "major minor range priority permissions" : "selector priority permissions")
        }
        return fields.count == wanted
    }

    private mutating func numbers(_ fields: [ArraySlice<UInt8>]) -> DeviceSelector? {
        let major = value(fields, 1, "major number", most: DeviceRule.largestMajor)
        let minor = value(fields, 2, "minor number", most: DeviceRule.largestMinor)
        let range = value(fields, 3, "range", most: DeviceRule.largestMinor - (minor ?? 0))
        guard let major, let minor, let range else { return nil }
        return .numbers(DeviceNumber(major: major, minor: minor), range: range)
    }

    private mutating func selector(_ word: ArraySlice<UInt8>) -> DeviceSelector? {
        if let selector = DeviceSelector(word) { return selector }
        report(
            .badSelector, at: word.startIndex, field: 1, "neither a number nor a selector", token: word,
            hint: "root-disk, boot, /dev/..., disk:/dev/..., dm:NAME, UUID=... or LABEL=...")
        return nil
    }

    private mutating func value(
        _ fields: [ArraySlice<UInt8>], _ field: Int, _ name: String, most: UInt32
    ) -> UInt32? {
        let text = fields[field - 1]
        do throws(NumberSyntax.Failure) {
            let value = try NumberSyntax.unsigned(text)
            if value <= most { return value }
            report(.badNumber, at: text.startIndex, field: field, "\(name) is at most \(most), not", token: text)
        } catch {
            report(
                .badNumber, at: text.startIndex, field: field,
                error == .tooLarge ? "\(name) exceeds 32 bits" : "\(name) is not an unsigned number", token: text)
        }
        return nil
    }

    private mutating func permissions(_ text: ArraySlice<UInt8>, field: Int) -> DevicePermissions? {
        if text.elementsEqual([ASCII.minus]) { return [] }
        var permissions: DevicePermissions = []
        for (index, letter) in zip(text.indices, text) {
            guard let permission = DevicePermissions.of(letter: letter) else {
                report(
                    .badLetter, at: index, field: field, "unknown permission", token: [letter],
                    hint: "r, w, d, x and s, or - alone for none")
                return nil
            }
            if permissions.contains(permission) {
                report(as: .warning, .repeated, at: index, field: field, "repeated permission", token: [letter])
            }
            permissions.insert(permission)
        }
        return permissions
    }

    private mutating func lint(_ priority: UInt32, _ permissions: DevicePermissions) {
        if priority == 0 {
            report(as: .warning, .neverMatches, at: start, "a rule with priority 0 never counts")
        }
        if permissions.contains(.suid), !permissions.contains(.exec) {
            report(as: .warning, .suidWithoutExec, at: start, "permission s has no effect without x")
        }
        let files = permissions.intersection([.dev, .exec, .suid])
        if permissions.contains(.write), !files.isEmpty {
            report(
                as: .warning, .writableExecutable, at: start,
                "w together with \(files.text): a program that can write there decides what runs",
                hint: "w for data, or \(files.text) for programs")
        }
    }

    private mutating func report(
        as severity: Diagnostic.Severity = .error, _ code: DiagnosticCode, at index: Int, field: Int? = nil,
        _ message: String, token: ArraySlice<UInt8>? = nil, hint: String? = nil
    ) {
        diagnostics.append(
            Diagnostic(
                severity, code, source: source, line: number, column: index - start + 1, field: field,
                message: message, token: token.map(Array.init), hint: hint))
    }
}
