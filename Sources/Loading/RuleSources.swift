// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy
import SystemIO
package import Tool

/// Reads rules from all places that a command names before any of them is used,
/// so that all errors of the tree are reported at once.
package struct RuleSources {
    let surroundings: Surroundings
    private let purpose: Purpose

    /// The rules of all files, in the order of reading.
    private var table = RuleTable(advice: Memory.willBeFilled)
    /// What the files themselves say, in the same order.
    private var diagnostics: [Diagnostic] = []
    private var notes: [Diagnostic] = []
    private(set) var fileCount = 0
    /// The named files and directories, or the standard directories, for the
    /// message that no entry was found in them.
    private var places: [[UInt8]] = []

    package init(_ surroundings: Surroundings, for purpose: Purpose = .load) {
        self.surroundings = surroundings
        self.purpose = purpose
    }

    private func parser(_ source: [UInt8]) -> RuleParser {
        RuleParser(source: source, for: purpose)
    }

    package static let argumentName = Array("<argument>".utf8)
    static let standardInputName = Array("<stdin>".utf8)

    // MARK: Adding

    package mutating func add(entry text: [UInt8]) {
        places.append(Self.argumentName)
        diagnostics += parser(Self.argumentName).parseEntry(text, into: &table)
    }

    /// A file, a directory of rule files, or `-` for standard input.
    package mutating func add(path: BytePath) {
        places.append(path == "-" ? Self.standardInputName : path.bytes)
        if path == "-" {
            let read = surroundings.environment.readStandardInput
            addFile(Self.standardInputName) { (reader, table) throws(Errno) in
                try read().withUnsafeBufferPointer { reader.read($0, into: &table) }
                reader.finish(into: &table)
            }
            return
        }
        do throws(Errno) {
            if try Files.status(path).kind == .directory {
                try addDirectory(path)
            } else {
                addFile(path)
            }
        } catch {
            notes.append(unreadable(path.bytes, error))
        }
    }

    /// The standard directories. It is an error if none of them exists, or if
    /// none holds a rule file: a wrong root, or a directory that was emptied or
    /// renamed, would otherwise look like an empty set of rules.
    package mutating func addStandardDirectories() {
        var chosen: [[UInt8]: BytePath] = [:]
        var found: [BytePath] = []
        var isUnreadable = false
        for directory in surroundings.ruleDirectories {
            do throws(Errno) {
                for name in try ruleFiles(in: directory) {
                    let path = directory.appending(name)
                    if let earlier = chosen.updateValue(path, forKey: name) {
                        note(.replacedFile, earlier.bytes, "replaced by \(path)")
                    }
                }
                found.append(directory)
            } catch {
                if error != .noEntry {
                    isUnreadable = true
                    notes.append(unreadable(directory.bytes, error))
                }
            }
        }
        let directories = found.isEmpty ? surroundings.ruleDirectories : found
        places += directories.map(\.bytes)
        if !isUnreadable && chosen.isEmpty {
            let names = directories.map(\.description).joined(separator: ", ")
            notes.append(
                Diagnostic(
                    .error, found.isEmpty ? .unreadable : .noRuleFiles, source: Array("verictl".utf8),
                    message: found.isEmpty
                        ? "no rule directory exists (\(names))" : "\(names): no rule file was found there"))
        }
        let names = chosen.keys.sorted { $0.lexicographicallyPrecedes($1) }
        for path in names.compactMap({ chosen[$0] }) { addFound(path) }
    }

    /// A directory that is named is expected to hold rules.
    private mutating func addDirectory(_ directory: BytePath) throws(Errno) {
        let names = try ruleFiles(in: directory)
        if names.isEmpty {
            notes.append(
                Diagnostic(
                    .error, .noRuleFiles, source: directory.bytes, message: "the directory holds no rule file"))
        }
        for name in names { addFound(directory.appending(name)) }
    }

    /// The names of rule files, sorted by their bytes.
    private mutating func ruleFiles(in directory: BytePath) throws(Errno) -> [[UInt8]] {
        var names: [[UInt8]] = []
        for entry in try Files.list(directory) {
            let path = directory.appending(entry.name)
            if let reason = DropIns.reasonToSkip(entry.name) {
                // A name that no program leaves behind may be meant to be read.
                notes.append(
                    Diagnostic(
                        DropIns.isLeftover(entry.name) ? .note : .warning, .skippedFile, source: path.bytes,
                        message: "skipped (\(reason))",
                        hint: DropIns.isLeftover(entry.name) ? nil : "rename it to end in .conf, or in ~ to skip it"))
            } else {
                names.append(entry.name)
            }
        }
        return names
    }

    /// A file that was named by the user, which may be a pipe.
    private mutating func addFile(_ path: BytePath) {
        warnIfWritable(path, try? Files.status(path))
        addFile(path.bytes) { (reader, table) throws(Errno) in
            try reader.read(Descriptor(reading: path), into: &table)
        }
    }

    /// A file that was found in a directory. Reading anything but a regular
    /// file might never end.
    private mutating func addFound(_ path: BytePath) {
        do throws(Errno) {
            let file = try Descriptor(readingFound: path)
            let status = try file.status()
            guard status.kind == .regular else { return report(path, isNoFile: status) }
            warnIfWritable(path, status)
            let (rules, messages) = (table.count, diagnostics.count)
            addFile(path.bytes) { (reader, table) throws(Errno) in try reader.read(file, into: &table) }
            explainIfNoRule(path, since: rules, messages)
        } catch {
            fileCount += 1
            notes.append(unreadable(path.bytes, error))
        }
    }

    private mutating func report(_ path: BytePath, isNoFile status: FileStatus) {
        // A link to /dev/null masks the file of an earlier directory.
        if status.identity == (try? Files.status("/dev/null").identity) {
            fileCount += 1
            return
        }
        let isDirectory = status.kind == .directory
        notes.append(
            Diagnostic(
                .error, .notAFile, source: path.bytes,
                message: isDirectory ? "a directory among rule files" : "not a regular file",
                hint: "move it out of the directory, or rename it to end in ~ to skip it"))
    }

    /// A README, say, or what a removed package left behind: a file with errors
    /// and without a single rule is hardly a rule file.
    private mutating func explainIfNoRule(_ path: BytePath, since rules: Int, _ messages: Int) {
        guard table.count == rules, diagnostics[messages...].contains(where: { $0.severity == .error }) else { return }
        diagnostics.append(
            Diagnostic(
                .note, .notRules, source: path.bytes, message: "no line of this file is a rule",
                hint: "to have it skipped, rename it to end in ~ or move it out of the directory"))
    }

    private mutating func warnIfWritable(_ path: BytePath, _ status: FileStatus?) {
        guard let status, status.kind == .regular, status.isWritableByOthers else { return }
        notes.append(
            Diagnostic(
                .warning, .writableFile, source: path.bytes,
                message: "users other than root can change this file, and so the rules",
                hint: "chown root and chmod go-w"))
    }

    /// A file that cannot be read to its end gives no rule and no message but this.
    private mutating func addFile(
        _ name: [UInt8], read: (inout RuleReader, inout RuleTable) throws(Errno) -> Void
    ) {
        fileCount += 1
        let before = table.count
        var reader = RuleReader(source: name, for: purpose, into: &table)
        do throws(Errno) {
            try read(&reader, &table)
            diagnostics += reader.diagnostics
        } catch {
            table.truncate(to: before)
            notes.append(unreadable(name, error))
        }
    }

    private mutating func note(_ code: DiagnosticCode, _ source: [UInt8], _ message: String) {
        notes.append(Diagnostic(.note, code, source: source, message: message))
    }

    private func unreadable(_ source: [UInt8], _ error: Errno) -> Diagnostic {
        Diagnostic(.error, .unreadable, source: source, message: "cannot be read: \(error)")
    }

    // MARK: Result

    /// The rules of `paths`, or of the standard directories if there are none.
    package static func collect(_ paths: [BytePath], in surroundings: Surroundings) -> CollectedRules {
        var sources = RuleSources(surroundings)
        if paths.isEmpty { sources.addStandardDirectories() }
        for path in paths { sources.add(path: path) }
        return sources.collected()
    }

    /// Returns all rules in the order of reading, with all diagnostics.
    package consuming func collected() -> CollectedRules {
        let found = RuleMerge.merge(&table, ignoringConflicts: !purpose.comparesRules)
        return CollectedRules(
            table: table, diagnostics: notes + diagnostics + found, fileCount: fileCount, places: places)
    }
}

/// The rules of a whole tree.
package struct CollectedRules {
    package var table: RuleTable
    package var diagnostics: [Diagnostic]
    package var fileCount: Int
    /// The files and directories that were read.
    var places: [[UInt8]]

    /// Each of them as a value of its own, which takes several times the memory.
    package var rules: [Rule] { Array(table) }

    /// Adds a diagnostic if there is no entry and no other error explains it:
    /// an error for a command that makes no sense without entries, or would
    /// remove all other entries; a warning for a command that then has nothing
    /// to do.
    package mutating func reportIfEmpty(_ severity: Diagnostic.Severity, hint: String? = nil) {
        guard table.isEmpty, failure == nil else { return }
        let names = places.map { DisplayText.of($0) }.joined(separator: ", ")
        diagnostics.append(
            Diagnostic(
                severity, .noEntries, source: Array("verictl".utf8),
                message: "no entry was read from \(names) (\(counted(fileCount, "file")))", hint: hint))
    }

    package func count(_ severity: Diagnostic.Severity) -> Int {
        diagnostics.count { $0.severity == severity }
    }

    /// What is doubtful is refused as well.
    package mutating func makeWarningsErrors() {
        for index in diagnostics.indices where diagnostics[index].severity == .warning {
            diagnostics[index].severity = .error
        }
    }

    /// The exit status that the errors call for; nil without errors. A file
    /// that cannot be read takes precedence, because its content is unknown.
    package var failure: ExitStatus? {
        let errors = diagnostics.filter { $0.severity == .error }
        if errors.isEmpty { return nil }
        return errors.contains { $0.code == .unreadable } ? .io : .syntax
    }

    /// Whether the only error is that nothing was read, and a warning about a
    /// skipped file says why.
    package var isEmptyBySkipping: Bool {
        diagnostics.contains { $0.severity == .warning && $0.code == .skippedFile }
            && diagnostics.allSatisfy { $0.severity != .error || [.noRuleFiles, .noEntries].contains($0.code) }
            && table.isEmpty
    }

    /// Reports all diagnostics, and if there are errors that nothing was done;
    /// returns the exit status that ends the command then, or nil.
    package func refusal(_ reporter: Reporter, _ consequence: String, json wantsJSON: Bool) -> ExitStatus? {
        reporter.diagnostics(diagnostics)
        guard let failure else { return nil }
        let message = "\(summary); \(consequence)"
        reporter.line(message)
        guard wantsJSON else { return failure }
        let document = Failure(status: failure, message: message)
            .json(with: [("diagnostics", .array(diagnostics.map(\.json)))])
        return reporter.result(document, then: failure)
    }

    /// `1 error, 2 warnings in 3 files`.
    package var summary: String {
        let errors = counted(count(.error), "error")
        let warnings = counted(count(.warning), "warning")
        return "\(errors), \(warnings) in \(counted(fileCount, "file")), \(counted(table.count, "entry", "entries"))"
    }
}
