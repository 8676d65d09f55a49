// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Mounts
import Policy
import SystemIO
import Tool

/// The rules, what is in force of them, and what the next boot does.
extension Doctor {
    mutating func lookAtPolicy() {
        let rules = RuleSources.collect([], in: surroundings)
        if rules.failure != nil {
            let first = rules.diagnostics.first { $0.severity == .error }
            problem("rules", first?.text ?? rules.summary, "verictl check")
        } else if rules.table.isEmpty {
            problem("rules", "there are none", "verictl gen, see docs/verictl.md, enable")
        } else {
            good("rules", "\(counted(rules.table.count, "entry", "entries")) in \(counted(rules.fileCount, "file"))")
        }
        if !isOffline { lookAtForce() }
        lookAtSetuid(rules.rules)
        lookAtPackages()
    }

    private mutating func lookAtForce() {
        guard let status = try? DeviceAccess(surroundings).status() else { return }
        let mode = EnforcementMode(status)
        switch mode {
        case .enforcing: good("mode", mode.text)
        case .permissive: note("mode", mode.text, "verictl enable --check says what is missing")
        case .inactive: problem("mode", mode.text, "verictl enable --check")
        case .empty: problem("mode", mode.text, "verictl load --all")
        }
        if let policy = PolicyState.find(status.info, surroundings) {
            if policy.drift == .same, policy.isInForce {
                good("policy", policy.text)
            } else {
                problem("policy", policy.text, "verictl diff, then verictl load --all")
            }
        } else if mode != .empty {
            note("policy", "the rules were not loaded by load --all or boot load", "verictl load --all")
        }
        guard let administrators = Administrators.find(surroundings) else {
            return note("administration", "only root in context 0 can ask the kernel")
        }
        if administrators.canChange {
            good("administration", "rules " + administrators.text)
        } else {
            problem(
                "administration", "rules " + administrators.text,
                "verictl gen --context 0 --flags er --privs V /usr/sbin/verictl, in a rule file for the next boot")
        }
    }

    // MARK: Boot

    mutating func lookAtBoot() {
        let file = BootFile(surroundings)
        if let first = file.diagnostics.first {
            problem("boot.conf", first.text, "correct the file; verictl boot status")
        } else if !file.exists {
            note("boot.conf", "is not there: the next boot loads nothing", "verictl enable --boot")
        } else if file.settings.mode == .off {
            note("boot.conf", "mode = off: the next boot loads nothing", "verictl enable --boot")
        } else {
            compareBoot(file.settings)
        }
        if file.settings.mode != .off { lookAtImage() }
        lookAtUnits(file.settings)
        lookAtDeviceRules(file.settings)
        lookAtPrograms()
    }

    private mutating func compareBoot(_ settings: BootSettings) {
        let text = "mode = \(settings.mode.rawValue), level = \(settings.level.text)"
        guard !isOffline else { return good("boot.conf", text) }
        do throws(Failure) {
            let differences = try BootDifferences.find(settings, surroundings)
            if differences.isEmpty { return good("boot.conf", text + "; all of it is in force") }
            problem("boot.conf", text + "; but \(differences.joined(separator: "; "))", "verictl boot load, boot lock")
        } catch {
            note("boot.conf", text + "; what is in force cannot be compared: \(error.message)")
        }
    }

    private mutating func lookAtUnits(_ settings: BootSettings) {
        guard exists("/lib/systemd/systemd") || exists("/usr/lib/systemd/systemd") else {
            return note(
                "units", "this is no system of systemd; a boot script must call verictl boot load and boot lock")
        }
        var missing: [String] = []
        for unit in ["verictl-load.service", "verictl-lock.service"] where !isEnabled(unit) { missing.append(unit) }
        if missing.isEmpty {
            good("units", "verictl-load.service and verictl-lock.service are enabled")
        } else if settings.mode == .off {
            note("units", "\(missing.joined(separator: " and ")) is not enabled")
        } else {
            problem(
                "units", "\(missing.joined(separator: " and ")) is not enabled",
                "systemctl enable \(missing.joined(separator: " "))")
        }
    }

    /// The lock makes the table of devices final, so that its rules must be there.
    private mutating func lookAtDeviceRules(_ settings: BootSettings) {
        let rules = (try? Files.list(path("/etc/devctl.d"))) ?? []
        guard settings.mode == .enforcing, settings.lock.mounts || settings.lock.devices, !rules.isEmpty,
            !isEnabled("devctl-load.service")
        else { return }
        problem(
            "devices", "boot lock would make the table final without the rules of /etc/devctl.d",
            "systemctl enable devctl-load.service")
    }

    private func isEnabled(_ unit: String) -> Bool {
        let names = (try? Files.list(path("/etc/systemd/system"))) ?? []
        return names.contains { entry in
            let name = String(decoding: entry.name, as: UTF8.self)
            return (name.hasSuffix(".wants") || name.hasSuffix(".requires"))
                && exists("/etc/systemd/system/\(name)/\(unit)")
        }
    }

    private mutating func lookAtPrograms() {
        let directories = isOffline ? [path("/usr/libexec/clip")] : surroundings.environment.helperDirectories
        let programs = [("verictl-events", "verictl events"), ("verictl-sign", "signatures")]
        let missing = programs.filter { program, _ in
            !directories.contains { (try? Files.status($0.appending(Array(program.utf8)))) != nil }
        }
        for (program, use) in missing {
            problem(
                "programs", "\(program) is not installed: \(use) cannot work", "install it in /usr/libexec/clip")
        }
        if missing.isEmpty { good("programs", "verictl-events and verictl-sign are installed") }
    }

    // MARK: Files

    /// A set-user-id program without an entry gives all of root to the user who
    /// starts it.
    private mutating func lookAtSetuid(_ rules: [Rule]) {
        var search = SetuidSearch(mounts: isOffline ? [] : (try? surroundings.mounts.mounts()) ?? [])
        search.search(root)
        let listed = Set(
            rules.compactMap(\.path).compactMap { (try? Files.status(path($0.bytes)))?.identity })
        setuidWithoutEntry = search.files.filter { file, _ in
            guard let identity = try? Files.status(file).identity else { return false }
            return !listed.contains(identity)
        }.compactMap { file, bits in file.inside(root: root).map { ($0, bits) } }
        if setuidWithoutEntry.isEmpty { return good("set-user-id", "every such file has an entry") }
        let names = Self.some(setuidWithoutEntry.map(\.path.description))
        if !isOffline, text("/proc/sys/kernel/clip/nosuid_root")?.hasPrefix("1") ?? false {
            return good("set-user-id", "the bit of root is ignored; without an entry: \(names)")
        }
        note(
            "set-user-id", "without an entry: \(names)",
            "verictl gen for what they need, then chmod u-s, or latches = nosuid_root")
    }

    private func path(_ bytes: [UInt8]) -> BytePath { BytePath((root == "/" ? [] : root.bytes) + bytes) }

    private mutating func lookAtPackages() {
        guard let text = text("/var/lib/dpkg/status") else {
            return note("packages", "there is no database of dpkg")
        }
        let installed = PackageList.installed(text)
        let covered = PackageList.covered(surroundings.ruleDirectories)
        if covered.isEmpty {
            return note(
                "packages", "no rule file is that of a package; \(installed.count) are installed",
                "verictl package sync")
        }
        let stale = covered.filter { installed[$0.key] != $0.value }.map(\.key).sorted()
        let missing = installed.keys.filter { covered[$0] == nil }.sorted()
        if !stale.isEmpty {
            problem("packages", "rules of another version: \(Self.some(stale))", "verictl package sync")
        } else if !missing.isEmpty {
            note("packages", "without a rule file: \(Self.some(missing))", "verictl package sync")
        } else {
            good("packages", "all \(installed.count) have rules of their version")
        }
    }
}

/// Names and versions of packages.
enum PackageList {
    /// Those that dpkg's status says are installed.
    static func installed(_ status: String) -> [String: String] {
        var packages: [String: String] = [:]
        var fields: [Substring: Substring] = [:]
        let end = { (fields: inout [Substring: Substring]) in
            if let name = fields["Package"], let version = fields["Version"],
                fields["Status"]?.hasSuffix(" installed") ?? false
            {
                packages[String(name)] = String(version)
            }
            fields = [:]
        }
        for line in status.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                end(&fields)
            } else if let colon = line.firstIndex(of: ":"), !line.hasPrefix(" ") {
                fields[line[..<colon]] = line[colon...].dropFirst().drop { $0 == " " }
            }
        }
        end(&fields)
        return packages
    }

    /// Those that a rule file names in its first line, `#> package NAME VERSION ARCH`.
    static func covered(_ directories: [BytePath]) -> [String: String] {
        var packages: [String: String] = [:]
        for directory in directories {
            for entry in (try? Files.list(directory)) ?? [] where entry.name.starts(with: "pkg-".utf8) {
                guard let start = try? Files.head(directory.appending(entry.name), 512) else { continue }
                let words = start.prefix { $0 != ASCII.newline }.split(separator: ASCII.space)
                guard words.count >= 4, words[0].elementsEqual("#>".utf8), words[1].elementsEqual("package".utf8)
                else { continue }
                packages[String(decoding: words[2], as: UTF8.self)] = String(decoding: words[3], as: UTF8.self)
            }
        }
        return packages
    }
}
