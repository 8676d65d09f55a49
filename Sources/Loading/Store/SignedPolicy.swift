// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Image
import SignatureExchange
import SystemIO
package import Tool

/// Signatures of images as the tool checks them, and the number of the policy,
/// which only grows.
///
///     FILE.p7s                         the signature of the image FILE
///     /etc/verictl/keys/*.pem          certificates that are trusted
///     /var/lib/verictl/policy.version  the highest number that was in force
///
/// The number is a file like others: a user who may write there may lower it. The
/// kernel keeps its own until the next boot.
package struct SignedPolicy {
    private let surroundings: Surroundings
    private let certificates: [BytePath]

    /// `certificate` is trusted alone; without it, those of the machine are.
    package init(_ surroundings: Surroundings, certificate: BytePath? = nil) throws(Failure) {
        self.surroundings = surroundings
        if let certificate {
            certificates = [certificate]
            return
        }
        let directory = surroundings.configurationDirectory.appending(Array("keys".utf8))
        do throws(Errno) {
            certificates = try Files.list(directory).map(\.name).filter { $0.suffix(4).elementsEqual(".pem".utf8) }
                .sorted { $0.lexicographicallyPrecedes($1) }.map { directory.appending($0) }
        } catch {
            guard error == .noEntry else { throw Failure(status: .io, message: "\(directory): \(error)") }
            certificates = []
        }
        guard !certificates.isEmpty else {
            throw Failure(
                status: .io, message: "\(directory): there is no certificate *.pem, so no signature can be trusted",
                hint: "--certificate FILE")
        }
    }

    /// The image that `boot load` takes where boot.conf demands signatures.
    package static func imagePath(_ surroundings: Surroundings) -> BytePath {
        surroundings.configurationDirectory.appending(Array("policy.img".utf8))
    }

    /// Where the signature of an image is.
    package static func signaturePath(of image: BytePath) -> BytePath { BytePath(image.bytes + Array(".p7s".utf8)) }

    /// The largest signature and the largest certificate; `CLIP_SIGNATURE_MAX_SIZE`.
    private static let limit = 64 << 10

    package static func read(_ path: BytePath) throws(Failure) -> [UInt8] {
        do throws(Errno) {
            return try Files.read(path, limit: limit)
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
    }

    /// A signature that counts.
    package struct Signature {
        package let content: [UInt8]
        /// The name of the file of the certificate.
        package let certificate: [UInt8]
    }

    /// The signature of the image at `path`, whose content is `image`. Throws
    /// unless a trusted certificate made it.
    package func signature(of image: [UInt8], at path: BytePath) throws(Failure) -> Signature {
        let place = Self.signaturePath(of: path)
        let signature: [UInt8]
        do throws(Errno) {
            signature = try Files.read(place, limit: Self.limit)
        } catch {
            guard error == .noEntry else { throw Failure(status: .io, message: "\(place): \(error)") }
            throw Failure(
                status: .no, message: "\(path) is not signed: there is no \(place)",
                hint: "verictl sign \(path) --key KEY.pem --certificate CERTIFICATE.pem")
        }
        var texts: [[UInt8]] = []
        for certificate in certificates { texts.append(try Self.read(certificate)) }
        let request = SignatureRequest.verify(signature: signature, content: image, certificates: texts)
        switch try surroundings.answerSignatureRequest(request, surroundings.environment) {
        case .signers(let numbers) where !numbers.isEmpty && numbers.allSatisfy(certificates.indices.contains):
            let names = numbers.map { certificates[$0].lastComponent }
            return Signature(content: signature, certificate: Array(names.joined(separator: [ASCII.comma])))
        case .badCertificate(let number) where certificates.indices.contains(number):
            throw Failure(status: .syntax, message: "\(certificates[number]): \(SignatureError.badCertificate)")
        case .failure(let error): throw Failure(status: .no, message: "\(place): \(error)")
        default: throw Failure(status: .unavailable, message: "\(place): verictl-sign gave another answer")
        }
    }

    // MARK: The number

    private var versionPath: BytePath { surroundings.stateDirectory.appending(Array("policy.version".utf8)) }

    /// The highest number that was in force; 0 if none is kept.
    private func keptVersion() throws(Failure) -> UInt32 {
        let text: [UInt8]
        do throws(Errno) {
            text = try Files.read(versionPath, limit: 64)
        } catch {
            // A place that cannot exist holds no number either.
            if error == .noEntry { return 0 }
            throw Failure(status: .io, message: "\(versionPath): \(error)")
        }
        guard let version = UInt32(String(decoding: text.filter { $0 != ASCII.newline }, as: UTF8.self)) else {
            throw Failure(
                status: .io, message: "\(versionPath): the file holds no number",
                hint: "write the number of the policy that was in force last")
        }
        return version
    }

    /// Throws if a policy with a higher number was in force.
    package func checkVersion(of image: CheckedImage, at path: BytePath) throws(Failure) {
        let kept = try keptVersion()
        guard image.policyVersion < kept else { return }
        throw Failure(
            status: .no,
            message: "\(path): the policy has the number \(image.policyVersion), and number \(kept) was in force",
            hint: "verictl compile --policy-version \(kept), and sign the image")
    }

    /// Keeps the number of a policy that is in force now, if it is higher.
    package func keepVersion(of image: CheckedImage, _ reporter: Reporter) throws(Failure) {
        guard image.policyVersion > (try keptVersion()) else { return }
        do throws(Errno) {
            try Files.makeDirectory(surroundings.stateDirectory)
            try Files.write(Array("\(image.policyVersion)\n".utf8), to: versionPath)
        } catch {
            reporter.warning("\(versionPath) was not written: \(error); a lower number is not refused at the next boot")
        }
    }
}
