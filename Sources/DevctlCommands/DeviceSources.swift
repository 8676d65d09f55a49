// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import DevicePolicy
import Policy
import SystemIO
import Tool

/// Reads rules from every place that a command names, finds their devices, and
/// collects all diagnostics, so that they can be reported before anything is
/// done.
struct DeviceSources {
    private let surroundings: DevctlSurroundings
    /// A selector that stands for no device is a warning, and its rule is left
    /// out. Otherwise it is an error.
    private let skipMissing: Bool
    private var lines: [DeviceLine] = []
    private var diagnostics: [Diagnostic] = []

    init(_ surroundings: DevctlSurroundings, skipMissing: Bool = false) {
        self.surroundings = surroundings
        self.skipMissing = skipMissing
    }

    /// Adds a rule that stands on the command line.
    mutating func add(rule text: [UInt8]) {
        parse(text, source: Array("<argument>".utf8), mustHaveOne: true)
    }

    /// Adds the rules of the system.
    mutating func addRuleDirectory() {
        add(path: surroundings.ruleDirectory)
    }

    /// Adds a file, a directory of rule files, or `-` for standard input.
    mutating func add(path: BytePath) {
        do throws(Errno) {
            if path == "-" {
                parse(try surroundings.environment.readStandardInput(), source: Array("<stdin>".utf8))
            } else if try Files.status(path).kind == .directory {
                for file in try files(in: path) { try addFound(file) }
            } else {
                parse(try Files.read(path, limit: RuleLimits.fileSize), source: path.bytes)
            }
        } catch {
            report(.error, .unreadable, path.bytes, "cannot be read: \(error)")
        }
    }

    private mutating func files(in directory: BytePath) throws(Errno) -> [BytePath] {
        var files: [BytePath] = []
        for entry in try Files.list(directory) {
            let path = directory.appending(entry.name)
            if let reason = DropIns.reasonToSkip(entry.name) {
                // A name that no program leaves behind may be meant to be read.
                let severity = DropIns.isLeftover(entry.name) ? Diagnostic.Severity.note : .warning
                report(severity, .skippedFile, path.bytes, "skipped (\(reason))")
            } else {
                files.append(path)
            }
        }
        return files
    }

    /// Reading anything but a regular file might never end.
    private mutating func addFound(_ path: BytePath) throws(Errno) {
        let (status, bytes) = try Files.readFound(path, limit: RuleLimits.fileSize)
        if let bytes {
            parse(bytes, source: path.bytes)
        } else if status.identity != (try? Files.status("/dev/null").identity) {
            report(.error, .notAFile, path.bytes, "not a regular file")
        }
    }

    private mutating func parse(_ text: [UInt8], source: [UInt8], mustHaveOne: Bool = false) {
        var parser = DeviceParser(source: source)
        parser.parse(text)
        lines += parser.lines
        diagnostics += parser.diagnostics
        if mustHaveOne, parser.lines.isEmpty, parser.diagnostics.isEmpty {
            report(.error, .emptyEntry, source, "no rule")
        }
    }

    private mutating func report(
        _ severity: Diagnostic.Severity, _ code: DiagnosticCode, _ source: [UInt8], _ message: String, line: Int = 0
    ) {
        diagnostics.append(Diagnostic(severity, code, source: source, line: line, message: message))
    }

    // MARK: Collecting

    /// All rules with the numbers of their devices, in the order of reading.
    consuming func collected() -> CollectedRules {
        let merged = DeviceMerge.merge(resolved())
        diagnostics += merged.diagnostics
        if merged.rules.count > DeviceRule.mostRules {
            report(
                .error, .conflict, Array("devctl".utf8),
                "\(merged.rules.count) rules, of which the kernel takes at most \(DeviceRule.mostRules)")
        }
        return CollectedRules(rules: merged.rules, diagnostics: diagnostics)
    }

    private mutating func resolved() -> [ResolvedRule] {
        var rules: [ResolvedRule] = []
        for line in lines {
            do throws(NotFound) {
                for place in try surroundings.finder.find(line.selector) {
                    let rule = DeviceRule(
                        place.first, range: place.range, priority: line.priority, permissions: line.permissions)
                    rules.append(ResolvedRule(rule, from: line))
                }
            } catch {
                report(
                    skipMissing ? .warning : .error, .notResolved, line.source,
                    "'\(line.selector.text)' stands for no device: \(error.message)", line: line.line)
            }
        }
        return rules
    }
}

/// The rules of a command line, and everything that there is to say about them.
struct CollectedRules {
    var rules: [ResolvedRule]
    var diagnostics: [Diagnostic]

    /// The status of a command that needs these rules; nil if they have no error.
    var failure: ExitStatus? {
        if diagnostics.contains(where: { $0.code == .unreadable }) { return .io }
        return count(.error) > 0 ? .syntax : nil
    }

    /// Whether a file was left out that may be meant to be read.
    var skipsUnknown: Bool { diagnostics.contains { $0.severity == .warning && $0.code == .skippedFile } }

    func count(_ severity: Diagnostic.Severity) -> Int {
        diagnostics.count { $0.severity == severity }
    }

    /// Warns if the rules of the whole system would not let the root filesystem
    /// be mounted again.
    mutating func checkRoot(_ finder: DeviceFinder) {
        if let warning = finder.root.flatMap({ DeviceMerge.rootWarning(rules, root: $0) }) {
            diagnostics.append(warning)
        }
    }

    /// Reports all diagnostics and returns the rules. Throws if one of the
    /// diagnostics is an error; `consequence` says what is not done then.
    func checked(
        _ reporter: Reporter, else consequence: String = "nothing was sent to the kernel"
    ) throws(Failure) -> [ResolvedRule] {
        reporter.diagnostics(diagnostics)
        switch failure {
        case nil: return rules
        case .io?: throw Failure(status: .io, message: "not all rules can be read; \(consequence)")
        case let status?:
            throw Failure(
                status: status,
                message: "the rules have \(counted(count(.error), "error")); \(consequence)")
        }
    }
}
