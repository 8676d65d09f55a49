// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Generation
import Policy
import SystemIO
import Tool

/// What `gen --update FILE` does.
struct UpdateRun {
    var file: BytePath
    var root: BytePath
    var workers: Int
    var json: Bool

    func run(_ reporter: Reporter) throws(Failure) -> ExitStatus {
        let text: [UInt8]
        do throws(Errno) {
            text = try Files.read(file, limit: RuleLimits.fileSize)
        } catch {
            throw Failure(status: .io, message: "\(file): \(error)")
        }
        let parsed = RuleParser(source: file.bytes).parse(text)
        let errors = parsed.diagnostics.filter { $0.severity == .error }
        try IntentOption.refuse(errors, reporter)
        var update = RuleUpdate(root: root)
        update.workers = workers
        let outcome = update.run(text, parsed.rules)
        for problem in outcome.problems { reporter.error("\(problem.path): \(problem.message)") }
        if !outcome.changes.isEmpty {
            do throws(Errno) {
                try Files.write(outcome.text, to: file)
            } catch {
                throw Failure(status: .io, message: "\(file): \(error)")
            }
        }
        let status: ExitStatus = outcome.problems.isEmpty ? .done : .io
        guard json else { return reporter.result(outcome.changes.flatMap(Self.line), then: status) }
        return reporter.result(
            JSONDocument([
                ("changed", .array(outcome.changes.map(Self.json))),
                ("problems", .array(outcome.problems.map(\.json))),
            ]), then: status)
    }

    private static func line(_ change: RuleUpdate.Change) -> [UInt8] {
        let (old, new) = (short(change.old), short(change.new))
        return Array("\(change.line): \(change.path): \(old)... is now \(new)...\n".utf8)
    }

    private static func short(_ digest: [UInt8]) -> String {
        String(decoding: Hex.encode(Array(digest.prefix(8))), as: UTF8.self)
    }

    private static func json(_ change: RuleUpdate.Change) -> JSONValue {
        .object(
            JSONValue.members("path", bytes: change.path.bytes) + [
                ("line", .number(Int64(change.line))), ("old", .hex(change.old)), ("new", .hex(change.new)),
            ])
    }
}
