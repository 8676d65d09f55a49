// SPDX-License-Identifier: LGPL-2.1-or-later

import Glibc

/// Threads for work that blocks in system calls. Swift's tasks are not used for
/// it: their pool is designed for work that never blocks, and their runtime
/// would be the larger part of a small static tool.
package enum Threads {
    /// Runs `body` on `count` threads, if any, each with its number, while `meanwhile`
    /// runs here; returns when all have ended. The work of a thread that cannot
    /// be started (RLIMIT_NPROC) is done on this thread.
    package static func run(
        _ count: Int, meanwhile: () -> Void = {}, body: @escaping @Sendable (Int) -> Void
    ) {
        var started: [pthread_t] = []
        var missing: [Int] = []
        for number in 0..<count {
            var thread = pthread_t()
            let start = Unmanaged.passRetained(Start(number: number, body: body))
            let failure = pthread_create(
                &thread, nil,
                { argument in
                    if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run() }
                    return nil
                }, start.toOpaque())
            if failure == 0 {
                started.append(thread)
            } else {
                start.release()
                missing.append(number)
            }
        }
        for number in missing { body(number) }
        meanwhile()
        for thread in started { pthread_join(thread, nil) }
    }

    private final class Start: Sendable {
        let number: Int
        let body: @Sendable (Int) -> Void

        init(number: Int, body: @escaping @Sendable (Int) -> Void) {
            self.number = number
            self.body = body
        }

        func run() { body(number) }
    }
}
