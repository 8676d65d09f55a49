// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CContainer
import Glibc
package import Jails
import SystemIO
package import Tool

/// Starts jails, and programs in jails.
package struct Launcher {
    package let places: RunPlaces
    private let accounts: Accounts

    package init(places: RunPlaces = RunPlaces(), accounts: Accounts = .ofHost()) {
        self.places = places
        self.accounts = accounts
    }

    /// What a start runs.
    package enum Purpose: Equatable, Sendable {
        /// The command of the jail; it goes on without this process.
        case program
        /// Nothing: the jail is there to be entered.
        case setup
        /// A command on the streams of this process, which waits for it. The
        /// cgroup is that of this process.
        case foreground([[UInt8]])

        var isForeground: Bool {
            if case .foreground = self { return true }
            return false
        }
    }

    /// Starts a jail, and returns the number of its process. If it fails, nothing
    /// is left of it.
    package func start(_ jail: Jail, _ purpose: Purpose) throws(Failure) -> Int32 {
        do throws(ContainerFailure) {
            try places.make()
        } catch {
            throw error.failure
        }
        // What has to be removed at the end is there from here on.
        if purpose.isForeground { clip_hold_signals() }
        let lock = try places.take(jail.name, patience: 2)
        try Stopper(places: places).clearEnded(jail.name)
        let process = try start(jail, purpose, Undo())
        _ = consume lock
        return process
    }

    /// Waits for a process that `start` has started in the foreground; its exit
    /// status.
    package func wait(_ process: Int32) throws(Failure) -> Int32 {
        do throws(ContainerFailure) {
            return try libclip { clip_jail_wait(process, $0) }
        } catch {
            throw error.failure
        }
    }

    /// What is taken back, last first, unless the start succeeds.
    private final class Undo {
        private var steps: [() -> Void] = []

        func add(_ step: @escaping () -> Void) { steps.append(step) }
        func forget() { steps = [] }

        deinit {
            for step in steps.reversed() { step() }
        }
    }

    private func start(_ jail: Jail, _ purpose: Purpose, _ undo: Undo) throws(Failure) -> Int32 {
        let plan = FlatPlan(jail)
        if let program = try program(of: jail, purpose) { plan.set(program) }
        try places.makeDirectory(jail.name)
        undo.add { [places] in
            try? HostDevice.remove(of: jail.name, places)
            try? places.remove(jail.name)
        }
        // Whenever this process is killed from here on, the state says what there is.
        var state = try intention(jail, purpose)
        try places.write(state, jail.name)
        let cgroup = try makeCgroup(jail, purpose, undo)
        let context = try makeContext(jail.context, jail.network, undo)
        state.serial = try Self.serial(context)
        try places.write(state, jail.name)
        let streams = try openStreams(jail, purpose)
        plan.raw.context = context.descriptor.number
        plan.raw.cgroup = cgroup?.number ?? -1
        if purpose.isForeground {
            plan.raw.flags |= UInt32(CLIP_JAIL_END_WITH_PROGRAM)
        } else {
            plan.raw.flags |= UInt32(CLIP_JAIL_SESSION)
            plan.raw.streams = (streams.input.number, streams.output.number, streams.output.number)
        }
        let stage = StageWork(places: places, jail: jail)
        // The descriptors are used by number.
        let process = try withExtendedLifetime((context, cgroup)) { () throws(Failure) in try Self.run(plan, stage) }
        _ = consume streams
        state.process = process
        state.isStarting = false
        do throws(Failure) {
            try places.write(state, jail.name)
        } catch {
            if process > 0 {
                kill(process, SIGKILL)
                clip_jail_wait(process, nil)
            }
            throw error
        }
        undo.forget()
        return process
    }

    /// The state of a jail of which nothing is there yet. A context of its number that
    /// is there is another one's, and a later start must never take it for one that
    /// was left.
    private func intention(_ jail: Jail, _ purpose: Purpose) throws(Failure) -> RunState {
        let number = jail.context.number ?? 0
        do throws(ContainerFailure) {
            if !jail.context.exists, try KernelContext.serial(of: number) != nil {
                throw ContainerFailure(
                    step: "context", error: EEXIST, text: "create context \(number): \(Errno.exists)")
            }
        } catch {
            throw error.failure
        }
        return RunState(
            context: number, serial: 0, process: 0, started: Process.wallTime, keepsContext: jail.context.exists,
            stopTimeout: jail.stopTimeout, namespaces: jail.namespaces, isOnlySetUp: purpose == .setup,
            isStarting: true)
    }

    private static func serial(_ context: KernelContext) throws(Failure) -> UInt64 {
        do throws(ContainerFailure) {
            return try KernelContext.serial(of: context.number) ?? 0
        } catch {
            throw error.failure
        }
    }

    // MARK: Parts

    private func program(of jail: Jail, _ purpose: Purpose) throws(Failure) -> JailedProgram? {
        var arguments = jail.command
        switch purpose {
        case .setup: return nil
        case .foreground(let command): if !command.isEmpty { arguments = command }
        case .program: break
        }
        guard !arguments.isEmpty else {
            throw Failure(
                status: .syntax, message: "the jail \(jail.name) has no command",
                hint: "Command= in [Program]; or vsctl setup, and then vsctl enter")
        }
        let identity = try accounts.identity(user: jail.user, group: jail.group, groups: jail.groups)
        return JailedProgram(
            arguments: arguments, environment: Self.environment(identity) + jail.environment, identity: identity,
            view: jail.view, directory: jail.directory, noNewPrivileges: jail.noNewPrivileges)
    }

    /// The variables that a program gets in any case.
    static func environment(_ identity: Accounts.Identity) -> [[UInt8]] {
        let path = identity.user == 0 ? "/usr/sbin:/usr/bin:/sbin:/bin" : "/usr/bin:/bin"
        var variables = [
            Array("PATH=\(path)".utf8), Array("HOME=".utf8) + identity.home, Array("USER=".utf8) + identity.name,
        ]
        if let term = Process.environment("TERM") { variables.append(Array("TERM=".utf8) + term) }
        return variables
    }

    private func makeCgroup(_ jail: Jail, _ purpose: Purpose, _ undo: Undo) throws(Failure) -> OpenDirectory? {
        if purpose.isForeground {
            guard jail.limits.isEmpty else {
                throw Failure(
                    status: .usage, message: "limits with vsctl run: the program is in the cgroup of its caller",
                    hint: "set them there: MemoryMax=, TasksMax= and CPUQuota= of systemd")
            }
            return nil
        }
        guard Cgroup.isAvailable else {
            if jail.limits.isEmpty { return nil }
            throw Failure(status: .unavailable, message: "limits take cgroup2 at /sys/fs/cgroup")
        }
        let cgroup = Cgroup(jail: jail.name)
        undo.add { try? cgroup.remove() }
        try cgroup.make(jail.limits.settings)
        do throws(Errno) {
            return OpenDirectory(try Descriptor(reading: cgroup.path))
        } catch {
            throw Failure(status: .io, message: "\(cgroup.path): \(error)")
        }
    }

    private func makeContext(
        _ wanted: JailContext, _ network: JailNetwork, _ undo: Undo
    ) throws(Failure) -> KernelContext {
        do throws(ContainerFailure) {
            guard wanted.exists else {
                let context = try KernelContext.make(wanted, network)
                undo.add { try? KernelContext.delete(context.number) }
                return context
            }
            let context = try KernelContext.open(wanted.number ?? 0)
            if let tasks = try context.information()?.tasks, tasks > 0 {
                throw ContainerFailure(
                    step: "context", error: EBUSY, text: "context \(context.number) has \(counted(Int(tasks), "task"))")
            }
            return context
        } catch {
            throw error.failure
        }
    }

    private func openStreams(_ jail: Jail, _ purpose: Purpose) throws(Failure) -> Streams {
        let path: BytePath =
            switch jail.output {
            case .kept: purpose == .program ? places.output(jail.name) : "/dev/null"
            case .dropped: "/dev/null"
            case .file(let path): path
            }
        do throws(Errno) {
            return Streams(
                input: try Descriptor(reading: "/dev/null"),
                output: try Descriptor(appending: path, permissions: FilePermissions(rawValue: 0o600)))
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
    }

    private struct Streams: ~Copyable {
        let input: Descriptor
        let output: Descriptor
    }

    private final class OpenDirectory {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) {
            self.descriptor = descriptor
        }

        var number: Int32 { descriptor.number }
    }

    // MARK: Start

    /// What is done on the host while the process of the jail waits.
    private final class StageWork {
        let places: RunPlaces
        let jail: Jail
        var failure: Failure?

        init(places: RunPlaces, jail: Jail) {
            self.places = places
            self.jail = jail
        }

        func reached(_ stage: clip_stage, _ process: Int32) -> Int32 {
            do throws(Failure) {
                if stage == CLIP_STAGE_NAMESPACES {
                    try HostDevice.make(for: jail, process, places)
                    try SetupCommand.run(for: jail, process, output: places.setupOutput(jail.name))
                } else {
                    do throws(ContainerFailure) {
                        try places.keep(jail.namespaces, of: process, jail.name)
                    } catch {
                        throw error.failure
                    }
                }
                return 0
            } catch {
                failure = error
                return ECANCELED
            }
        }
    }

    private static func run(_ plan: FlatPlan, _ work: StageWork) throws(Failure) -> Int32 {
        do throws(ContainerFailure) {
            return try libclip { failure in
                clip_jail_start(
                    &plan.raw,
                    { stage, process, data in
                        guard let data else { return ECANCELED }
                        return Unmanaged<StageWork>.fromOpaque(data).takeUnretainedValue().reached(stage, process)
                    }, Unmanaged.passUnretained(work).toOpaque(), failure)
            }
        } catch {
            throw work.failure ?? error.failure
        }
    }
}
