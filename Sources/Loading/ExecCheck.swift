// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
import ELF
package import Policy
package import SystemIO

/// A reason why exec of a file fails although its entry and its content do not
/// forbid it.
package struct ExecObstacle: Equatable {
    package var error: Errno
    package var text: String
}

/// Looks for such reasons, in the order in which exec meets them: the mode of
/// the file and its directories, the mount, the interpreters, and what wx_memory
/// refuses. The kernel judges the content of each interpreter.
package struct ExecCheck {
    private let device: any VeriexecDevice
    private let context: ContextID
    private let user: ExecUser

    package init(_ device: any VeriexecDevice, context: ContextID, user: ExecUser) {
        self.device = device
        self.context = context
        self.user = user
    }

    /// `BINPRM_BUF_SIZE` of linux/binfmts.h: what the kernel reads of a script.
    private static let headSize = 256
    /// The interpreters of scripts that are scripts themselves; see
    /// exec_binprm() of fs/exec.c.
    private static let mostInterpreters = 5

    package func obstacles(_ path: BytePath, _ verdict: FileVerdict) -> [ExecObstacle] {
        var found = file(path, "the file")
        if let obstacle = unmetRoot(verdict) { found.append(obstacle) }
        return found + interpreters(of: path, verdict, depth: 0)
    }

    // MARK: One file

    private func file(_ path: BytePath, _ name: String) -> [ExecObstacle] {
        var found: [ExecObstacle] = []
        do throws(Errno) {
            let real = try Files.realPath(path)
            let status = try Files.status(real)
            if status.kind != .regular {
                return [ExecObstacle(error: .accessDenied, text: "\(name) is not a regular file")]
            }
            for directory in parents(of: real) where !user.mayExecute(try Files.status(directory)) {
                found.append(
                    ExecObstacle(error: .accessDenied, text: "the user may not search the directory \(directory)"))
            }
            if !user.mayExecute(status) {
                let isExecutable = status.isExecutable
                found.append(
                    ExecObstacle(
                        error: .accessDenied,
                        text: isExecutable ? "the user may not execute \(name)" : "\(name) has no x bit"))
            }
            if try Files.isOnNoExecMount(real) {
                found.append(ExecObstacle(error: .accessDenied, text: "\(name) is on a mount with noexec"))
            }
        } catch {
            return [ExecObstacle(error: error, text: "\(name): \(error)")]
        }
        return found
    }

    private func parents(of path: BytePath) -> [BytePath] {
        path == "/" ? [] : parents(of: path.parent) + [path.parent]
    }

    /// The kernel judges for this process, which is root.
    private func unmetRoot(_ verdict: FileVerdict) -> ExecObstacle? {
        guard user.uid != 0, verdict.flags.contains(.needRoot), enforces(.enforceExec, verdict) else { return nil }
        return ExecObstacle(
            error: .accessDenied, text: "the rule applies only to root, and nothing else admits the file")
    }

    private func enforces(_ word: ContextLevel, _ verdict: FileVerdict) -> Bool {
        verdict.level.isSuperset(of: [.active, word]) && !verdict.level.contains(.permissive)
    }

    // MARK: Interpreters

    private func interpreters(of path: BytePath, _ verdict: FileVerdict, depth: Int) -> [ExecObstacle] {
        if let script = Self.scriptInterpreter(of: path) {
            guard depth < Self.mostInterpreters else {
                return [ExecObstacle(error: Errno.tooManyLinks, text: "too many interpreters are scripts themselves")]
            }
            let (found, own) = interpreter(script)
            return found + (own.map { interpreters(of: script, $0, depth: depth + 1) } ?? [])
        }
        guard let elf = try? ELFFile.read(path) else { return [] }
        return memory(elf, path, verdict) + (elf.interpreter.map { interpreter($0).found } ?? [])
    }

    /// The verdict is nil if the interpreter cannot be opened.
    private func interpreter(_ path: BytePath) -> (found: [ExecObstacle], verdict: FileVerdict?) {
        var found = file(path, "its interpreter \(path)")
        guard let verdict = verdict(path) else { return (found, nil) }
        if verdict.effect == .enforced, let error = verdict.error {
            let reason = verdict.reason.meaning ?? verdict.reason.description
            found.append(ExecObstacle(error: error, text: "its interpreter \(path): \(reason)"))
        }
        return (found, verdict)
    }

    private func verdict(_ path: BytePath) -> FileVerdict? {
        do throws(Errno) {
            return try device.query(Descriptor(readingFound: path), context: context, verifying: true)
        } catch {
            return nil
        }
    }

    /// The file after `#!`; nil if the file is no script.
    static func scriptInterpreter(of path: BytePath) -> BytePath? {
        guard let head = try? Files.head(path, headSize), head.starts(with: "#!".utf8) else { return nil }
        let line = head.dropFirst(2).prefix { $0 != ASCII.newline && $0 != 0 }
        let name = line.drop(while: ASCII.isBlank).prefix { !ASCII.isBlank($0) }
        return name.isEmpty ? nil : BytePath(name)
    }

    // MARK: Memory

    private func memory(_ elf: ELFFile, _ path: BytePath, _ verdict: FileVerdict) -> [ExecObstacle] {
        guard enforces(.wxMemory, verdict) else { return [] }
        if verdict.state == .verified, verdict.flags.contains(.justInTime) { return [] }
        return elf.memoryFindings.compactMap { finding in
            let text: String
            switch finding {
            case .executableStack: text = "the file requests an executable stack"
            // For a 64-bit file, it is the C library that makes it executable.
            case .unmarkedStack where !elf.isWide: text = "a 32-bit file without PT_GNU_STACK has an executable stack"
            case .writableCode: text = "a segment is writable and executable"
            case .codeWithoutContent: text = "an executable segment is larger in memory than in the file"
            case .unmarkedStack, .textRelocations: return nil
            }
            return ExecObstacle(error: .accessDenied, text: "\(path): \(text), which wx_memory refuses")
        }
    }
}
