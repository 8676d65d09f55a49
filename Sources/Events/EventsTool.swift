// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO

/// `verictl-events`: what `verictl events` runs.
package enum EventsTool {
    /// As of `verictl`.
    enum Status: Int32 {
        case done = 0
        case no = 1
        case usage = 2
        case refused = 4
        case unavailable = 5
        case io = 6
    }

    private struct Failure: Error {
        let status: Status
        let message: String

        init(_ status: Status, _ message: String) {
            self.status = status
            self.message = message
        }
    }

    /// Runs the command line of this process and ends it.
    package static func main() -> Never {
        do throws(Failure) {
            Process.exit(try run(Process.arguments()).rawValue)
        } catch {
            say("error: \(error.message)")
            Process.exit(error.status.rawValue)
        }
    }

    private static func say(_ message: String) {
        try? Descriptor.write(Array("verictl: \(message)\n".utf8), to: 2)
    }

    private static func run(_ arguments: [[UInt8]]) throws(Failure) -> Status {
        let options: EventOptions
        do throws(EventOptions.Failure) {
            options = try EventOptions(arguments)
        } catch {
            throw Failure(.usage, error.message)
        }
        do throws(ListenFailure) {
            let socket = try EventSocket(
                withGrants: options.withGrants, withCreations: options.withCreations)
            return try print(from: socket, options)
        } catch {
            throw failure(error)
        }
    }

    private static func failure(_ error: ListenFailure) -> Failure {
        switch error {
        case .noEvents:
            Failure(
                .unavailable,
                "no events here; hint: this kernel runs without clip or without its events, or this is not "
                    + "the initial network namespace")
        case .notPermitted: Failure(.refused, "listening takes CAP_SYS_ADMIN in the initial user namespace")
        case .system(let call, let error): Failure(.io, "\(call): \(error)")
        case .malformed(let message):
            Failure(.unavailable, "a message that this tool does not know: \(message.problem)")
        case .output(let error): Failure(.io, "standard output: \(error)")
        }
    }

    private static func print(
        from socket: borrowing EventSocket, _ options: EventOptions
    ) throws(ListenFailure) -> Status {
        let end = options.timeout.map { Process.monotonicSeconds + Double($0) }
        var printed: UInt32 = 0
        while printed != options.count {
            let left = end.map { max(0, $0 - Process.monotonicSeconds) }
            // Rounded up, or the last wait would be one of 0 over and over; in
            // steps, because poll(2) counts 24 days at most.
            let received = try socket.receive(within: left.map { Int32(min($0 * 1000, 60_000).rounded(.up)) } ?? -1)
            switch received {
            case .events(let events):
                for event in events where printed != options.count {
                    try write(options.json ? event.json.text : Array(event.text.utf8))
                    // Without a number to reach it need not be counted beyond 1.
                    printed = options.count == nil ? 1 : printed + 1
                }
            case .overrun: say("warning: events were lost, because they came faster than they were read")
            case .nothing:
                if let end, Process.monotonicSeconds >= end {
                    return printed > 0 && options.count == nil ? .done : .no
                }
            }
        }
        return .done
    }

    private static func write(_ line: [UInt8]) throws(ListenFailure) {
        do throws(Errno) {
            try Descriptor.write(line + [ASCII.newline], to: 1)
        } catch {
            throw .output(error)
        }
    }
}
