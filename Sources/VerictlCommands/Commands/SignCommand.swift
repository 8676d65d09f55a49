// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Bytes
import Image
import Loading
import SignatureExchange
import SystemIO
import Tool

struct SignCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign an image made by compile, or check its signature.",
        discussion: """
            The signature is a CMS message in DER beside the image, without the image itself and without \
            certificates, as the kernel takes it.

            With --check, nothing is written. The status is 0 if the signature is by a trusted certificate and no \
            policy with a higher number was in force on this machine, or else 1.
            """)

    @Argument(help: "The image.")
    var image: ByteArgument

    @Option(help: ArgumentHelp("The private key, in PEM.", valueName: "file"))
    var key: ByteArgument?

    @Option(
        help: ArgumentHelp(
            "The certificate of the key, in PEM; with --check, the one to trust instead of those in /etc/verictl/keys.",
            valueName: "file"))
    var certificate: ByteArgument?

    @Flag(help: "Check the signature that the image has, and its number.")
    var check = false

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "Write the signature to this file, atomically; by default, to that of the image with .p7s added.")
    var output: ByteArgument?

    func validate() throws {
        guard !check || (key == nil && output == nil) else {
            throw ValidationError("--check cannot be combined with --key and --output.")
        }
        guard check || (key != nil && certificate != nil) else {
            throw ValidationError("Specify --key FILE and --certificate FILE, or --check.")
        }
    }

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        guard let key, let certificate else { return try answer(surroundings) }
        return try sign(key.path, certificate.path, surroundings)
    }

    private func readImage() throws(Failure) -> CheckedImage {
        let path = image.path
        let content: [UInt8]
        do throws(Errno) {
            content = try Files.read(path, limit: ImageFormat.maximumSize)
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
        do throws(ImageError) {
            return try CheckedImage(content)
        } catch {
            throw Failure(status: .syntax, message: "\(path): \(error)")
        }
    }

    private func answer(_ surroundings: Surroundings) throws(Failure) -> ExitStatus {
        let policy = try SignedPolicy(surroundings, certificate: certificate?.path)
        let checked = try readImage()
        let signature = try policy.signature(of: checked.bytes, at: image.path)
        try policy.checkVersion(of: checked, at: image.path)
        surroundings.reporter.line(
            "number \(checked.policyVersion), signed by \(DisplayText.of(signature.certificate))")
        return .done
    }

    private func sign(
        _ keyPath: BytePath, _ certificatePath: BytePath, _ surroundings: Surroundings
    ) throws(Failure) -> ExitStatus {
        let content = try readImage().bytes
        let key = try SignedPolicy.read(keyPath)
        let certificate = try SignedPolicy.read(certificatePath)
        let signature: [UInt8]
        let request = SignatureRequest.sign(content: content, key: key, certificate: certificate)
        switch try surroundings.answerSignatureRequest(request, surroundings.environment) {
        case .signature(let made): signature = made
        case .failure(let error):
            let culprit =
                switch error {
                case .badKey: "\(keyPath): "
                case .badCertificate, .otherKey: "\(certificatePath): "
                default: ""
                }
            throw Failure(status: .syntax, message: "\(culprit)\(error); nothing was signed")
        default:
            throw Failure(status: .unavailable, message: "verictl-sign gave another answer; nothing was signed")
        }
        let place = output?.path ?? SignedPolicy.signaturePath(of: image.path)
        do throws(Errno) {
            try Files.write(signature, to: place)
        } catch {
            throw Failure(status: .io, message: "\(place): \(error)")
        }
        return .done
    }
}
