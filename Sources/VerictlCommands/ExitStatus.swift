// SPDX-License-Identifier: LGPL-2.1-or-later

/// What the tool tells its caller. Legacy mode only has 0 and 1.
package enum ExitStatus: Int32, Sendable {
    /// Done, or the answer is yes.
    case done = 0
    /// The answer is no.
    case no = 1
    case usage = 2
    /// Rules do not parse or compile.
    case syntax = 3
    /// The kernel refused.
    case refused = 4
    /// No clip, no device, or an interface that this tool does not know.
    case unavailable = 5
    /// A file or its reading or writing.
    case io = 6
    /// As env(1): the command was found and cannot be run.
    case cannotRun = 126
    /// The command was not found.
    case notFound = 127
}
