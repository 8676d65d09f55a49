// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CContainer
import Glibc
import Jails
import SystemIO
package import Tool

/// Runs programs in jails that are there, and in WATCH.
package struct Visitor {
    private let places: RunPlaces
    private let accounts: Accounts

    package init(places: RunPlaces = RunPlaces(), accounts: Accounts = .ofHost()) {
        self.places = places
        self.accounts = accounts
    }

    /// A program, as a command line asks for it.
    package struct Request {
        package var arguments: [[UInt8]]
        package var environment: [[UInt8]] = []
        package var user: [UInt8]?
        package var group: [UInt8]?
        package var view: BytePath?
        package var directory: BytePath?
        /// A terminal of its own, instead of that of this process.
        package var hasTerminal = false

        package init(_ arguments: [[UInt8]]) {
            self.arguments = arguments
        }
    }

    /// Runs a program in a jail until it ends, and returns its exit status.
    package func run(_ request: Request, in name: String) throws(Failure) -> Int32 {
        guard let running = try Stopper(places: places).find(name), let context = running.context,
            !running.state.isStarting
        else {
            throw Failure(
                status: .no, message: "\(name) does not run", hint: "vsctl start \(name), or vsctl setup \(name)")
        }
        let files = try open(running.state.namespaces, name)
        let cgroup = running.cgroup.exists ? try? File(running.cgroup.path) : nil
        let plan = FlatPlan(joining: files.map(\.number))
        plan.raw.cgroup = cgroup?.number ?? -1
        // The descriptors are used by number.
        return try withExtendedLifetime((files, cgroup)) { () throws(Failure) in try run(request, plan, context) }
    }

    /// Runs a program in WATCH, which sees all and changes nothing.
    package func watch(_ request: Request) throws(Failure) -> Int32 {
        let context: KernelContext
        do throws(ContainerFailure) {
            context = try KernelContext.open(1)
        } catch {
            throw error.failure
        }
        return try run(request, FlatPlan(joining: []), context)
    }

    private final class File {
        private let descriptor: Descriptor

        init(_ path: BytePath) throws(Errno) {
            descriptor = try Descriptor(reading: path)
        }

        var number: Int32 { descriptor.number }
    }

    private func open(_ namespaces: Namespaces, _ name: String) throws(Failure) -> [File] {
        var files: [File] = []
        for file in namespaces.files {
            let path = places.namespace(name, file)
            do throws(Errno) {
                files.append(try File(path))
            } catch {
                throw Failure(status: .io, message: "\(path): \(error)")
            }
        }
        return files
    }

    private func run(_ request: Request, _ plan: FlatPlan, _ context: KernelContext) throws(Failure) -> Int32 {
        let identity = try accounts.identity(user: request.user, group: request.group, groups: [])
        plan.set(
            JailedProgram(
                arguments: request.arguments, environment: Launcher.environment(identity) + request.environment,
                identity: identity, view: request.view, directory: request.directory))
        plan.raw.context = context.descriptor.number
        do throws(ContainerFailure) {
            guard request.hasTerminal else {
                let process = try libclip { clip_jail_start(&plan.raw, nil, nil, $0) }
                return try libclip { clip_jail_wait(process, $0) }
            }
            var slave: Int32 = -1
            let master = Descriptor(owning: try libclip { clip_terminal_open(&slave, $0) })
            let other = Descriptor(owning: slave)
            plan.raw.terminal = other.number
            let process = try libclip { clip_jail_start(&plan.raw, nil, nil, $0) }
            _ = consume other
            return try libclip { clip_terminal_relay(master.number, process, $0) }
        } catch {
            throw error.failure
        }
    }
}
