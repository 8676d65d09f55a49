// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Crypto
import Device
import Learning
import Loading
import Policy
import SystemIO
import Tool

struct AllowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow", abstract: "Let files run for some time.",
        discussion: """
            An exception is for the content of a file. It grants nothing, is no rule, and ends by itself: the kernel \
            forgets it when the time is over, or at the next boot.
            """,
        subcommands: [AllowFileCommand.self, AllowListCommand.self], defaultSubcommand: AllowFileCommand.self)
}

struct AllowFileCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "file", abstract: "Make or end exceptions for the present content of files.",
        discussion: "Exit status: 0 done, 1 with --revoke, a file has no exception, 4 the kernel refused.")

    @Argument(help: "Files.")
    var paths: [ByteArgument]

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("For how long: 90s, 30m or 2h, at most 24h.", valueName: "period"))
    var period: ByteArgument?

    @Flag(help: "End the exceptions now.")
    var revoke = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The context; by default that of this process.", valueName: "number"))
    var context: ByteArgument?

    @Flag(help: "Print the result as JSON.")
    var json = false

    /// CLIP_EXCEPTION_SECONDS_MAX of linux/clip.h
    static let longest: UInt64 = 86400

    func validate() throws {
        guard (period != nil) != revoke else { throw ValidationError("either --for or --revoke is needed") }
        if let period, try TimeText.seconds("--for", period) > Self.longest {
            throw ValidationError("--for is at most 24h; hint: a rule has no end, see verictl gen --allow")
        }
        _ = try context.map(OptionValue.context)
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let seconds = try period.map { UInt32(try TimeText.seconds("--for", $0)) } ?? 0
        let wanted = try context.map(OptionValue.context) ?? .own
        // Everything is looked at before anything is changed.
        let files = try paths.map { argument in (argument.path, try Self.digest(argument.path)) }
        let (device, info) = try DeviceAccess(surroundings).open()
        let reporter = surroundings.reporter
        let context = wanted == .own ? info.context : wanted
        var answers: [JSONValue] = []
        var status = ExitStatus.done
        for (path, digest) in files {
            let isDone = try Self.change(path, digest, context, seconds, device)
            if !isDone { status = .no }
            if isDone, seconds > 0 { Self.remember(path, digest, context, surroundings) }
            if !json {
                let period = period.map { DisplayText.of($0.bytes) } ?? ""
                reporter.line(
                    revoke
                        ? (isDone ? "\(path): the exception has ended" : "\(path): this content has no exception")
                        : "\(path): this content may run for \(period) in context \(context.text)")
            }
            answers.append(
                .object(
                    JSONValue.members("path", bytes: path.bytes) + [
                        ("context", .context(context)), ("algorithm", .string("sha256")), ("digest", .hex(digest)),
                        ("seconds", .unsigned(UInt64(seconds))), ("done", .bool(isDone)),
                    ]))
        }
        return json ? reporter.result(JSONDocument([("exceptions", .array(answers))]), then: status) : status
    }

    private static func digest(_ path: BytePath) throws(Failure) -> [UInt8] {
        do throws(DigestError) {
            return try Hasher(.sha256).digest(ofFile: path)
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
    }

    /// False if there is no exception to end.
    private static func change(
        _ path: BytePath, _ digest: [UInt8], _ context: ContextID, _ seconds: UInt32, _ device: any VeriexecDevice
    ) throws(Failure) -> Bool {
        do throws(ContextRefusal) {
            try device.except(digest, .sha256, in: context, seconds: seconds)
            return true
        } catch {
            if seconds == 0, error.error == .noEntry, error.reason == .none { return false }
            if error.error == .noSpace {
                throw Failure(
                    status: .refused, message: "\(path): the kernel has as many exceptions as it takes",
                    hint: "verictl allow list; end one with --revoke, or make a rule: verictl gen --allow")
            }
            if error.error == .notTerminal {
                throw Failure(status: .unavailable, message: "this kernel does not support exceptions")
            }
            throw ContextAccess.failure(error, "\(path)")
        }
    }

    /// A name that is lost only shortens the list.
    private static func remember(
        _ path: BytePath, _ digest: [UInt8], _ context: ContextID, _ surroundings: Surroundings
    ) {
        guard var names = try? LearnedRules(reading: surroundings.learning.exceptionNames) else { return }
        let line = NamedDigest.line(
            .allow(.sha256, digest, context: context), (try? Files.realPath(path)) ?? path)
        _ = try? names.append(line, comments: [])
    }
}

struct AllowListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the exceptions in force.",
        discussion: "Exit status: 0 whether there are any or not.")

    @Flag(help: "Print the exceptions as JSON.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let exceptions = try DeviceAccess(surroundings).exceptions()
        let names = SystemRules(file: surroundings.learning.exceptionNames)
        let reporter = surroundings.reporter
        let named = exceptions.map { exception in
            (exception, names.rule(digest: exception.digest, path: nil, context: exception.context)?.name)
        }
        if json {
            let list = named.map { exception, name -> JSONValue in
                .object(
                    (name.map { JSONValue.members("path", bytes: $0) } ?? [("path", .null)]) + [
                        ("context", .context(exception.context)), ("algorithm", .string(exception.algorithmName)),
                        ("digest", .hex(exception.digest)), ("seconds", .unsigned(exception.seconds)),
                    ])
            }
            return reporter.result(JSONDocument([("exceptions", .array(list))]))
        }
        let lines = named.map { exception, name in
            "context \(exception.context.text), \(exception.seconds) s left: \(exception.algorithmName) "
                + String(decoding: Hex.encode(exception.digest), as: UTF8.self)
                + (name.map { "  # \(DisplayText.of($0))" } ?? "") + "\n"
        }
        if lines.isEmpty { reporter.line("there are no exceptions") }
        return reporter.result(Array(lines.joined().utf8))
    }
}
