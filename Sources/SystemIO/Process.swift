// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CSystem
import Glibc

/// Information about this process and its terminal.
package enum Process {
    /// The arguments after the program's name, as bytes:
    /// `CommandLine.arguments` repairs text that is not UTF-8, which would then
    /// name other files; it also finds no arguments while /proc is not mounted.
    package static func arguments() -> [[UInt8]] {
        (0..<csystem_argument_count()).dropFirst().compactMap { index in
            csystem_argument(index).map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
        }
    }

    /// A variable of the environment; nil if it is not set.
    package static func environment(_ name: String) -> [UInt8]? {
        getenv(name).map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }

    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Processors that this process may use, at least 1.
    package static var processorCount: Int {
        max(1, Int(csystem_processor_count()))
    }

    /// Seconds of a clock that never goes back.
    package static var monotonicSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    package static func sleep(milliseconds: UInt32) {
        usleep(milliseconds * 1000)
    }

    /// Turns this process into a program, found by PATH; see execvp(3). Returns
    /// only if that fails. Open files with O_CLOEXEC are closed.
    package static func become(_ arguments: [[UInt8]]) -> Errno {
        // An argument ends at its first NUL, so one that contains a NUL would
        // be changed.
        guard !arguments.isEmpty, !arguments.contains(where: { $0.contains(0) }) else { return .invalid }
        let words = arguments.map { strdup($0.map { CChar(bitPattern: $0) } + [0]) } + [nil]
        defer { for word in words { free(word) } }
        guard let program = words[0] else { return Errno(ENOMEM) }
        do throws(Errno) {
            return Errno(try sys { execvp(program, words) })
        } catch {
            return error
        }
    }

    /// The path of the running program; nil if it is unknown (without /proc).
    package static var executable: BytePath? { try? Files.realPath("/proc/self/exe") }

    /// Whether this process has rights that its caller lacks. Programs must
    /// then not be searched in places that the caller controls.
    package static var isPrivileged: Bool { csystem_is_privileged() != 0 }

    /// Makes a directory the root directory of this process; see chroot(2).
    /// The result returns to the present one, as far as the kernel permits.
    package static func changeRoot(_ path: BytePath) throws(Errno) -> () -> Void {
        let old = OpenDirectory(try Descriptor(open: "/", .directory))
        _ = try path.withCString { name throws(Errno) in try sys { chroot(name) } }
        try sys { chdir("/") }
        return { if fchdir(old.descriptor.number) == 0 { _ = chroot(".") } }
    }

    /// Keeps a directory open for a closure, which cannot own a descriptor.
    private final class OpenDirectory {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) {
            self.descriptor = descriptor
        }
    }

    /// Halts the machine; returns only the error of a failure.
    package static func halt() -> Errno {
        do throws(Errno) {
            return Errno(try sys { csystem_halt() })
        } catch {
            return error
        }
    }

    /// Keeps SIGTERM and SIGINT from ending this process; `isAskedToEnd` then
    /// says whether one of them came.
    package static func holdEnd() {
        var set = endSignals
        sigprocmask(SIG_BLOCK, &set, nil)
    }

    package static var isAskedToEnd: Bool {
        var pending = sigset_t()
        sigpending(&pending)
        return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1
    }

    private static var endSignals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        return set
    }

    /// Asks another process to end.
    package static func end(_ process: Int32) throws(Errno) {
        try sys { kill(process, SIGTERM) }
    }

    /// Nanoseconds since 1970.
    package static var wallTime: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    package static func exit(_ status: Int32) -> Never {
        Glibc.exit(status)
    }
}
