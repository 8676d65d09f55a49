// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Hardening
import KernelConfiguration
import SystemIO
import Tool

/// The option that every command has.
struct RuleOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The directory of rules, instead of the installed one.", valueName: "directory"))
    var rules: ByteArgument?

    /// Reads all rules, and reports what is wrong with them.
    func library(_ surroundings: HardenctlSurroundings) throws(Failure) -> RuleLibrary {
        let directory = try directory(surroundings)
        let files = try files(directory)
        do throws(RuleFaults) {
            return try RuleLibrary(files)
        } catch {
            for fault in error.faults { surroundings.reporter.error("\(directory)/\(fault)") }
            throw Failure(
                status: .syntax, message: "\(directory): \(counted(error.faults.count, "error")) in the rules")
        }
    }

    private func directory(_ surroundings: HardenctlSurroundings) throws(Failure) -> BytePath {
        if let rules { return rules.path }
        let found = surroundings.ruleDirectories.first { (try? Files.status($0).kind) == .directory }
        guard let found else {
            throw Failure(
                status: .io,
                message: "no directory of rules: "
                    + surroundings.ruleDirectories.map(\.description).joined(separator: ", "),
                hint: "--rules DIRECTORY")
        }
        return found
    }

    /// The files of the directory, of `sets` in it and, if it is there, of
    /// `test-sets`, without hidden ones.
    private func files(_ directory: BytePath) throws(Failure) -> [RuleFile] {
        var files: [RuleFile] = []
        for prefix in ["", "sets/", "test-sets/"] {
            let place = prefix.isEmpty ? directory : directory.appending(Array(prefix.dropLast().utf8))
            if prefix == "test-sets/", (try? Files.status(place)) == nil { continue }
            do throws(Errno) {
                for entry in try Files.list(place) where entry.name.first != UInt8(ascii: ".") {
                    let path = place.appending(entry.name)
                    if try Files.status(path).kind == .directory { continue }
                    let name = prefix + String(decoding: entry.name, as: UTF8.self)
                    files.append(RuleFile(name: name, bytes: try Files.read(path, limit: 1 << 20)))
                }
            } catch {
                throw Failure(status: .io, message: "\(place): \(error)")
            }
        }
        return files
    }
}

extension RuleLibrary {
    /// The sets that names on the command line stand for, as one.
    func composition(of names: [String]) throws(Failure) -> Composition {
        var chosen: [HardeningSet] = []
        for name in names {
            guard let sets = sets(named: name) else {
                throw Failure(
                    status: .usage, message: "no set or composition is '\(DisplayText.of(name.utf8, limit: 80))'",
                    hint: nearest(to: name) ?? "hardenctl list prints all names")
            }
            chosen += sets
        }
        return Composition(chosen, in: self)
    }
}

extension Composition {
    /// Reports what sets for tests change, and refuses sets that contradict
    /// each other.
    func checked(_ reporter: Reporter) throws(Failure) -> Composition {
        for difference in differences { reporter.note(difference) }
        for conflict in conflicts { reporter.error(conflict.text) }
        guard conflicts.isEmpty else {
            throw Failure(
                status: .syntax, message: "the sets do not agree: \(counted(conflicts.count, "conflict"))")
        }
        return self
    }
}

/// Reads a whole file, or standard input for `-`.
func content(_ path: BytePath, _ environment: Environment) throws(Failure) -> [UInt8] {
    do throws(Errno) {
        return path == "-" ? try environment.readStandardInput() : try Files.read(path, limit: 64 << 20)
    } catch {
        throw Failure(status: .io, message: "\(path): \(error)")
    }
}

/// A configuration in a file.
func kernelConfiguration(_ path: BytePath, _ environment: Environment) throws(Failure) -> KernelConfig {
    let config = KernelConfig(try content(path, environment))
    guard !config.isEmpty else {
        throw Failure(
            status: .syntax, message: "\(path) holds no configuration of a kernel",
            hint: "zcat unpacks /proc/config.gz; a file of - is standard input")
    }
    return config
}
