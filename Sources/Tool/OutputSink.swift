// SPDX-License-Identifier: LGPL-2.1-or-later

package import SystemIO

/// Where the output of a command goes.
package protocol OutputSink: AnyObject {
    /// Writes results, and nothing else. Errors are those of write(2).
    func writeResult(_ bytes: [UInt8]) throws(Errno)
    /// Writes everything else: errors, notes, summaries, progress.
    func writeMessage(_ bytes: [UInt8])
}

/// The standard streams of this process: results go to standard output,
/// messages to standard error.
package final class StandardOutput: OutputSink {
    package init() {}

    package func writeResult(_ bytes: [UInt8]) throws(Errno) {
        try Descriptor.write(bytes, to: 1)
    }

    package func writeMessage(_ bytes: [UInt8]) {
        // An error is dropped: there is no other stream to report it on.
        try? Descriptor.write(bytes, to: 2)
    }
}
