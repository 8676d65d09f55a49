// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Crypto
import Image
import Loading
import SystemIO
import Tool

struct SignCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign an image made by compile.",
        discussion: """
            The signature is a CMS message in DER beside the image, without the image itself and without \
            certificates, as the kernel takes it.
            """)

    @Argument(help: "The image.")
    var image: ByteArgument

    @Option(help: ArgumentHelp("The private key, in PEM.", valueName: "file"))
    var key: ByteArgument

    @Option(help: ArgumentHelp("The certificate of the key, in PEM.", valueName: "file"))
    var certificate: ByteArgument

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "Write the signature to this file, atomically; by default, to that of the image with .p7s added.")
    var output: ByteArgument?

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let path = image.path
        let content: [UInt8]
        do throws(Errno) {
            content = try Files.read(path, limit: ImageFormat.maximumSize)
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
        do throws(ImageError) {
            _ = try CheckedImage(content)
        } catch {
            throw Failure(status: .syntax, message: "\(path): \(error); nothing was signed")
        }
        let key = try SignedPolicy.read(key.path)
        let certificate = try SignedPolicy.read(certificate.path)
        let signature: [UInt8]
        do throws(SignatureError) {
            signature = try DetachedSignature.make(of: content, key: key, certificate: certificate)
        } catch {
            let culprit =
                switch error {
                case .badKey: "\(self.key.path): "
                case .badCertificate, .otherKey: "\(self.certificate.path): "
                default: ""
                }
            throw Failure(status: .syntax, message: "\(culprit)\(error); nothing was signed")
        }
        let place = output?.path ?? SignedPolicy.signaturePath(of: path)
        do throws(Errno) {
            try Files.write(signature, to: place)
        } catch {
            throw Failure(status: .io, message: "\(place): \(error)")
        }
        return .done
    }
}
