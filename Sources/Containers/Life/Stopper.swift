// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CContainer
import Glibc
import Jails
import SystemIO
package import Tool

/// Ends jails, and finds out whether one runs.
package struct Stopper {
    package let places: RunPlaces

    package init(places: RunPlaces = RunPlaces()) {
        self.places = places
    }

    /// How long the kernel may take to end processes that were killed.
    private static let patience = 10.0

    /// A jail that was started, with what is left of it.
    package struct Running {
        package var state: RunState
        /// nil if the context is gone, or its number was given to another one.
        package var context: KernelContext?
        package var information: KernelContext.Information?
        package var cgroup: Cgroup
        /// Processes of the cgroup.
        package var processes: [Int32]
        /// Whether a process is at work on a start that is not complete.
        package var isBusy = false

        package enum Condition: String, Sendable {
            case runs, ended, starting, interrupted
            case setUp = "set-up"
        }

        package var condition: Condition {
            if state.isStarting { return isBusy ? .starting : .interrupted }
            return runs ? .runs : state.isOnlySetUp ? .setUp : .ended
        }

        /// How many tasks are left, as far as that can be known.
        package var tasks: Int {
            // Those of an interrupted start may not be in the context yet.
            if state.isStarting { return max(processes.count, information.map { Int(clamping: $0.tasks) } ?? 0) }
            return information.map { Int(clamping: $0.tasks) } ?? (processes.isEmpty && isAlive ? 1 : processes.count)
        }

        package var runs: Bool { tasks > 0 && !state.isStarting }

        /// The process of the start. Its number may be another one's by now, so
        /// this counts only where nothing better is known.
        private var isAlive: Bool { state.process > 0 && kill(state.process, 0) == 0 }
    }

    /// What is left of a jail that was started; nil if it was not.
    package func find(_ name: String) throws(Failure) -> Running? {
        guard let state = try places.read(name) else { return nil }
        let cgroup = Cgroup(jail: name)
        var running = Running(
            state: state, context: nil, information: nil, cgroup: cgroup, processes: cgroup.processes)
        running.isBusy = state.isStarting && places.isTaken(name)
        do throws(ContainerFailure) {
            guard let serial = try KernelContext.serial(of: state.context) else { return running }
            // A start was killed when it was about to make the context, or had made it.
            let isUnclear = state.isStarting && state.serial == 0
            guard serial == state.serial || isUnclear else { return running }
            let context = try KernelContext.open(state.context)
            let information = try context.information()
            guard !isUnclear || isLeft(state.context, serial, information, by: name) else { return running }
            running.context = context
            running.information = information
        } catch {
            throw error.failure
        }
        return running
    }

    /// Whether a context is what a killed start of a jail has made, before it could
    /// write the serial number down. There was no such context when it began. One that
    /// was entered, that has rules, or that another jail has, was made by others since.
    private func isLeft(
        _ number: UInt32, _ serial: UInt64, _ information: KernelContext.Information?, by name: String
    ) -> Bool {
        guard let information, !information.isEntered, information.tasks == 0, information.entries == 0,
            information.digests == 0
        else { return false }
        return !places.names().contains { other in
            guard other != name, let state = try? places.read(other), state.context == number else { return false }
            return state.serial == serial || (state.isStarting && places.isTaken(other))
        }
    }

    /// Clears what is left of a jail whose last process has ended by itself, or whose
    /// start was killed. The caller has the lock of the jail.
    func clearEnded(_ name: String) throws(Failure) {
        guard let running = try find(name) else {
            // A start was killed: nothing of it is kept but the directory.
            try places.remove(name)
            return
        }
        if running.state.isStarting { return try endInterrupted(name, running) }
        guard !running.runs, !running.state.isOnlySetUp else {
            throw Failure(
                status: .refused, message: "\(name) runs already, in context \(running.state.context)",
                hint: "vsctl stop \(name)")
        }
        try clear(name, running)
    }

    /// Ends all processes of a jail, first with SIGTERM, and removes what it has
    /// left. Returns false if it was not started.
    package func stop(_ name: String, timeout: UInt32? = nil) throws(Failure) -> Bool {
        guard let running = try find(name), !running.state.isStarting else { return try clearUnfinished(name) }
        if running.runs {
            try send(SIGTERM, running)
            let seconds = Double(timeout ?? running.state.stopTimeout)
            if !(try waitForEnd(name, seconds: seconds, leaving: 1)) { try send(SIGKILL, running) }
            try killAll(name, running)
        }
        try clear(name, running)
        return true
    }

    /// Clears what a killed start has left; false if there is nothing. A start that
    /// goes on has the lock.
    private func clearUnfinished(_ name: String) throws(Failure) -> Bool {
        guard places.exists(name) else { return false }
        // The process that was led has the lock too, until it sees the end of its leader.
        let lock = try places.take(name, patience: 2)
        guard let running = try find(name) else {
            try places.remove(name)
            return false
        }
        // Otherwise it has come to its end meanwhile.
        let isUnfinished = running.state.isStarting
        if isUnfinished { try endInterrupted(name, running) }
        _ = consume lock
        return isUnfinished ? true : try stop(name)
    }

    private func endInterrupted(_ name: String, _ running: Running) throws(Failure) {
        running.cgroup.kill()
        do throws(ContainerFailure) {
            _ = try running.context?.send(SIGKILL)
        } catch {
            throw error.failure
        }
        guard try waitForEnd(name, seconds: Self.patience, leaving: 0) else { throw Self.notEnded(name) }
        try clear(name, running)
    }

    private static func notEnded(_ name: String) -> Failure {
        Failure(
            status: .refused, message: "processes of \(name) are left that SIGKILL has not ended yet",
            hint: "vsctl status \(name)")
    }

    /// What became of a jail that was set up.
    package enum EndOfSetup: String, Sendable {
        case notSetUp = "not-set-up"
        case ended
        /// With its last process.
        case later
    }

    /// Lets a jail that was set up end with its last process.
    package func endSetup(_ name: String) throws(Failure) -> EndOfSetup {
        guard let running = try find(name), running.state.isOnlySetUp, !running.state.isStarting else {
            return .notSetUp
        }
        // Process 1, which waits, is all that is left of an empty jail.
        let waiting = running.state.process > 0 ? 1 : 0
        guard running.tasks > waiting else { return try stop(name, timeout: 0) ? .ended : .notSetUp }
        var state = running.state
        state.isOnlySetUp = false
        try places.write(state, name)
        if state.process > 0 { kill(state.process, SIGUSR1) }
        return .later
    }

    /// Sends a signal to all processes of a jail; how many it has reached.
    @discardableResult
    package func send(_ signal: Int32, _ running: Running) throws(Failure) -> Int {
        do throws(ContainerFailure) {
            if let reached = try running.context?.send(signal) { return reached }
        } catch {
            throw error.failure
        }
        // A kernel without the request: the cgroup has all that did not leave it.
        guard running.cgroup.exists || running.state.process > 0 else {
            throw Failure(
                status: .unavailable,
                message: "this kernel cannot send a signal to a context, and the jail has no cgroup")
        }
        if signal == SIGKILL { running.cgroup.kill() }
        let processes = Set(running.cgroup.processes + (running.state.process > 0 ? [running.state.process] : []))
        return processes.count { kill($0, signal) == 0 }
    }

    /// Until nothing is left: what is being made meanwhile is killed too.
    private func killAll(_ name: String, _ running: Running) throws(Failure) {
        running.cgroup.kill()
        try send(SIGKILL, running)
        guard try waitForEnd(name, seconds: Self.patience, leaving: 0) else { throw Self.notEnded(name) }
    }

    /// Whether all but `leaving` tasks end in time; process 1 may be left, which
    /// ends by SIGKILL only.
    private func waitForEnd(_ name: String, seconds: Double, leaving: Int) throws(Failure) -> Bool {
        let end = Process.monotonicSeconds + seconds
        while true {
            guard let running = try find(name) else { return true }
            let hasFirst = running.state.namespaces.contains(.pid)
            if running.tasks <= (hasFirst ? leaving : 0) { return true }
            if Process.monotonicSeconds >= end { return false }
            Process.sleep(milliseconds: 20)
        }
    }

    /// Removes what a jail without processes has left.
    private func clear(_ name: String, _ running: Running) throws(Failure) {
        if !running.state.keepsContext, running.context != nil {
            do throws(ContainerFailure) {
                try KernelContext.delete(running.state.context)
            } catch {
                throw error.failure
            }
        }
        try HostDevice.remove(of: name, places)
        do throws(Errno) {
            try running.cgroup.remove()
        } catch {
            throw Failure(status: .io, message: "\(running.cgroup.path): \(error)")
        }
        try places.remove(name)
    }
}
