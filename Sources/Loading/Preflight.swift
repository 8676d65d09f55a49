// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
import ELF
package import Policy
import SystemIO
package import Tool

/// The paths of the programs without which a system cannot be repaired.
package struct Essentials: Sendable {
    package var initProgram: BytePath = "/proc/1/exe"
    /// nil if they are not known: the mappings are not looked at then.
    package var initMappings: BytePath? = "/proc/1/maps"
    package var shell: BytePath = "/bin/sh"
    package var tool: BytePath = "/proc/self/exe"

    package init() {}

    /// The same files as they are installed, where no /proc leads to them.
    package static var installed: Essentials {
        var essentials = Essentials()
        essentials.initProgram = "/sbin/init"
        essentials.initMappings = nil
        essentials.tool = "/usr/sbin/verictl"
        return essentials
    }

    /// The name under which verictl will be started again. If the running file
    /// was replaced, this is the new file; it is the link of /proc itself if the
    /// name cannot be found.
    package var toolPath: BytePath {
        if let path = try? Files.realPath(tool) { return path }
        // The kernel marks the name of a file that has none any more.
        let mark = Array(" (deleted)".utf8)
        guard let name = try? Files.linkTarget(tool), name.bytes.suffix(mark.count).elementsEqual(mark) else {
            return tool
        }
        return BytePath(name.bytes.dropLast(mark.count))
    }
}

/// Queries the kernel whether the system would remain usable with a level.
package struct Preflight {
    let level: ContextLevel
    private let device: any VeriexecDevice
    private let essentials: Essentials
    private var found: [Finding] = []
    /// Few, and a set would be the only one of a program that answers `status`.
    private var seen: [FileIdentity] = []

    /// One required file with the verdict of the kernel.
    package struct Finding {
        package var role: String
        package var path: BytePath
        var verdict: FileVerdict?
        /// The reason why the file would be refused; nil if it would not.
        package var problem: String?
        /// How the file can be allowed, if it is not.
        package var hint: String?
        /// The name of an errno value, if the file could not be examined.
        var failure: String?
    }

    /// Returns the findings: all required files, each once.
    package static func run(
        _ level: ContextLevel, _ device: any VeriexecDevice, _ essentials: Essentials
    ) throws(Failure) -> (findings: [Finding], canAdminister: Bool) {
        var preflight = Preflight(level: level, device: device, essentials: essentials)
        try preflight.program("init", essentials.initProgram)
        try preflight.program("shell", essentials.shell)
        let tool = try preflight.program("verictl", essentials.tool)
        if level.contains(.enforceLib) { try preflight.mappings() }
        return (preflight.found, tool.map(canAdminister) ?? false)
    }

    /// The same for verictl alone and its loader.
    package static func runForTool(
        _ level: ContextLevel, _ device: any VeriexecDevice, _ essentials: Essentials
    ) throws(Failure) -> (findings: [Finding], canAdminister: Bool) {
        var preflight = Preflight(level: level, device: device, essentials: essentials)
        let tool = try preflight.program("verictl", essentials.toolPath)
        return (preflight.found, tool.map(canAdminister) ?? false)
    }

    /// The same for the program that checks signatures, where it is installed.
    package static func runForSigner(
        _ level: ContextLevel, _ device: any VeriexecDevice, _ path: BytePath
    ) throws(Failure) -> [Finding] {
        guard (try? Files.status(path)) != nil else { return [] }
        var preflight = Preflight(level: level, device: device, essentials: Essentials())
        try preflight.program("verictl-sign", path)
        return preflight.found
    }

    private init(level: ContextLevel, device: any VeriexecDevice, essentials: Essentials) {
        self.level = level
        self.device = device
        self.essentials = essentials
    }

    /// Once entries are in force, changing them or the level requires the
    /// privilege.
    private static func canAdminister(_ verdict: FileVerdict) -> Bool {
        // An inactive context is accepted, because it is about to become
        // active.
        verdict.state == .verified && [.none, .contextInactive].contains(verdict.reason)
            && verdict.flags.contains(.executable) && verdict.privileges.contains(.administer)
    }

    private var isStrict: Bool { level.contains(.enforceExec) || level.contains(.enforceLib) }

    // MARK: Which files

    @discardableResult
    private mutating func program(_ role: String, _ path: BytePath) throws(Failure) -> FileVerdict? {
        let verdict = try look(role, path)
        // A file that cannot be read has been reported already.
        if isStrict, let loader = (try? ELFFile.read(path))?.interpreter {
            try look("loader of \(role)", loader)
        }
        return verdict
    }

    /// Examines the files that init has mapped executable: its actual
    /// libraries. Mappings without a path, such as the kernel's own page, are
    /// ignored.
    private mutating func mappings() throws(Failure) {
        guard let path = essentials.initMappings else { return }
        let text: [UInt8]
        do throws(Errno) {
            text = try Files.read(path)
        } catch {
            found.append(
                Finding(
                    role: "libraries of init", path: path, problem: "\(error)",
                    failure: error.name))
            return
        }
        for path in Self.programs(inMappings: text) { try look("library of init", path) }
    }

    /// The files that a table like `/proc/PID/maps` lists as mapped executable.
    static func programs(inMappings text: [UInt8]) -> [BytePath] {
        text.split(separator: ASCII.newline).compactMap { line in
            // address permissions offset device inode path
            let fields = line.split(separator: ASCII.space, maxSplits: 5)
            guard fields.count == 6, fields[1].contains(UInt8(ascii: "x")) else { return nil }
            let text = fields[5].drop { $0 == ASCII.space }
            // If a library was replaced, init will map the new one when it
            // restarts.
            let isGone = text.suffix(gone.count).elementsEqual(gone)
            let path = BytePath(isGone ? text.dropLast(gone.count) : text)
            return path.isAbsolute ? path : nil
        }
    }

    private static let gone = Array(" (deleted)".utf8)

    // MARK: One file

    @discardableResult
    private mutating func look(_ role: String, _ path: BytePath) throws(Failure) -> FileVerdict? {
        var finding = Finding(role: role, path: name(path))
        let identity: FileIdentity
        let result: Result<FileVerdict, Errno>
        do throws(Errno) {
            let file = try Descriptor(readingFound: path)
            identity = try file.status().identity
            result = ask(file)
        } catch {
            finding.problem = "\(error)"
            finding.failure = error.name
            found.append(finding)
            return nil
        }
        switch result {
        case .success(let verdict):
            finding.verdict = verdict
            finding.problem = problem(verdict)
            finding.hint = hint(verdict, finding.path)
            if !seen.contains(identity) {
                seen.append(identity)
                found.append(finding)
            }
            return verdict
        case .failure(let error):
            throw Failure(status: .refused, message: "the kernel refused the query: \(error)")
        }
    }

    /// Separates the error of the device from those of the file.
    private func ask(_ file: borrowing Descriptor) -> Result<FileVerdict, Errno> {
        do throws(Errno) {
            return .success(try device.query(file, context: .own, verifying: true))
        } catch {
            return .failure(error)
        }
    }

    /// The name of the file itself, if the path is a link.
    private func name(_ path: BytePath) -> BytePath { (try? Files.realPath(path)) ?? path }

    /// A file without an entry is allowed by its digest, which grants nothing.
    private func hint(_ verdict: FileVerdict, _ path: BytePath) -> String? {
        guard isStrict, verdict.state == .unlisted else { return nil }
        return "verictl gen --context 0 --allow \(path) >>/etc/verictl.d/essential; verictl load --all"
    }

    /// Entries may be missing if they are only checked, but not if they are
    /// enforced.
    private func problem(_ verdict: FileVerdict) -> String? {
        var reason: String { verdict.reason.meaning.map { ": \($0) (\(verdict.reason))" } ?? " (\(verdict.reason))" }
        switch verdict.state {
        case .allowed?, .verified?:
            return nil
        case .refused?:
            return "refused" + reason
        case .listed?:
            return isStrict ? "listed, but the entry does not count" + reason : nil
        case .unlisted?:
            return isStrict ? "neither listed nor allowed" : nil
        case nil:
            return "this tool does not know the kernel's answer"
        }
    }
}

extension Preflight.Finding {
    package var json: JSONValue {
        var members: [(String, JSONValue)] = [("role", .string(role))]
        members += JSONValue.members("path", bytes: path.bytes)
        members.append(("good", .bool(problem == nil)))
        members.append(("reason", verdict.map { .string($0.reason.description) } ?? .null))
        members.append(("error", failure.map { .string($0) } ?? .null))
        members.append(("problem", problem.map { .string($0) } ?? .null))
        if let hint { members.append(("hint", .string(hint))) }
        return .object(members)
    }
}
