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

    private var files: [ParsedRules] = []
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
        files.append(parser(Self.argumentName).parseEntry(text))
    }

    /// A file, a directory of rule files, or `-` for standard input.
    package mutating func add(path: BytePath) {
        places.append(path == "-" ? Self.standardInputName : path.bytes)
        if path == "-" {
            addFile(Self.standardInputName, read: surroundings.environment.readStandardInput)
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
        addFile(path.bytes) { () throws(Errno) in try Files.read(path, limit: RuleLimits.fileSize) }
    }

    /// A file that was found in a directory. Reading anything but a regular
    /// file might never end.
    private mutating func addFound(_ path: BytePath) {
        do throws(Errno) {
            let (status, bytes) = try Files.readFound(path, limit: RuleLimits.fileSize)
            guard let bytes else {
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
                return
            }
            warnIfWritable(path, status)
            addFile(path.bytes) { () throws(Errno) in bytes }
            explainIfNoRule(path)
        } catch {
            fileCount += 1
            notes.append(unreadable(path.bytes, error))
        }
    }

    /// A README, say, or what a removed package left behind: a file with errors
    /// and without a single rule is hardly a rule file.
    private mutating func explainIfNoRule(_ path: BytePath) {
        guard let last = files.indices.last, files[last].rules.isEmpty, files[last].hasErrors else { return }
        files[last].diagnostics.append(
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

    private mutating func addFile(_ name: [UInt8], read: () throws(Errno) -> [UInt8]) {
        fileCount += 1
        do throws(Errno) {
            files.append(parser(name).parse(try read()))
        } catch {
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
    package func collected() -> CollectedRules {
        var merged = RuleMerge.merge(files, ignoringConflicts: !purpose.comparesRules)
        merged.diagnostics = notes + merged.diagnostics
        return CollectedRules(
            rules: merged.rules, diagnostics: merged.diagnostics, fileCount: fileCount, places: places)
    }
}

/// The rules of a whole tree.
package struct CollectedRules {
    package var rules: [Rule]
    package var diagnostics: [Diagnostic]
    package var fileCount: Int
    /// The files and directories that were read.
    var places: [[UInt8]]

    /// Adds a diagnostic if there is no entry and no other error explains it:
    /// an error for a command that makes no sense without entries, or would
    /// remove all other entries; a warning for a command that then has nothing
    /// to do.
    package mutating func reportIfEmpty(_ severity: Diagnostic.Severity, hint: String? = nil) {
        guard rules.isEmpty, failure == nil else { return }
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
            && rules.isEmpty
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
        return "\(errors), \(warnings) in \(counted(fileCount, "file")), \(counted(rules.count, "entry", "entries"))"
    }
}
