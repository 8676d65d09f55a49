// SPDX-License-Identifier: LGPL-2.1-or-later

import CCrypto
package import SignatureExchange

/// Detached CMS signatures (RFC 5652) in the form that the kernel takes: DER,
/// SHA-256, no certificates inside and no signed attributes.
package enum DetachedSignature {
    /// Signs `content`. Key and certificate are PEM texts.
    package static func make(
        of content: [UInt8], key: [UInt8], certificate: [UInt8]
    ) throws(SignatureError) -> [UInt8] {
        prepare()
        let certificate = try Certificate(pem: certificate)
        guard let input = Input(key), let key = PEM_read_bio_PrivateKey(input.bio, nil, nil, nil) else {
            throw .badKey
        }
        defer { EVP_PKEY_free(key) }
        guard X509_check_private_key(certificate.pointer, key) == 1 else { throw .otherKey }
        guard let data = Input(content), let digest = EVP_MD_fetch(nil, "SHA256", nil) else { throw failure() }
        defer { EVP_MD_free(digest) }
        let flags = UInt32(CMS_BINARY | CMS_DETACHED | CMS_NOCERTS)
        guard let message = CMS_sign(nil, nil, nil, nil, flags | UInt32(CMS_PARTIAL)) else { throw failure() }
        defer { CMS_ContentInfo_free(message) }
        guard
            CMS_add1_signer(message, certificate.pointer, key, digest, flags | UInt32(CMS_NOATTR)) != nil,
            CMS_final(message, data.bio, nil, flags) == 1
        else { throw failure() }
        var encoded: UnsafeMutablePointer<UInt8>?
        let size = i2d_CMS_ContentInfo(message, &encoded)
        guard size > 0, let encoded else { throw failure() }
        defer { CRYPTO_free(encoded, nil, 0) }
        return Array(UnsafeBufferPointer(start: encoded, count: Int(size)))
    }

    /// Throws unless `signature` is one of `content` by the keys of these
    /// certificates, which are PEM texts. They are trusted as they are: neither
    /// issuers nor dates count, as in the kernel.
    package static func verify(
        _ signature: [UInt8], of content: [UInt8], certificates: [[UInt8]]
    ) throws(SignatureError) {
        prepare()
        guard let trusted = OPENSSL_sk_new_null() else { throw failure() }
        defer { OPENSSL_sk_free(trusted) }
        var owners: [Certificate] = []
        for text in certificates {
            let certificate = try Certificate(pem: text)
            owners.append(certificate)
            OPENSSL_sk_push(trusted, UnsafeRawPointer(certificate.pointer))
        }
        defer { withExtendedLifetime(owners) {} }
        guard let input = Input(signature), let message = d2i_CMS_bio(input.bio, nil) else { throw .badForm }
        defer { CMS_ContentInfo_free(message) }
        // Without a signer there would be nothing to check.
        guard let signers = CMS_get0_SignerInfos(message), OPENSSL_sk_num(signers) > 0 else { throw .badForm }
        for index in 0..<OPENSSL_sk_num(signers) {
            guard let signer = OPENSSL_sk_value(signers, index) else { throw .badForm }
            try checkDigest(of: OpaquePointer(signer))
        }
        // Only a detached signature is one of this content.
        guard CMS_is_detached(message) == 1 else { throw .badForm }
        let flags = UInt32(CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY)
        guard CMS_set1_signers_certs(message, trusted, flags) == OPENSSL_sk_num(signers) else { throw .untrusted }
        guard let data = Input(content), let store = X509_STORE_new() else { throw failure() }
        defer { X509_STORE_free(store) }
        guard CMS_verify(message, trusted, store, data.bio, nil, flags) == 1 else { throw .otherContent }
    }

    /// Throws unless the text is a certificate in PEM.
    package static func checkCertificate(_ pem: [UInt8]) throws(SignatureError) {
        prepare()
        _ = try Certificate(pem: pem)
    }

    private static func checkDigest(of signer: OpaquePointer) throws(SignatureError) {
        var algorithm: UnsafeMutablePointer<X509_ALGOR>?
        CMS_SignerInfo_get0_algs(signer, nil, nil, &algorithm, nil)
        guard let algorithm, let name = algorithm.pointee.algorithm else { throw .badForm }
        guard [NID_sha256, NID_sha384, NID_sha512].contains(OBJ_obj2nid(name)) else { throw .weakDigest }
    }

    /// The certificate of a PEM text.
    private final class Certificate {
        let pointer: OpaquePointer

        init(pem: [UInt8]) throws(SignatureError) {
            guard let input = Input(pem), let pointer = PEM_read_bio_X509(input.bio, nil, nil, nil) else {
                throw .badCertificate
            }
            self.pointer = pointer
        }

        deinit { X509_free(pointer) }
    }

    /// Bytes that libcrypto reads.
    private final class Input {
        let bio: OpaquePointer
        private let bytes: UnsafeMutableBufferPointer<UInt8>

        init?(_ content: [UInt8]) {
            guard let size = Int32(exactly: content.count) else { return nil }
            bytes = .allocate(capacity: content.count)
            _ = bytes.initialize(from: content)
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, size) else {
                bytes.deallocate()
                return nil
            }
            self.bio = bio
        }

        deinit {
            BIO_free(bio)
            bytes.deallocate()
        }
    }

    /// openssl.cnf is not read: the results must not depend on a file that can load
    /// providers.
    private static func prepare() {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
        ERR_clear_error()
    }

    private static func failure() -> SignatureError {
        guard let text = ERR_reason_error_string(ERR_peek_last_error()) else { return .libcrypto("unknown error") }
        return .libcrypto(String(cString: text))
    }
}
