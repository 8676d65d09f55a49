// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Crypto
import Device
import Image
import Loading
import Policy
import Synchronization
import SystemIO
import Tool

struct CompileCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "compile", abstract: "Merge rules into one image for the kernel, and print its digest.")

    @Argument(help: "Rule files, directories of them, or - for standard input; by default the rules of the system.")
    var paths: [ByteArgument] = []

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Write the image to this file, atomically.")
    var output: ByteArgument?

    @Option(
        help: ArgumentHelp(
            "Give the policy this number; a machine that demands signatures takes no lower one afterwards.",
            valueName: "number"))
    var policyVersion: UInt32 = 0

    @Flag(help: "Write nothing; exit with 1 unless the file of -o already holds this image.")
    var check = false

    @Flag(help: "Print the digest of the image as JSON on standard output; requires -o.")
    var json = false

    func validate() throws {
        if check && output == nil { throw ValidationError("--check requires -o FILE.") }
        if json && output == nil { throw ValidationError("--json requires -o FILE.") }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        if output == nil && surroundings.environment.resultsToTerminal {
            throw ValidationError("An image cannot be written to a terminal; use -o FILE.")
        }
        var rules = RuleSources.collect(paths.map(\.path), in: surroundings)
        rules.reportIfEmpty(.error)
        if let status = rules.refusal(reporter, "nothing was written", json: json) { return status }
        let image = try Transaction(rules.table, mode: .replace, policyVersion: policyVersion).image
        let (identity, written) = try finish(image)
        if !json { reporter.line("\(String(decoding: Hex.encode(identity), as: UTF8.self))  \(rules.summary)") }
        guard let output else { return reporter.result(image) }
        let status = try written?.get() ?? compare(image, with: output.path, reporter)
        guard json else { return status }
        return reporter.result(
            JSONDocument([
                ("identity", .hex(identity)), ("entries", .number(Int64(rules.table.count))),
                ("bytes", .number(Int64(image.count))), ("current", .bool(status == .done)),
            ]), then: status)
    }

    /// The SHA-256 of the image, and the result of writing it where that is wanted: the
    /// same rules, read from the same files, give the same digest. The one takes as long
    /// as the other, so that they are done at the same time.
    private func finish(_ image: [UInt8]) throws(Failure) -> (identity: [UInt8], written: Result<ExitStatus, Failure>?)
    {
        let path = check ? nil : output?.path
        let written = Mutex<Result<ExitStatus, Failure>?>(nil)
        var identity: Result<[UInt8], DigestError>?
        do throws(DigestError) {
            // Without this hash nothing is written.
            let hasher = try Hasher(.sha256)
            Threads.run(
                path == nil ? 0 : 1,
                meanwhile: {
                    identity = Result { () throws(DigestError) in try hasher.digest(of: image) }
                },
                body: { _ in
                    guard let path else { return }
                    let result = Result { () throws(Failure) in try Self.write(image, to: path) }
                    written.withLock { $0 = result }
                })
            guard let identity else { throw .libcrypto(DigestAlgorithm.sha256.name) }
            return (try identity.get(), written.withLock { $0 })
        } catch {
            throw Failure(status: .io, message: "\(error)")
        }
    }

    private func compare(
        _ image: [UInt8], with path: BytePath, _ reporter: Reporter
    ) throws(Failure) -> ExitStatus {
        do throws(Errno) {
            if try Files.read(path, limit: ImageFormat.maximumSize) == image { return .done }
            reporter.note("\(path) is stale")
            return .no
        } catch {
            switch error {
            case .noEntry, .fileTooLarge:
                reporter.note("\(path) is stale: \(error)")
                return .no
            default:
                throw Failure(status: .io, message: "\(path): \(error)")
            }
        }
    }

    private static func write(_ image: [UInt8], to path: BytePath) throws(Failure) -> ExitStatus {
        do throws(Errno) {
            try Files.write(image, to: path)
            return .done
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
    }
}
