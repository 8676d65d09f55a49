// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import SystemIO
import Tool

/// Answers for a user who may not open the device for requests: yes or no, and
/// the reason. Nothing is said about rules, digests and other files.
struct UserQuestion {
    private let device: any AskDevice
    private let reporter: Reporter
    private let json: Bool

    /// nil for a user who may ask for more, or nothing.
    init?(_ surroundings: Surroundings, json: Bool) {
        do throws(Errno) {
            _ = try surroundings.openDevice()
            return nil
        } catch {
            guard error == .accessDenied || error == .notPermitted else { return nil }
        }
        guard let device = try? surroundings.openAskDevice() else { return nil }
        self.device = device
        self.reporter = surroundings.reporter
        self.json = json
    }

    private enum Answer {
        case kernel(AskAnswer)
        /// The user may not execute the file whatever the rules are.
        case noPermission
        case problem(Errno)
    }

    func answer(_ paths: [BytePath]) -> ExitStatus {
        let answers = paths.map { ($0, ask($0)) }
        var status = ExitStatus.done
        for (path, answer) in answers {
            switch answer {
            case .kernel(let answer): if answer.error != nil, status == .done { status = .no }
            case .noPermission: if status == .done { status = .no }
            case .problem(let error):
                reporter.error("\(path): \(error)")
                status = .io
            }
        }
        if json {
            return reporter.result(JSONDocument([("files", .array(answers.map(Self.json)))]), then: status)
        }
        return reporter.result(Array(answers.compactMap(Self.text).joined().utf8), then: status)
    }

    private func ask(_ path: BytePath) -> Answer {
        let file: Descriptor
        do throws(Errno) {
            file = try Descriptor(readingFound: path)
        } catch {
            return .problem(error)
        }
        do throws(Errno) {
            return .kernel(try device.ask(file))
        } catch {
            return error == .accessDenied ? .noPermission : .problem(error)
        }
    }

    private static func text(_ path: BytePath, _ answer: Answer) -> String? {
        switch answer {
        case .problem: nil
        case .noPermission: "\(path): no; you may not execute it, whatever the rules are\n"
        case .kernel(let answer):
            if let error = answer.error {
                "\(path): no; exec would fail with \(error.name): \(words(answer.reason))\n"
            } else if answer.reason != .none {
                "\(path): yes; but it would be reported: \(words(answer.reason))\n"
            } else {
                "\(path): yes; the rules do not keep it from running\n"
            }
        }
    }

    private static func words(_ reason: Reason) -> String {
        reason.meaning.map { "\($0) (\(reason))" } ?? "\(reason)"
    }

    private static func json(_ path: BytePath, _ answer: Answer) -> JSONValue {
        let members: [(String, JSONValue)] =
            switch answer {
            case .problem(let error): [("would_run", .null), ("reason", .null), ("problem", .string(error.name))]
            case .noPermission: [("would_run", .bool(false)), ("reason", .null), ("error", .string("EACCES"))]
            case .kernel(let answer):
                [
                    ("would_run", .bool(answer.error == nil)), ("reason", .string(answer.reason.description)),
                    ("error", answer.error.map { .string($0.name) } ?? .null),
                ]
            }
        return .object(JSONValue.members("path", bytes: path.bytes) + members)
    }
}
