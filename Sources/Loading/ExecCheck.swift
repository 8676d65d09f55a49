// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Crypto
package import Device
import ELF
package import Policy
package import SystemIO

/// A reason why exec of a file fails although its entry and its content do not
/// forbid it.
package struct ExecObstacle: Equatable {
    /// nil if exec does not fail, but the new program is killed at once.
    package var error: Errno?
    package var text: String
}

/// What exec of a file meets.
package struct ExecForecast: Equatable {
    /// False if the verdict of the kernel is about a rule that does not apply
    /// to the user, and nothing else requires good content.
    package var verdictApplies = true
    /// In the order in which exec meets them.
    package var obstacles: [ExecObstacle] = []
    /// The error of exec, by the verdict or by an obstacle; nil if the program
    /// runs or is killed.
    package var error: Errno?
    package var isKilled = false

    package init() {}
}

/// Follows exec: the mode of the file and its directories, the mount, the
/// verdict, the interpreters, and what is refused when the program is mapped.
/// The kernel judges the content of each file.
package struct ExecCheck {
    private let device: any VeriexecDevice
    private let context: ContextID
    private let user: ExecUser
    private let trust: TrustedPaths
    /// Root's, which a context can have less of.
    private let capabilities: CapabilitySet

    package init(_ device: any VeriexecDevice, context: ContextID, user: ExecUser) {
        self.device = device
        self.context = context
        self.user = user
        trust = TrustedPaths(user)
        capabilities = (try? device.context(context))?.capabilities ?? .all
    }

    /// The interpreters of scripts that are scripts themselves; see
    /// exec_binprm() of fs/exec.c.
    private static let mostInterpreters = 5

    package func forecast(_ path: BytePath, _ verdict: FileVerdict) -> ExecForecast {
        var forecast = ExecForecast()
        forecast.verdictApplies = applies(verdict)
        let opening = file(path, "the file")
        let refusal = refusal(verdict)
        forecast.obstacles = opening + program(path, "the file", verdict, depth: 0, isFromScript: false)
        let first = opening.first ?? refusal.map { ExecObstacle(error: $0, text: "") } ?? forecast.obstacles.first
        forecast.error = first?.error
        forecast.isKilled = first != nil && first?.error == nil
        return forecast
    }

    // MARK: One file

    /// What opening a file for exec meets, and whether its path is trusted.
    private func file(_ path: BytePath, _ name: String) -> [ExecObstacle] {
        var found: [ExecObstacle] = []
        let refuse = { (text: String) in found.append(ExecObstacle(error: .accessDenied, text: text)) }
        do throws(Errno) {
            let real = try Files.realPath(path)
            let status = try Files.status(real)
            if status.kind != .regular {
                return [ExecObstacle(error: .accessDenied, text: "\(name) is not a regular file")]
            }
            for directory in parents(of: real)
            where !user.mayExecute(try Files.status(directory), with: capabilities) {
                refuse("the user may not search the directory \(directory)")
            }
            if !user.mayExecute(status, with: capabilities) {
                refuse(status.isExecutable ? "the user may not execute \(name)" : "\(name) has no x bit")
            }
            if try Files.isOnNoExecMount(real) { refuse("\(name) is on a mount with noexec") }
            if let file = try? Descriptor(readingFound: real), file.isOpenForWriting() {
                found.append(ExecObstacle(error: .textBusy, text: "\(name) is open for writing"))
            }
            if !trust.isTrusted(real, status) {
                refuse("\(name) is not at a path that only root can write to, as kernel.clip.tpe requires")
            }
        } catch {
            return [ExecObstacle(error: error, text: "\(name): \(error)")]
        }
        return found
    }

    private func parents(of path: BytePath) -> [BytePath] {
        path == "/" ? [] : parents(of: path.parent) + [path.parent]
    }

    // MARK: The verdict

    private func enforces(_ word: ContextLevel, _ verdict: FileVerdict) -> Bool {
        verdict.level.isSuperset(of: [.active, word]) && !verdict.level.contains(.permissive)
    }

    /// Whether the conditions of the entry are met. The kernel has judged for
    /// this process, which is root.
    private func isMet(_ verdict: FileVerdict) -> Bool {
        verdict.flags.contains(.executable) && !verdict.flags.contains(.kernelThread)
            && (user.uid == 0 || !verdict.flags.contains(.needRoot))
    }

    /// A file whose entry does not count runs as if it had none. Where every
    /// file must be listed, it must match nevertheless.
    private func applies(_ verdict: FileVerdict) -> Bool {
        verdict.wanted.isEmpty || isMet(verdict) || verdict.level.contains(.enforceExec)
    }

    private func refusal(_ verdict: FileVerdict) -> Errno? {
        verdict.effect == .enforced && applies(verdict) ? verdict.error : nil
    }

    private func isGranted(_ verdict: FileVerdict) -> Bool {
        verdict.level.contains(.active) && verdict.state == .verified && verdict.reason == .none && isMet(verdict)
    }

    /// Whether the content matches an entry or is allowed, whatever the
    /// conditions of the entry.
    private func hasGoodContent(_ path: BytePath, _ verdict: FileVerdict) -> Bool {
        switch verdict.state {
        case .verified?, .allowed?: return true
        // The kernel looks at the content only if it counts at exec.
        case .listed?:
            return verdict.level.contains(.enforceExec) || digest(path, verdict.algorithm) == verdict.wanted
        case .unlisted?, .refused?, nil: return false
        }
    }

    private func digest(_ path: BytePath, _ number: UInt32) -> [UInt8]? {
        guard let algorithm = UInt16(exactly: number).flatMap(DigestAlgorithm.init(rawValue:)) else { return nil }
        return try? Hasher(algorithm).digest(ofFile: path)
    }

    private func verdict(_ path: BytePath) -> FileVerdict? {
        do throws(Errno) {
            return try device.query(Descriptor(readingFound: path), context: context, verifying: true)
        } catch {
            return nil
        }
    }

    // MARK: Programs and their interpreters

    /// What follows when the file was opened and its verdict is good.
    private func program(
        _ path: BytePath, _ name: String, _ verdict: FileVerdict, depth: Int, isFromScript: Bool
    ) -> [ExecObstacle] {
        guard let head = try? Files.head(path, ScriptLine.headSize) else { return [] }
        let obstacles = isFromScript ? [] : use(name, verdict)
        switch ScriptLine(head) {
        case .interpreter(let interpreter):
            return obstacles + script(path, name, verdict) + self.interpreter(interpreter, of: path, depth: depth)
        case .unusable: return obstacles + script(path, name, verdict) + unusable(name)
        case .none: break
        }
        guard let file = try? Descriptor(readingFound: path) else { return obstacles }
        do throws(Errno) {
            guard let program = try LoadableProgram(file) else { return obstacles + unusable(name) }
            return obstacles + loading(program, path, verdict)
        } catch {
            return obstacles + [ExecObstacle(error: error, text: "\(name): \(error)")]
        }
    }

    /// A script has to be listed or allowed where scripts are enforced.
    private func script(_ path: BytePath, _ name: String, _ verdict: FileVerdict) -> [ExecObstacle] {
        guard enforces(.enforceScript, verdict), !verdict.level.contains(.enforceExec),
            !hasGoodContent(path, verdict)
        else { return [] }
        return [
            ExecObstacle(
                error: .accessDenied,
                text: "\(name) is a script that is neither listed and verified nor allowed, "
                    + "which enforce_script requires")
        ]
    }

    /// An interpreter whose entry says so runs only to interpret a verified script.
    private func use(_ name: String, _ verdict: FileVerdict) -> [ExecObstacle] {
        guard enforces(.enforceScript, verdict), !verdict.wanted.isEmpty, verdict.state != .allowed,
            verdict.flags.contains(.indirect)
        else { return [] }
        return [
            ExecObstacle(
                error: .accessDenied, text: "\(name): \(Reason.indirect.meaning ?? Reason.indirect.description)")
        ]
    }

    /// A handler of binfmt_misc may run anything.
    private func unusable(_ name: String) -> [ExecObstacle] {
        let handlers = (try? Files.list("/proc/sys/fs/binfmt_misc"))?.map(\.name) ?? []
        if handlers.contains(where: { $0 != Array("register".utf8) && $0 != Array("status".utf8) }) { return [] }
        return [
            ExecObstacle(error: .notExecutable, text: "\(name) is no program and no script that the kernel can run")
        ]
    }

    private func interpreter(_ path: BytePath, of script: BytePath, depth: Int) -> [ExecObstacle] {
        let name = "its interpreter \(path)"
        var found = file(path, name)
        guard let verdict = verdict(path) else { return found }
        if depth == Self.mostInterpreters {
            found.append(
                ExecObstacle(error: .tooManyLinks, text: "too many interpreters are scripts themselves"))
            return found
        }
        if let error = refusal(verdict) {
            found.append(
                ExecObstacle(error: error, text: "\(name): \(verdict.reason.meaning ?? verdict.reason.description)"))
        }
        return found
            + program(path, name, verdict, depth: depth + 1, isFromScript: trust.isGuarded(script))
    }

    // MARK: Loading

    private func loading(_ program: LoadableProgram, _ path: BytePath, _ verdict: FileVerdict) -> [ExecObstacle] {
        var found: [ExecObstacle] = []
        var loader: Loader?
        switch program.interpreter {
        case .unreadable(let error)?:
            return [ExecObstacle(error: error, text: "\(path): the name of its interpreter cannot be read")]
        case .path(let path)?:
            let name = "its interpreter \(path)"
            found += file(path, name)
            let (read, obstacles) = self.loader(path, name, program.machine)
            found += obstacles
            loader = read
        case nil: break
        }
        found += memory(program, path, loader, verdict)
        return found + mapping(program, path, loader, verdict)
    }

    private struct Loader {
        var path: BytePath
        var program: LoadableProgram
        var verdict: FileVerdict
    }

    private func loader(_ path: BytePath, _ name: String, _ machine: UInt16) -> (Loader?, [ExecObstacle]) {
        guard let file = try? Descriptor(readingFound: path), let verdict = verdict(path) else { return (nil, []) }
        let refuse = { (error: Errno) in
            (Loader?.none, [ExecObstacle(error: error, text: "\(name) is no program that the kernel can load")])
        }
        do throws(Errno) {
            // The headers of a program of 32 bits are shorter.
            let size = machine == 3 || machine == 6 ? 52 : 64
            guard try file.bytes(at: 0, count: size).count == size else { return refuse(.ioError) }
            guard let program = try LoadableProgram(file), program.machine == machine else {
                return refuse(.badLibrary)
            }
            return (Loader(path: path, program: program, verdict: verdict), [])
        } catch {
            return refuse(error)
        }
    }

    /// What wx_memory refuses before the program begins.
    private func memory(
        _ program: LoadableProgram, _ path: BytePath, _ loader: Loader?, _ verdict: FileVerdict
    ) -> [ExecObstacle] {
        guard enforces(.wxMemory, verdict) || trust.memoryIsLatched else { return [] }
        if isGranted(verdict), verdict.flags.contains(.justInTime) { return [] }
        var texts: [String] = []
        if program.requestsExecutableStack { texts.append("\(path): the file requests an executable stack") }
        if program.hasUnmarkedStack {
            texts.append("\(path): a 32-bit file without PT_GNU_STACK has an executable stack")
        }
        for (file, code) in [(path, program.code)] + (loader.map { [($0.path, $0.program.code)] } ?? []) {
            if code.contains(where: \.isWritable) { texts.append("\(file): a segment is writable and executable") }
            if code.contains(where: \.hasRest) {
                texts.append("\(file): an executable segment is larger in memory than in the file")
            }
        }
        return texts.map { ExecObstacle(error: .accessDenied, text: "\($0), which wx_memory refuses") }
    }

    /// What is refused when the old program is gone already.
    private func mapping(
        _ program: LoadableProgram, _ path: BytePath, _ loader: Loader?, _ verdict: FileVerdict
    ) -> [ExecObstacle] {
        let checks: EntryFlags =
            isGranted(verdict) ? verdict.flags.intersection([.needLibraries, .checkLibraries]) : []
        let isLibraryLevel = enforces(.enforceLib, verdict)
        var texts: [String] = []
        if let loader, isLibraryLevel || enforces(.enforceExec, verdict), isRefusedProgram(loader.verdict) {
            texts.append("its interpreter \(loader.path) is listed as a program, and its content is another one")
        }
        guard !checks.isEmpty || isLibraryLevel else { return killed(texts) }
        if isLibraryLevel, !hasGoodContent(path, verdict) {
            texts.append("\(path): the file is not listed and verified, and not allowed, which enforce_lib requires")
        }
        if let loader {
            if !checks.isEmpty, !isLibrary(loader, mustMatch: checks.contains(.checkLibraries)) {
                texts.append("its interpreter \(loader.path) is not listed as the library that N and L require")
            }
            if isLibraryLevel, !hasGoodContent(loader.path, loader.verdict) {
                texts.append(
                    "its interpreter \(loader.path) is not listed and verified, and not allowed, "
                        + "which enforce_lib requires")
            }
        }
        let loaders = loader.map { [($0.path, $0.program.code.contains(where: \.isWritable))] } ?? []
        for (file, hasWritableCode) in [(path, program.hasWritableCode)] + loaders where hasWritableCode {
            texts.append("\(file): a segment is writable and executable, which checked libraries exclude")
        }
        return killed(texts)
    }

    private func killed(_ texts: [String]) -> [ExecObstacle] {
        texts.map { ExecObstacle(error: nil, text: "\($0); the new program would be killed") }
    }

    /// A listed program that is mapped, and not executed, is judged as by exec.
    private func isRefusedProgram(_ verdict: FileVerdict) -> Bool {
        verdict.state == .refused && !verdict.wanted.isEmpty && verdict.flags.contains(.executable)
    }

    private func isLibrary(_ loader: Loader, mustMatch: Bool) -> Bool {
        let (flags, verdict) = (loader.verdict.flags, loader.verdict)
        let isListed =
            !verdict.wanted.isEmpty
            && (flags.contains(.library)
                || flags.contains(.executable) && !flags.isDisjoint(with: [.needLibraries, .checkLibraries]))
        // An allow digest does not make a library of it.
        return isListed && (!mustMatch || verdict.state == .verified)
    }
}
