// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CContainer
package import Jails
import Glibc
import SystemIO
package import Tool

/// What is known about a jail that was started: `/run/vsctl/NAME`.
package struct RunState: Equatable, Sendable {
    package var context: UInt32
    package var serial: UInt64
    /// The program, or process 1 of its PID namespace; 0 if no process was kept.
    package var process: Int32
    /// When it was started, in nanoseconds since 1970.
    package var started: UInt64
    /// The context was there before, and stays.
    package var keepsContext: Bool
    package var stopTimeout: UInt32
    package var namespaces: Namespaces
    /// Whether process 1 waits for `stop`, with no program of its own.
    package var isOnlySetUp: Bool
    /// The start has not come to its end. It says what is to be removed if it never
    /// does; without a serial number, the context was about to be made.
    package var isStarting: Bool

    package init(
        context: UInt32, serial: UInt64, process: Int32, started: UInt64, keepsContext: Bool, stopTimeout: UInt32,
        namespaces: Namespaces, isOnlySetUp: Bool, isStarting: Bool = false
    ) {
        self.context = context
        self.serial = serial
        self.process = process
        self.started = started
        self.keepsContext = keepsContext
        self.stopTimeout = stopTimeout
        self.namespaces = namespaces
        self.isOnlySetUp = isOnlySetUp
        self.isStarting = isStarting
    }

    var text: [UInt8] {
        let lines = [
            "context=\(context)", "serial=\(serial)", "process=\(process)", "started=\(started)",
            "keeps-context=\(keepsContext ? 1 : 0)", "stop-timeout=\(stopTimeout)",
            "namespaces=\(namespaces.rawValue)", "only-set-up=\(isOnlySetUp ? 1 : 0)",
            "starting=\(isStarting ? 1 : 0)",
        ]
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// nil if the text is not that of a state.
    init?(_ text: [UInt8]) {
        var values: [String: UInt64] = [:]
        for line in text.split(separator: ASCII.newline) {
            let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1)
            guard parts.count == 2, let value = UInt64(String(decoding: parts[1], as: UTF8.self)) else { return nil }
            values[String(decoding: parts[0], as: UTF8.self)] = value
        }
        guard let context = values["context"].flatMap({ UInt32(exactly: $0) }), let serial = values["serial"],
            let process = values["process"].flatMap({ Int32(exactly: $0) }), let started = values["started"],
            let keeps = values["keeps-context"],
            let timeout = values["stop-timeout"].flatMap({ UInt32(exactly: $0) }),
            let namespaces = values["namespaces"], let setUp = values["only-set-up"]
        else { return nil }
        self.init(
            context: context, serial: serial, process: process, started: started, keepsContext: keeps == 1,
            stopTimeout: timeout, namespaces: Namespaces(rawValue: namespaces), isOnlySetUp: setUp == 1,
            isStarting: values["starting"] == 1)
    }
}

/// The places below /run/vsctl.
package struct RunPlaces {
    package let root: BytePath

    package init(_ root: BytePath = "/run/vsctl") {
        self.root = root
    }

    package func directory(_ jail: String) -> BytePath { root.appending(Array(jail.utf8)) }
    package func lock(_ jail: String) -> BytePath { root.appending(Array(".\(jail).lock".utf8)) }
    package func output(_ jail: String) -> BytePath { directory(jail).appending(Array("output".utf8)) }
    /// What the programs have printed that prepare a jail on the host.
    func setupOutput(_ jail: String) -> BytePath { directory(jail).appending(Array("setup".utf8)) }
    /// The name of the network device of the host that a jail has.
    private func device(_ jail: String) -> BytePath { directory(jail).appending(Array("device".utf8)) }
    private func state(_ jail: String) -> BytePath { directory(jail).appending(Array("state".utf8)) }
    package func namespace(_ jail: String, _ file: String) -> BytePath {
        directory(jail).appending(Array("ns-\(file)".utf8))
    }

    /// Makes the directory of all jails, in which namespaces can be kept.
    func make() throws(ContainerFailure) {
        let path = root.cString
        try libclip { clip_keep_place(path, $0) }
    }

    /// Takes the lock of a jail, for as long as it is started or cleared.
    ///
    /// - Parameter patience: seconds to wait for it.
    func take(_ jail: String, patience: Double = 0) throws(Failure) -> ProcessLock {
        let end = Process.monotonicSeconds + patience
        do throws(Errno) {
            while true {
                do throws(Errno) {
                    return try ProcessLock(taking: lock(jail))
                } catch {
                    guard error == .tryAgain, Process.monotonicSeconds < end else { throw error }
                }
                Process.sleep(milliseconds: 20)
            }
        } catch {
            guard error == .tryAgain else {
                let isForbidden = error == .accessDenied || error == .notPermitted
                throw Failure(
                    status: isForbidden ? .refused : .io, message: "\(lock(jail)): \(error)",
                    hint: isForbidden ? "this takes root" : nil)
            }
            throw Failure(status: .refused, message: "another vsctl is busy with \(jail)")
        }
    }

    /// Whether a process has the lock of a jail.
    func isTaken(_ jail: String) -> Bool { (try? ProcessLock.holder(of: lock(jail))) != nil }

    /// Whether a jail has left its directory.
    func exists(_ jail: String) -> Bool { (try? Files.status(directory(jail), followLinks: false)) != nil }

    /// The names of all jails that have a directory.
    func names() -> [String] {
        ((try? Files.list(root)) ?? []).map(\.name).filter(Jail.isName).map { String(decoding: $0, as: UTF8.self) }
    }

    package func read(_ jail: String) throws(Failure) -> RunState? {
        do throws(Errno) {
            let text = try Files.read(state(jail), limit: 4096)
            guard let state = RunState(text) else {
                throw Errno.invalid
            }
            return state
        } catch {
            if error == .noEntry || error == .notDirectory { return nil }
            throw Failure(status: .io, message: "\(state(jail)): \(error)", hint: "vsctl stop \(jail)")
        }
    }

    func write(_ state: RunState, _ jail: String) throws(Failure) {
        do throws(Errno) {
            try Files.write(state.text, to: self.state(jail))
        } catch {
            throw Failure(status: .io, message: "\(self.state(jail)): \(error)")
        }
    }

    /// The network device of the host that was made for a jail, or was about to be.
    func readDevice(_ jail: String) -> [UInt8]? { try? Files.read(device(jail), limit: 16) }

    func writeDevice(_ name: [UInt8], _ jail: String) throws(Failure) {
        do throws(Errno) {
            try Files.write(name, to: device(jail))
        } catch {
            throw Failure(status: .io, message: "\(device(jail)): \(error)")
        }
    }

    /// Makes the directory of a jail, which must not be there.
    func makeDirectory(_ jail: String) throws(Failure) {
        do throws(Errno) {
            _ = try directory(jail).withCString { path throws(Errno) in try sys { mkdir(path, 0o700) } }
        } catch {
            throw Failure(status: .io, message: "\(directory(jail)): \(error)")
        }
    }

    /// Keeps the namespaces of a process.
    func keep(_ namespaces: Namespaces, of process: Int32, _ jail: String) throws(ContainerFailure) {
        for file in namespaces.files {
            let path = self.namespace(jail, file).cString
            try libclip { clip_keep_namespace(process, file, path, $0) }
        }
    }

    /// Removes the directory of a jail with all that was kept, and the state last,
    /// which says what else there is. What is not there is no failure.
    package func remove(_ jail: String) throws(Failure) {
        guard exists(jail) else { return }
        do throws(ContainerFailure) {
            for file in Namespaces.all.files {
                let path = namespace(jail, file).cString
                try libclip { clip_release_namespace(path, $0) }
            }
        } catch {
            throw error.failure
        }
        do throws(Errno) {
            for file in [device(jail), state(jail)] { try Files.removeLeftovers(of: file) }
            for file in [output(jail), setupOutput(jail), device(jail), state(jail)] {
                do throws(Errno) {
                    try Files.remove(file)
                } catch {
                    if error != .noEntry { throw error }
                }
            }
            _ = try directory(jail).withCString { path throws(Errno) in try sys { rmdir(path) } }
        } catch {
            if error != .noEntry { throw Failure(status: .io, message: "\(directory(jail)): \(error)") }
        }
    }
}
