// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CSystem
import Glibc

extension Process {
    /// Runs a program, found by PATH, until it ends, and returns its exit
    /// status, 128 + N if signal N ended it. Its input is empty; its output and
    /// its errors go to the file `output`. The variables `without` are not in
    /// its environment.
    package static func run(
        _ arguments: [[UInt8]], without variables: [String] = [], output: BytePath
    ) throws(Errno) -> Int32 {
        let dropped = variables.map { strdup($0) } + [nil]
        defer { for word in dropped { free(word) } }
        let names: [UnsafePointer<CChar>?] = dropped.map { $0.map { UnsafePointer($0) } }
        return try withWords(arguments) { words throws(Errno) in
            try output.withCString { path throws(Errno) in
                try sys { csystem_run(words, names, path) }
            }
        }
    }

    /// Starts a program, found by PATH, in a session of its own and without
    /// input; its output goes nowhere. This process does not wait for it.
    package static func start(_ arguments: [[UInt8]]) throws(Errno) {
        try withWords(arguments) { words throws(Errno) in _ = try sys { csystem_spawn(words) } }
    }

    /// Runs a program, found by PATH, with the streams of this process until it
    /// ends, and returns its exit status, 128 + N if signal N ended it.
    package static func run(onTerminal arguments: [[UInt8]]) throws(Errno) -> Int32 {
        try withWords(arguments) { words throws(Errno) in try sys { csystem_run_here(words) } }
    }

    private static func withWords<Result>(
        _ arguments: [[UInt8]], _ body: ([UnsafeMutablePointer<CChar>?]) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        guard !arguments.isEmpty, !arguments.contains(where: { $0.contains(0) }) else { throw .invalid }
        let words = arguments.map { strdup($0.map { CChar(bitPattern: $0) } + [0]) } + [nil]
        defer { for word in words { free(word) } }
        return try body(words)
    }

    /// Runs a program as `run` does, with an environment of the given variables
    /// only, `NAME=VALUE`.
    package static func run(
        _ arguments: [[UInt8]], environment: [String], output: BytePath
    ) throws(Errno) -> Int32 {
        let variables = environment.map { strdup($0) } + [nil]
        defer { for variable in variables { free(variable) } }
        return try withWords(arguments) { words throws(Errno) in
            try output.withCString { path throws(Errno) in
                try sys { csystem_run_with(words, variables, path) }
            }
        }
    }

    /// The same; returns what it has printed as well.
    package static func output(
        of arguments: [[UInt8]], environment: [String]
    ) throws(Errno) -> (status: Int32, output: [UInt8]) {
        let scratch = try ScratchDirectory()
        let file = scratch.path.appending(Array("output".utf8))
        let status = try run(arguments, environment: environment, output: file)
        return (status, try Files.read(file))
    }
}

/// A new directory for files of a moment; it is removed with its owner.
package final class ScratchDirectory {
    package let path: BytePath

    /// Creates it below the directory that TMPDIR names, or /tmp.
    package init() throws(Errno) {
        let parent = Process.environment("TMPDIR") ?? []
        let place = BytePath(parent.isEmpty ? Array("/tmp".utf8) : parent).appending(Array("clip-XXXXXX".utf8))
        var template = place.bytes.map { CChar(bitPattern: $0) } + [0]
        guard try sysPointer({ mkdtemp(&template) }) != nil else { throw .invalid }
        path = BytePath(template.dropLast().map { UInt8(bitPattern: $0) })
    }

    deinit {
        // What cannot be removed is left behind.
        Self.removeTree(path)
    }

    private static func removeTree(_ path: BytePath) {
        for entry in (try? Files.list(path)) ?? [] {
            let inner = path.appending(entry.name)
            if (try? Files.status(inner, followLinks: false).kind) == .directory {
                removeTree(inner)
            } else {
                try? Files.remove(inner)
            }
        }
        _ = try? path.withCString { name throws(Errno) in try sys { rmdir(name) } }
    }
}
