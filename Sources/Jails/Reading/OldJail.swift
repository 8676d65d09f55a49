// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy

/// Reads a directory of the old vsctl: one file for each setting.
package struct OldJail {
    package private(set) var jail: Jail
    package private(set) var diagnostics: [Diagnostic] = []
    private let files: [String: [UInt8]]
    private let directory: BytePath

    /// The tables and the directories of tables.
    package static let tables = ["fstab.internal", "fstab.external"]
    package static let tableDirectories = ["fstab.internal.d", "fstab.external.d"]

    private static let read: Set<String> = [
        "context", "root", "cmd", "addr", "bcast", "lback", "bcaps", "ccaps", "cflags", "nflags", "nsopts", "hostname",
        "ns_setup_cmd", "nscleanup", "veriexec.ctx", "veriexec.level",
    ]
    /// Files that other programs of the old system read.
    private static let ofOthers: Set<String> = [
        "veriexec.lvl-up", "veriexec.lvl-down", "syslog.socket", "netfilter", "veth",
    ]

    /// `files` has the content of each file by its name, those of directories
    /// as `fstab.internal.d/NAME`.
    package init(_ files: [String: [UInt8]], name: String, directory: BytePath) {
        jail = Jail(name: name)
        self.files = files
        self.directory = directory
        readContext()
        readNamespaces()
        readTree()
        readNetwork()
        readProgram()
        readRights()
        reportOthers()
    }

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    // MARK: Files

    private mutating func report(
        _ severity: Diagnostic.Severity, _ file: String, _ fault: ValueFault, line: Int = 0
    ) {
        diagnostics.append(
            Diagnostic(
                severity, fault.code, source: directory.appending(Array(file.utf8)).bytes, line: line,
                column: line > 0 ? 1 : 0, message: fault.message, token: fault.token, hint: fault.hint))
    }

    private mutating func warn(_ file: String, _ message: String, hint: String? = nil) {
        report(.warning, file, ValueFault(code: .inert, message: message, hint: hint))
    }

    /// The first line of a file without blanks around it; nil without a file, or
    /// if there is nothing in it.
    private func first(_ file: String) -> ArraySlice<UInt8>? {
        guard let text = files[file] else { return nil }
        let line = ValueSyntax.trimmed(text.prefix { $0 != ASCII.newline }[...])
        return line.isEmpty ? nil : line
    }

    /// The lines of a file that are neither empty nor a comment.
    private func lines(_ file: String) -> [(number: Int, text: ArraySlice<UInt8>)] {
        let all = (files[file] ?? []).split(separator: ASCII.newline, omittingEmptySubsequences: false)
        return all.enumerated().compactMap { index, text in
            let text = ValueSyntax.trimmed(text)
            return text.isEmpty || text.first == ASCII.hash ? nil : (index + 1, text)
        }
    }

    private mutating func value<Value>(
        _ file: String, mandatory: Bool = false, _ read: (ArraySlice<UInt8>) throws(ValueFault) -> Value
    ) -> Value? {
        guard let text = first(file) else {
            if mandatory { report(.error, file, ValueFault(code: .badKey, message: "the file is missing or empty")) }
            return nil
        }
        do throws(ValueFault) {
            return try read(text)
        } catch {
            report(.error, file, error, line: 1)
            return nil
        }
    }

    // MARK: Settings

    private mutating func readContext() {
        jail.context.number = value("context", mandatory: true) { (text) throws(ValueFault) in
            try ValueSyntax.number(text, in: 2...UInt32.max - 1)
        }
        jail.context.level = value("veriexec.level", ValueSyntax.level) ?? []
        guard let text = first("veriexec.ctx") else { return }
        let source = directory.appending(Array("veriexec.ctx".utf8)).bytes
        let (entry, faults) = ContextEntrySyntax.parse(Array(text), source: source)
        diagnostics += faults
        guard let entry else { return }
        jail.context.level = entry.level
        jail.context.privileges = entry.privileges
        if !entry.capabilities.isEmpty {
            jail.context.capabilities.formUnion(entry.capabilities)
            warn("veriexec.ctx", "its capabilities are added to those of bcaps: a context has one bound")
        }
    }

    private mutating func readNamespaces() {
        jail.namespaces = [.mount, .uts, .ipc]
        for (number, text) in lines("nsopts") {
            do throws(ValueFault) {
                let known: [(String, Namespaces)] = [("pid", .pid), ("net", .net), ("user", .user)]
                jail.namespaces.formUnion(try ValueSyntax.word(text, among: known, "namespace"))
            } catch {
                report(.error, "nsopts", error, line: number)
            }
        }
        if jail.namespaces.contains(.user) {
            report(
                .error, "nsopts",
                ValueFault(
                    message: "a user namespace takes ranges of ids, for which the old files have no place",
                    hint: "vsctl import, and then Users= and Groups= in [Namespaces]"))
        }
        jail.hostName = value("hostname", ValueSyntax.hostName)
        jail.setupCommand = value("ns_setup_cmd", ValueSyntax.path)
    }

    private mutating func readTree() {
        jail.root = value("root", mandatory: true, ValueSyntax.path)
        for (table, directory) in zip(Self.tables, Self.tableDirectories) {
            let isInternal = table == "fstab.internal"
            // The old program read a directory in the order of the names reversed.
            let inside = files.keys.filter { $0.hasPrefix(directory + "/") }.sorted()
            for file in [table] + inside { readTable(file, isInternal: isInternal) }
        }
        if !lines("nscleanup").isEmpty {
            warn("nscleanup", "there is nothing to unmount: no mount of the host is left in the namespace")
        }
    }

    private mutating func readTable(_ file: String, isInternal: Bool) {
        for (number, text) in lines(file) {
            var warnings: [ValueFault] = []
            do throws(ValueFault) {
                let line = try MountSyntax.tableLine(text, isInternal: isInternal) { warnings.append($0) }
                if var line {
                    line.line = number
                    line.file = directory.appending(Array(file.utf8)).bytes
                    jail.mounts.append(line)
                }
            } catch {
                report(.error, file, error, line: number)
            }
            for warning in warnings { report(.warning, file, warning, line: number) }
        }
    }

    private mutating func readNetwork() {
        for (number, text) in lines("addr") {
            do throws(ValueFault) {
                let address = try ValueSyntax.anyAddress(text)
                // The old way to write that there is no network.
                if address.bytes == [255, 255, 255, 255] { continue }
                // The mask said which network the address is in; one address counts.
                jail.network.addresses.append(NetworkAddress(bytes: address.bytes, prefix: 32))
            } catch {
                report(.error, "addr", error, line: number)
            }
        }
        if files["addr"] == nil { warn("addr", "the file is missing: the jail has no network") }
        jail.network.loopback = value("lback", ValueSyntax.anyAddress)
        if first("bcast") != nil { warn("bcast", "the kernel finds broadcast addresses by itself") }
        var isFree = false
        for (number, text) in lines("nflags") {
            switch String(decoding: text, as: UTF8.self) {
            case "lback_allow": jail.context.flags.formUnion(.loopback)
            case "no_sp": isFree = true
            case "hide_netif": jail.context.flags.formUnion(.hideInterfaces)
            case "single_ip", "lback_remap", "hide_lback", "private", "state_setup", "state_admin",
                "sc_helper", "persistent":
                warnOfNothing("nflags", text, line: number)
            default: reportWord("nflags", text, line: number, ["lback_allow", "no_sp", "single_ip", "hide_netif"])
            }
        }
        if !isFree, !jail.network.addresses.isEmpty {
            warn(
                "nflags", "without no_sp the old kernel refused packets for which there was no IPsec policy",
                hint: "ProtectedTraffic=yes refuses all packets in clear")
        }
    }

    private mutating func readProgram() {
        let command = value("cmd", mandatory: true) { (text) throws(ValueFault) -> [[UInt8]] in
            // Words for a jail that is only set up and entered.
            if text.elementsEqual("/bin/false".utf8) || text.elementsEqual("<invalid>".utf8) { return [] }
            return [try ValueSyntax.path(text).bytes]
        }
        jail.command = command ?? []
    }

    private mutating func readRights() {
        for (number, text) in lines("bcaps") {
            do throws(ValueFault) {
                jail.context.capabilities.formUnion(try ValueSyntax.capability(text))
            } catch {
                report(.error, "bcaps", error, line: number)
            }
        }
        for (number, text) in lines("ccaps") {
            if text.elementsEqual("syslog".utf8) {
                jail.context.flags.formUnion(.kernelLog)
            } else {
                checkWord("ccaps", text, line: number, Self.contextCapabilities)
            }
        }
        for (number, text) in lines("cflags") {
            // What hid the processes and the process 1 of others.
            if text.elementsEqual("fakeinit".utf8) {
                jail.namespaces.formUnion(.pid)
            } else if !text.elementsEqual("hide_mount".utf8), !text.elementsEqual("hide_vinfo".utf8) {
                checkWord("cflags", text, line: number, Self.contextFlags)
            }
        }
    }

    private static let contextCapabilities = [
        "set_utsname", "set_rlimit", "fs_security", "syslog", "secure_mount", "binary_mount", "quota_ctl", "kthread",
        "admin_mapper", "admin_cloop",
    ]

    private static let contextFlags = [
        "sched", "nproc", "private", "fakeinit", "hideinfo", "ulimit", "namespace", "sched_hard", "sched_prio",
        "sched_pause", "virt_mem", "virt_uptime", "virt_cpu", "virt_load", "virt_time", "hide_mount", "state_setup",
        "state_init", "fork_rss", "prolific", "igneg_nice", "hide_vinfo", "state_admin", "sc_helper", "reboot_kill",
        "persistent",
    ]

    private mutating func checkWord(_ file: String, _ text: ArraySlice<UInt8>, line: Int, _ known: [String]) {
        if known.contains(where: { $0.utf8.elementsEqual(text) }) {
            warnOfNothing(file, text, line: line)
        } else {
            reportWord(file, text, line: line, known)
        }
    }

    private mutating func warnOfNothing(_ file: String, _ text: ArraySlice<UInt8>, line: Int) {
        report(
            .warning, file, ValueFault(code: .inert, message: "the word has no effect here:", token: Array(text)),
            line: line)
    }

    private mutating func reportWord(_ file: String, _ text: ArraySlice<UInt8>, line: Int, _ known: [String]) {
        report(
            .error, file,
            ValueFault(
                code: .badKey, message: "unknown word", token: Array(text),
                hint: Suggestion.nearest(to: text, among: known)), line: line)
    }

    private mutating func reportOthers() {
        for file in files.keys.sorted() {
            let isTable = Self.tables.contains(file) || Self.tableDirectories.contains { file.hasPrefix($0 + "/") }
            guard !Self.read.contains(file), !isTable else { continue }
            if Self.ofOthers.contains(file) || file.hasPrefix("ssh.") {
                report(.note, file, ValueFault(code: .inert, message: "the file is for other programs"))
            } else {
                warn(
                    file, "unknown file",
                    hint: Suggestion.nearest(to: file.utf8, among: Self.read.sorted() + Self.tables))
            }
        }
    }
}
