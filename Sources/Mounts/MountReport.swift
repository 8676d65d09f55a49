// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import DevicePolicy
import SystemIO

/// Reports the mounts that are not as they should be.
package struct MountReport {
    /// The properties to report besides writable and executable.
    package struct Question: Sendable {
        package var all = false
        package var setUserID = false
        package var deviceNodes = false

        package init() {}
    }

    private let verdicts: [MountVerdict]
    private let judge: MountJudge
    private let question: Question

    package init(_ mounts: [Mount], _ judge: MountJudge, _ question: Question) {
        verdicts = judge.judge(mounts)
        self.judge = judge
        self.question = question
    }

    /// Whether no mount is both writable and has a reported property.
    package var isClean: Bool { verdicts.allSatisfy { faults($0).isEmpty } }

    private var shown: [MountVerdict] { verdicts.filter { question.all || !faults($0).isEmpty } }

    private func faults(_ verdict: MountVerdict) -> [Fault] {
        guard verdict.isWritable else { return [] }
        var faults: [Fault] = []
        if verdict.execution != .no {
            faults.append(Fault("executable", "noexec", .exec, verdict.execution))
        }
        if question.setUserID, verdict.setUserID != .no {
            faults.append(Fault("with set-user-id programs", "nosuid", .suid, verdict.setUserID))
        }
        if question.deviceNodes, verdict.deviceNodes != .no {
            faults.append(Fault("with device nodes", "nodev", .dev, verdict.deviceNodes))
        }
        return faults
    }

    private struct Fault {
        var word: String
        var option: String
        var permission: DevicePermissions
        var answer: MountVerdict.Answer

        init(_ word: String, _ option: String, _ permission: DevicePermissions, _ answer: MountVerdict.Answer) {
            self.word = word
            self.option = option
            self.permission = permission
            self.answer = answer
        }
    }

    /// A note to print besides the result.
    package var note: String? {
        judge.lock == .unknown
            ? "the sysctls of kernel.clip cannot be read; the mounts are judged as if they were not locked" : nil
    }

    // MARK: Text

    /// One line for each mount.
    package var text: [UInt8] { Array(shown.map { line($0) + "\n" }.joined().utf8) }

    private func line(_ verdict: MountVerdict) -> String {
        let place = verdict.device.map { " on \($0)" } ?? ""
        let about = "\(verdict.mount.point) (\(DisplayText.of(verdict.mount.type))\(place)): "
        let faults = faults(verdict)
        guard !faults.isEmpty else { return about + harmless(verdict) }
        return about + words(faults) + "; hint: " + hint(verdict, faults)
    }

    private func words(_ faults: [Fault]) -> String {
        let certain = faults.filter { $0.answer == .yes }.map(\.word)
        let older = faults.filter { $0.answer == .ifOlder }.map(\.word)
        var words = (["writable"] + certain).joined(separator: " and ")
        if !older.isEmpty {
            words += ", and \(older.joined(separator: " and ")) if it was mounted before the lock"
        }
        return words
    }

    /// The mounts that are not as they should be: what each is, and what would
    /// change it.
    package var faulty: [(point: BytePath, found: String, hint: String)] {
        verdicts.compactMap { verdict in
            let faults = faults(verdict)
            return faults.isEmpty ? nil : (verdict.mount.point, words(faults), hint(verdict, faults))
        }
    }

    private func harmless(_ verdict: MountVerdict) -> String {
        let mount = verdict.mount
        if mount.attributes.contains(.readOnly) || mount.isReadOnlyFilesystem { return "read-only" }
        if !verdict.isWritable { return "read-only by \(reason(verdict))" }
        if mount.attributes.contains(.noExec) { return "writable and noexec" }
        return verdict.permissions.map { !$0.contains(.exec) && judge.lock == .assumed } ?? false
            ? "writable, and not executable by \(reason(verdict))" : "writable, and holds no programs"
    }

    private func reason(_ verdict: MountVerdict) -> String {
        verdict.rule.map { "the device rule '\($0.text)'" } ?? "not being listed in the device table"
    }

    /// The possible remedies: a mount option always helps; a device rule helps
    /// for filesystems on a device that are mounted after the lock.
    private func hint(_ verdict: MountVerdict, _ faults: [Fault]) -> String {
        // The root filesystem must remain executable, whatever else it holds.
        let isRoot = verdict.mount.point == "/"
        let words = faults.map { isRoot && $0.permission == .exec ? "ro" : $0.option }
        let options = "mount with \(words.joined(separator: ","))"
        if verdict.isUpperUnknown { return "\(options); the mount of its upper layer is not visible" }
        guard let device = verdict.device, let permissions = verdict.permissions else {
            return "\(options); the filesystem has no device, so no device rule applies"
        }
        let unwanted = faults.reduce(into: DevicePermissions()) { $0.formUnion($1.permission) }
        let given = permissions.intersection(unwanted)
        if given.isEmpty {
            let lacking = verdict.rule.map { "the device rule '\($0.text)'" } ?? "the device is not listed and"
            return "\(options); \(lacking) has no \(Self.letters(unwanted)), "
                + "which applies to filesystems mounted after the lock"
        }
        guard let rule = verdict.rule else {
            let rule = DeviceRule(device, priority: 1, permissions: [.read, .write])
            return "\(options), or a device rule '\(rule.text)'"
        }
        return "\(options), or the device rule '\(rule.text)' without \(Self.letters(given)), or without w"
    }

    private static func letters(_ permissions: DevicePermissions) -> String {
        permissions.text.map(String.init).joined(separator: " ")
    }

    // MARK: JSON

    package var json: JSONDocument {
        JSONDocument([
            ("locked", judge.lock == .unknown ? .null : .bool(judge.lock != .open)),
            ("assumed", .bool(judge.lock == .assumed)),
            ("strict", .bool(judge.isStrict)), ("mounts", .array(shown.map(json))),
        ])
    }

    private func json(_ verdict: MountVerdict) -> JSONValue {
        let mount = verdict.mount
        let faults = faults(verdict)
        var members = JSONValue.members("mount_point", bytes: mount.point.bytes)
        members += JSONValue.members("root", bytes: mount.root.bytes)
        members += JSONValue.members("type", bytes: mount.type)
        members += JSONValue.members("source", bytes: mount.source)
        members += [
            ("device", verdict.device.map { .string("\($0)") } ?? .null),
            ("rule", verdict.rule.map { .string($0.text) } ?? .null),
            ("permissions", verdict.permissions.map { .string($0.text) } ?? .null),
            ("writable", .bool(verdict.isWritable)), ("executable", Self.json(verdict.execution)),
            ("set_user_id", Self.json(verdict.setUserID)), ("device_nodes", Self.json(verdict.deviceNodes)),
            ("good", .bool(faults.isEmpty)),
            ("hint", faults.isEmpty ? .null : .string(hint(verdict, faults))),
        ]
        return .object(members)
    }

    /// null stands for "if it was mounted before the lock".
    private static func json(_ answer: MountVerdict.Answer) -> JSONValue {
        switch answer {
        case .no: .bool(false)
        case .yes: .bool(true)
        case .ifOlder: .null
        }
    }
}
