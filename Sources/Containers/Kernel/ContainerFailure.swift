// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CContainer
import SystemIO
package import Tool

/// Runs a function of libclip, and turns its failure into one of the tool.
@discardableResult
func libclip<Result: SignedInteger>(
    _ call: (UnsafeMutablePointer<clip_failure>) -> Result
) throws(ContainerFailure) -> Result {
    var failure = clip_failure()
    let result = call(&failure)
    guard result < 0 else { return result }
    throw ContainerFailure(failure)
}

/// A failure of libclip: the step, the error, and both as text.
package struct ContainerFailure: Error, Equatable, Sendable {
    package var step: String
    package var error: Int32
    package var text: String

    init(step: String, error: Int32, text: String) {
        self.step = step
        self.error = error
        self.text = text
    }

    init(_ raw: clip_failure) {
        step = Self.text(raw.step)
        error = raw.code
        text = Self.text(raw.text)
    }

    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { DisplayText.of($0.prefix { $0 != 0 }) }
    }

    /// Whether the kernel does not know the request.
    package var isUnknownRequest: Bool { Errno(error) == .notTerminal }

    /// The same with the exit status for it.
    package var failure: Failure {
        let error = Errno(error)
        switch step {
        case "device":
            guard error == .noEntry || error == .noDevice || error == .noSuchDevice else {
                return Failure(status: .refused, message: text, hint: "this takes root in context 0")
            }
            return Failure(
                status: .unavailable, message: text,
                hint: "this kernel runs without clip; /sys/kernel/security/lsm lists what it runs with")
        case "program":
            return Failure(status: error == .noEntry ? .notFound : .cannotRun, message: text)
        case "context":
            return Failure(status: isUnknownRequest ? .unavailable : .refused, message: text, hint: hint(error))
        case "bind":
            return Failure(status: isUnknownRequest ? .unavailable : .refused, message: text, hint: bindHint(error))
        case "state" where error == .accessDenied || error == .notPermitted:
            return Failure(status: .refused, message: text, hint: "this takes root")
        case "root", "mount", "state", "view", "directory":
            return Failure(status: .io, message: text)
        default:
            return Failure(status: .refused, message: text)
        }
    }

    private func hint(_ error: Errno) -> String? {
        switch error {
        case .exists: "another jail of this number runs, or the context was made by other means"
        case .busy: "a process has entered the context, or a descriptor leads out of it"
        case .notPermitted, .accessDenied: "this takes root in context 0, with CAP_SYS_ADMIN and CONTEXT"
        default: nil
        }
    }

    private func bindHint(_ error: Errno) -> String? {
        switch error {
        case .badDescriptor: "the directory is not that of a cgroup"
        case .exists: "a cgroup is bound to one context; take that back first, with --unbind"
        case .invalid: "the name of a child is one name, without a slash"
        case .notPermitted, .accessDenied: "this takes root in context 0, with CAP_SYS_ADMIN and CONTEXT"
        default: nil
        }
    }
}
