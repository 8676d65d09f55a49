// SPDX-License-Identifier: LGPL-2.1-or-later

/// The exit status of verictl and its programs, of devctl and hardenctl. The command lines
/// of the old tools only have 0 and 1.
package enum ExitStatus: Int32, Sendable {
    /// Done, or the answer is yes.
    case done = 0
    /// The answer is no.
    case no = 1
    case usage = 2
    /// Rules do not parse, compile or resolve, or there are none.
    case syntax = 3
    /// The kernel refused.
    case refused = 4
    /// clip or its device is missing, or the tool does not support the
    /// interface.
    case unavailable = 5
    /// A file cannot be opened, read or written.
    case io = 6
    /// As env(1): the command was found and cannot be run.
    case cannotRun = 126
    /// As env(1): the command was not found.
    case notFound = 127

    /// The status as a word, for JSON.
    package var word: String {
        switch self {
        case .done: "done"
        case .no: "no"
        case .usage: "usage"
        case .syntax: "syntax"
        case .refused: "refused"
        case .unavailable: "unavailable"
        case .io: "io"
        case .cannotRun: "cannot-run"
        case .notFound: "not-found"
        }
    }
}
