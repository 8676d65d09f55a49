// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import DevicePolicy
import Policy
import SystemIO

/// Reads rules from all the places a command names, finds the devices, and
/// collects every complaint before anything is done.
struct DeviceSources {
    let surroundings: DevctlSurroundings
    /// Selectors that stand for nothing are left out with a warning.
    var skipMissing = false
    private var lines: [DeviceLine] = []
    private(set) var diagnostics: [Diagnostic] = []

    init(_ surroundings: DevctlSurroundings) {
        self.surroundings = surroundings
    }

    mutating func add(rule text: [UInt8]) {
        parse(text, source: Array("<argument>".utf8), mustHaveOne: true)
    }

    /// A file, a directory of rule files, or `-` for standard input.
    mutating func add(path: BytePath) {
        do throws(Errno) {
            if path == "-" {
                parse(try surroundings.readStandardInput(), source: Array("<stdin>".utf8))
            } else if try Files.status(path).kind == .directory {
                for file in try files(in: path) { parse(try Files.read(file), source: file.bytes) }
            } else {
                parse(try Files.read(path), source: path.bytes)
            }
        } catch {
            complain(.error, .unreadable, path.bytes, "cannot be read: \(error)")
        }
    }

    private mutating func files(in directory: BytePath) throws(Errno) -> [BytePath] {
        var files: [BytePath] = []
        for entry in try Files.list(directory) {
            let path = directory.appending(entry.name)
            if let reason = DropIns.reasonToSkip(entry.name) {
                complain(.note, .skippedFile, path.bytes, "skipped (\(reason))")
            } else {
                files.append(path)
            }
        }
        return files
    }

    private mutating func parse(_ text: [UInt8], source: [UInt8], mustHaveOne: Bool = false) {
        var parser = DeviceParser(source: source)
        parser.parse(text)
        lines += parser.lines
        diagnostics += parser.diagnostics
        if mustHaveOne, parser.lines.isEmpty, parser.diagnostics.isEmpty {
            complain(.error, .emptyEntry, source, "no rule")
        }
    }

    private mutating func complain(
        _ severity: Diagnostic.Severity, _ code: DiagnosticCode, _ source: [UInt8], _ message: String, line: Int = 0
    ) {
        diagnostics.append(Diagnostic(severity, code, source: source, line: line, message: message))
    }

    /// The rules with numbers, in the order of reading.
    mutating func resolved() -> [ResolvedRule] {
        var rules: [ResolvedRule] = []
        for line in lines {
            do throws(NotFound) {
                for place in try surroundings.finder.find(line.selector) {
                    let rule = DeviceRule(
                        place.first, range: place.range, priority: line.priority, permissions: line.permissions)
                    rules.append(ResolvedRule(rule, from: line))
                }
            } catch {
                complain(
                    skipMissing ? .warning : .error, .notResolved, line.source,
                    "'\(line.selector.text)' stands for nothing: \(error.message)", line: line.line)
            }
        }
        let merged = DeviceMerge.merge(rules)
        diagnostics += merged.diagnostics
        if merged.rules.count > DeviceRule.mostRules {
            complain(
                .error, .conflict, Array("devctl".utf8),
                "\(merged.rules.count) rules, the kernel takes \(DeviceRule.mostRules)")
        }
        return merged.rules
    }

    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
    var isUnreadable: Bool { diagnostics.contains { $0.code == .unreadable } }
}
