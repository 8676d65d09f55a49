// SPDX-License-Identifier: LGPL-2.1-or-later

package import SignatureExchange

extension SignatureRequest {
    /// Carries out the request.
    package func answer() -> SignatureAnswer {
        do throws(SignatureError) {
            switch self {
            case .sign(let content, let key, let certificate):
                return .signature(try DetachedSignature.make(of: content, key: key, certificate: certificate))
            case .verify(let signature, let content, let certificates):
                return try Self.verify(signature, of: content, certificates)
            }
        } catch {
            return .failure(error)
        }
    }

    private static func verify(
        _ signature: [UInt8], of content: [UInt8], _ certificates: [[UInt8]]
    ) throws(SignatureError) -> SignatureAnswer {
        for (place, certificate) in certificates.enumerated() {
            do throws(SignatureError) {
                try DetachedSignature.checkCertificate(certificate)
            } catch {
                return .badCertificate(place)
            }
        }
        try DetachedSignature.verify(signature, of: content, certificates: certificates)
        for (place, certificate) in certificates.enumerated() {
            let isBy: Void? = try? DetachedSignature.verify(signature, of: content, certificates: [certificate])
            if isBy != nil { return .signers([place]) }
        }
        // It took several.
        return .signers(Array(certificates.indices))
    }
}
