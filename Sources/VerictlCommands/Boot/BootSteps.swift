// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import Tool

/// What `boot load`, `boot lock` and `lock` have done, one step after the other.
struct BootSteps {
    enum State: String {
        case done
        /// It was so before.
        case already
        /// The settings ask for nothing, or the mode forbids it.
        case skipped
        case failed
    }

    struct Step {
        var name: String
        var state: State
        var text: String
    }

    private(set) var steps: [Step] = []
    /// The status of the first step that failed.
    private(set) var status = ExitStatus.done
    private let reporter: Reporter

    init(_ reporter: Reporter) {
        self.reporter = reporter
    }

    mutating func add(_ name: String, _ state: State, _ text: String) {
        steps.append(Step(name: name, state: state, text: text))
        reporter.line("\(name): \(text)")
    }

    mutating func fail(_ name: String, _ failure: Failure) {
        steps.append(Step(name: name, state: .failed, text: failure.message))
        reporter.error("\(name): \(failure.message)", hint: failure.hint)
        mark(failure.status)
    }

    mutating func mark(_ failed: ExitStatus) {
        if status == .done { status = failed }
    }

    func answer(_ mode: BootSettings.Mode, json wantsJSON: Bool) -> ExitStatus {
        guard wantsJSON else { return status }
        let steps = steps.map { step in
            JSONValue.object([
                ("step", .string(step.name)), ("state", .string(step.state.rawValue)), ("text", .string(step.text)),
            ])
        }
        return reporter.result(
            JSONDocument([
                ("mode", .string(mode.rawValue)), ("status", .number(Int64(status.rawValue))), ("steps", .array(steps)),
            ]), then: status)
    }
}
