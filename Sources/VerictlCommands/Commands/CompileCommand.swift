// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Crypto
import Device
import Image
import Loading
import Policy
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
        let identity = try Self.identity(of: image)
        if !json { reporter.line("\(String(decoding: Hex.encode(identity), as: UTF8.self))  \(rules.summary)") }
        guard let output else { return reporter.result(image) }
        let status = check ? try compare(image, with: output.path, reporter) : try write(image, to: output.path)
        guard json else { return status }
        return reporter.result(
            JSONDocument([
                ("identity", .hex(identity)), ("entries", .number(Int64(rules.table.count))),
                ("bytes", .number(Int64(image.count))), ("current", .bool(status == .done)),
            ]), then: status)
    }

    /// The SHA-256 of the image: the same rules, read from the same files, give
    /// the same identity.
    private static func identity(of image: [UInt8]) throws(Failure) -> [UInt8] {
        do throws(DigestError) {
            return try Hasher(.sha256).digest(of: image)
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

    private func write(_ image: [UInt8], to path: BytePath) throws(Failure) -> ExitStatus {
        do throws(Errno) {
            try Files.write(image, to: path)
            return .done
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
    }
}
