// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy
import Synchronization
import SystemIO

/// Finds rules that do not suit the file that they name: rules that are legal,
/// and do something else than they seem to.
package enum FileCheck {
    /// The warnings about the file of a rule that was made for it; the present
    /// path of the file stands for a place in a rule file.
    static func warnings(_ rule: Rule, file: BytePath, _ facts: FileFacts) -> [Diagnostic] {
        MemoryCheck.warnings(rule, facts.memory, source: file.bytes)
            + findings(rule, facts).map {
                Diagnostic(.warning, $0.code, source: file.bytes, message: $0.message, hint: $0.hint)
            }
    }

    /// The same for rules that were read from files; `root` is the canonical
    /// path of the future root directory.
    package static func warnings(_ rules: RuleTable, root: BytePath) -> [Diagnostic] {
        doubtful(rules, root).flatMap { Self.warnings(rules[$0], root: root) }
    }

    /// The numbers of the rules that take a closer look. To ask for a file takes the
    /// kernel longer than to read its rule, so that this is done by all processors.
    private static func doubtful(_ rules: RuleTable, _ root: BytePath) -> [Int] {
        let workers = rules.count < manyRules ? 1 : Process.processorCount
        let part = rules.count / workers + 1
        let found = Mutex<[[Int]]>(Array(repeating: [], count: workers))
        let work: @Sendable (Int) -> Void = { worker in
            let range = min(worker * part, rules.count)..<min((worker + 1) * part, rules.count)
            let numbers = rules.withView { rules in range.filter { !isUsualAndMissing(rules, $0, root) } }
            found.withLock { $0[worker] = numbers }
        }
        if workers == 1 { work(0) } else { Threads.run(workers, body: work) }
        return found.withLock { $0.flatMap(\.self) }
    }

    /// With fewer rules than this, threads are not worth their start.
    private static let manyRules = 2000

    /// Whether there is certainly nothing to say about a rule, because there is no file
    /// and the path has its usual form. A large file has many rules, and hardly one
    /// that is doubtful.
    private static func isUsualAndMissing(_ rules: RuleView, _ index: Int, _ root: BytePath) -> Bool {
        guard let path = rules.path(at: index) else { return true }
        return root == "/" && hasUsualForm(path) && !Files.exists(path)
    }

    private static func warnings(_ rule: Rule, root: BytePath) -> [Diagnostic] {
        guard let path = rule.path else { return [] }
        let file = locate(path, root)
        let isUsual = path.bytes.withUnsafeBufferPointer(hasUsualForm)
        if file == nil, isUsual { return [] }
        let status = file.flatMap { try? Files.status($0) }
        let facts = file.flatMap { status?.kind == .regular ? FileFacts($0) : nil }
        let found = names(path, status, isUsual: isUsual) + (facts.map { findings(rule, $0) } ?? [])
        let memory = MemoryCheck.warnings(
            rule, facts?.memory ?? [], source: rule.origin.source, line: Int(rule.origin.line))
        return memory
            + found.map { finding in
                Diagnostic(
                    .warning, finding.code, source: rule.origin.source, line: Int(rule.origin.line), column: 1,
                    field: 1, message: finding.message, token: rule.subject.field, hint: finding.hint)
            }
    }

    private struct Finding {
        var code: DiagnosticCode
        var message: String
        var hint: String?
    }

    /// Returns nil if no file can be found there.
    private static func locate(_ path: BytePath, _ root: BytePath) -> BytePath? {
        if root == "/" { return (try? Files.status(path)) == nil ? nil : path }
        return try? Files.realPath(path, inRoot: root)
    }

    // MARK: The path

    /// Whether there is nothing to say about the path of a file that is not
    /// there: no empty part, no part that begins with a dot, no wildcard.
    private static func hasUsualForm(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var isStart = false
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "*"), UInt8(ascii: "?"): return false
            case UInt8(ascii: "."), ASCII.slash:
                if isStart { return false }
            default: break
            }
            isStart = bytes[index] == ASCII.slash
        }
        return !isStart
    }

    private static func names(_ path: BytePath, _ file: FileStatus?, isUsual: Bool) -> [Finding] {
        let parts =
            isUsual ? [] : path.bytes.dropFirst().split(separator: ASCII.slash, omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true {
            return [Finding(code: .notAFile, message: "a path that ends in / names no file", hint: nil)]
        }
        if let file, file.kind != .regular {
            let isDirectory = file.kind == .directory
            return [
                Finding(
                    code: .notAFile, message: isDirectory ? "a directory, not a file" : "not a regular file",
                    hint: isDirectory ? "verictl gen -r lists the files in it" : nil)
            ]
        }
        var findings: [Finding] = []
        let special = [[], [UInt8(ascii: ".")], Array("..".utf8)]
        if parts.contains(where: { special.contains(Array($0)) }) {
            findings.append(
                Finding(
                    code: .notCanonical, message: "the path has an empty part, . or ..",
                    hint: "rules are compared by their text; write the path without it"))
        }
        // A file may have such a name.
        if file == nil, path.bytes.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) {
            findings.append(
                Finding(
                    code: .wildcard, message: "there are no wildcards in paths",
                    hint: "verictl gen -r lists the files of a directory"))
        }
        return findings
    }

    // MARK: The file

    private static func findings(_ rule: Rule, _ facts: FileFacts) -> [Finding] {
        capabilities(rule, facts.capabilities) + filesystem(rule, facts.filesystem)
    }

    private static func capabilities(_ rule: Rule, _ granted: FileCapabilities?) -> [Finding] {
        guard rule.isAllowDigest || rule.flags.contains(.executable), let granted,
            !granted.isGranted(by: rule)
        else { return [] }
        let grant = granted.text
        return [
            Finding(
                code: .fileCapability,
                message: "the file has the file capability \(grant), which does not count under the rule",
                hint: rule.isAllowDigest
                    ? "only an entry for the file can grant it" : "name it in fields 4 to 6 as well, if it is wanted")
        ]
    }

    /// Filesystems on which the kernel refuses an entry although programs may
    /// be there: their inode numbers do not identify a file. The kernel decides
    /// by a list of those that it trusts, in store/filesystem.c; those that are
    /// here are known not to be on it. Numbers of linux/magic.h.
    private static let withoutIdentity: [UInt32: String] = [
        0x4d44: "FAT", 0x2011_bab0: "exFAT", 0x5346_544e: "NTFS", 0x7366_746e: "NTFS", 0x794c_7630: "an overlay",
        0x9123_683e: "btrfs", 0x6573_5546: "FUSE", 0x6969: "NFS", 0xff53_4d42: "SMB", 0xfe53_4d42: "SMB",
        0x0102_1997: "9p",
    ]

    private static func filesystem(_ rule: Rule, _ magic: UInt32?) -> [Finding] {
        guard !rule.isAllowDigest, let magic, let name = withoutIdentity[magic] else { return [] }
        return [
            Finding(
                code: .untrustedFilesystem,
                message: "the file is on \(name), where the kernel accepts no entry for a file",
                hint: "an allow digest works there: verictl gen --allow")
        ]
    }
}
