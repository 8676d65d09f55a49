// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Hardening
import KernelConfiguration
import Mounts
import SystemIO
import Tool

/// Reads the state of a machine and compares it with the rules.
struct MachineCheck {
    let composition: Composition
    let files: CheckedFiles
    let surroundings: HardenctlSurroundings
    private(set) var findings: [Finding] = []
    /// What could not be read. The other subjects are still looked at.
    private(set) var failures: [Failure] = []
    private(set) var notes: [String] = []

    init(composition: Composition, files: CheckedFiles, surroundings: HardenctlSurroundings) {
        self.composition = composition
        self.files = files
        self.surroundings = surroundings
    }

    private var machine: Machine { surroundings.machine }

    mutating func run(_ kind: CheckKind) {
        let file = files.file(kind)
        guard file != nil || !files.isOfAnother else { return }
        do throws(Failure) {
            findings += try look(at: kind, file)
        } catch {
            failures.append(error)
        }
    }

    private mutating func look(at kind: CheckKind, _ file: BytePath?) throws(Failure) -> [Finding] {
        switch kind {
        case .config: composition.check(try config(file))
        case .cmdline: composition.check(CommandLineText(try text(file ?? machine.commandLine)))
        case .sysctl: try sysctls(file)
        case .lsm: composition.check(modules: try text(file ?? machine.modules))
        case .lockdown: composition.check(lockdown: try lockdown(file))
        case .mounts: try mounts(file)
        case .setuid: try setuid(file)
        }
    }

    private func text(_ path: BytePath) throws(Failure) -> String {
        String(decoding: try content(path, surroundings.environment), as: UTF8.self)
    }

    // MARK: Configuration

    /// Debian installs the configuration of each kernel in /boot.
    private func config(_ file: BytePath?) throws(Failure) -> KernelConfig {
        if let file { return try kernelConfiguration(file, surroundings.environment) }
        let release = try text(machine.release).filter { $0 != "\n" }
        let path = machine.boot.appending(Array("config-\(release)".utf8))
        do throws(Failure) {
            return try kernelConfiguration(path, surroundings.environment)
        } catch {
            throw Failure(
                status: .io, message: "the configuration of the running kernel: \(error.message)",
                hint: "--config FILE, or zcat /proc/config.gz and --config -")
        }
    }

    // MARK: Sysctls

    private func sysctls(_ file: BytePath?) throws(Failure) -> [Finding] {
        let path = file ?? machine.sysctls
        guard (try? Files.status(path).kind) == .directory else {
            let values = Self.dump(try text(path))
            return composition.check(sysctls: { values[$0] })
        }
        return composition.check(sysctls: { key in
            let name = key.utf8.map { $0 == UInt8(ascii: ".") ? ASCII.slash : $0 }
            do throws(Errno) {
                return String(decoding: try Files.read(path.appending(name)), as: UTF8.self)
            } catch {
                return error == .noEntry ? nil : "unreadable (\(error))"
            }
        })
    }

    /// The lines `KEY = VALUE` of sysctl -a.
    private static func dump(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let key = line[..<equals].filter { $0 != " " }
            values[String(key)] = String(line[line.index(after: equals)...])
        }
        return values
    }

    // MARK: Lockdown, mounts, files

    private func lockdown(_ file: BytePath?) throws(Failure) -> String? {
        let path = file ?? machine.lockdown
        if file == nil, (try? Files.status(path)) == nil { return nil }
        return try text(path)
    }

    private func mounts(_ file: BytePath?) throws(Failure) -> [Finding] {
        var request = MountsRequest()
        request.mountinfo = file
        let faulty = try request.report(machine.mounts).faulty
        let reason = "A program that can write a file there can run it as well."
        guard !faulty.isEmpty else {
            return [
                Finding(
                    .mounts, "all", found: "writable or executable", wanted: "not both", holds: true, reason: reason,
                    change: "")
            ]
        }
        return faulty.map { mount in
            Finding(
                .mounts, String(decoding: mount.point.bytes, as: UTF8.self), found: mount.found, wanted: "not both",
                holds: false, reason: reason, change: mount.hint)
        }
    }

    private mutating func setuid(_ file: BytePath?) throws(Failure) -> [Finding] {
        if let file {
            let lines = try content(file, surroundings.environment).split(separator: ASCII.newline)
            return composition.check(
                setuid: lines.map { SetuidFile(path: BytePath($0), bits: "set-user-id or set-group-id") })
        }
        var search = SetuidSearch(mounts: try machine.mounts.mounts())
        search.search(machine.root)
        if let first = search.unread.first {
            notes.append(
                "\(counted(search.unread.count, "directory", "directories")) could not be searched for set-user-id "
                    + "files, \(first) among them")
        }
        return composition.check(setuid: search.files.map { SetuidFile(path: $0.path, bits: $0.bits) })
    }
}
