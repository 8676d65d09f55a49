// SPDX-License-Identifier: LGPL-2.1-or-later

/// The reason why a signature was not made, or does not count.
package enum SignatureError: Error, Equatable, CustomStringConvertible {
    /// Not a private key in PEM, or the passphrase is wrong.
    case badKey
    /// Not a certificate in PEM.
    case badCertificate
    /// The key and the certificate do not belong together.
    case otherKey
    /// Not a CMS signature in DER, or without a signer.
    case badForm
    /// A digest that can be forged.
    case weakDigest
    /// None of the trusted certificates made it.
    case untrusted
    /// It is one of other content.
    case otherContent
    case libcrypto(String)

    package var description: String {
        switch self {
        case .badKey: "not a private key in PEM, or its passphrase is wrong"
        case .badCertificate: "not a certificate in PEM"
        case .otherKey: "the key is not that of the certificate"
        case .badForm: "not a CMS signature in DER"
        case .weakDigest: "the signature uses a digest that can be forged"
        case .untrusted: "the signature is not by a key of a trusted certificate"
        case .otherContent: "the signature does not belong to this content"
        case .libcrypto(let text): "libcrypto: \(text)"
        }
    }
}
