// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// What verictl asks the program `verictl-sign`, which alone works with keys and
/// certificates: the part of libcrypto that they need would be a third of verictl.
package enum SignatureRequest: Equatable {
    /// Sign `content`. Key and certificate are PEM texts.
    case sign(content: [UInt8], key: [UInt8], certificate: [UInt8])
    /// Say which of the certificates, which are PEM texts, made the signature.
    case verify(signature: [UInt8], content: [UInt8], certificates: [[UInt8]])

    /// The request as bytes.
    package var encoded: [UInt8] {
        switch self {
        case .sign(let content, let key, let certificate):
            Parts.encode([Parts.word("sign"), content, key, certificate])
        case .verify(let signature, let content, let certificates):
            Parts.encode([Parts.word("verify"), signature, content] + certificates)
        }
    }

    /// Nil unless the bytes are those of a request.
    package init?(encoded: [UInt8]) {
        guard let parts = Parts.decode(encoded), let word = parts.first else { return nil }
        switch (String(decoding: word, as: UTF8.self), parts.count) {
        case ("sign", 4): self = .sign(content: parts[1], key: parts[2], certificate: parts[3])
        case ("verify", 3...):
            self = .verify(signature: parts[1], content: parts[2], certificates: Array(parts[3...]))
        default: return nil
        }
    }
}

/// What the program answers.
package enum SignatureAnswer: Equatable {
    case signature([UInt8])
    /// The signature counts, and the certificates with these places made it.
    case signers([Int])
    /// The file with this place is no certificate.
    case badCertificate(Int)
    case failure(SignatureError)

    /// The answer as bytes.
    package var encoded: [UInt8] {
        switch self {
        case .signature(let signature): Parts.encode([Parts.word("signature"), signature])
        case .signers(let places): Parts.encode([Parts.word("signers")] + places.map(Parts.number))
        case .badCertificate(let place): Parts.encode([Parts.word("bad-certificate"), Parts.number(place)])
        case .failure(.libcrypto(let text)): Parts.encode([Parts.word("libcrypto"), Array(text.utf8)])
        case .failure(let error): Parts.encode([Parts.word("failure"), Parts.word(error.description)])
        }
    }

    /// Nil unless the bytes are those of an answer.
    package init?(encoded: [UInt8]) {
        guard let parts = Parts.decode(encoded), let word = parts.first else { return nil }
        switch (String(decoding: word, as: UTF8.self), parts.count) {
        case ("signature", 2): self = .signature(parts[1])
        case ("signers", 2...):
            let places = parts.dropFirst().compactMap(Parts.number)
            guard places.count == parts.count - 1 else { return nil }
            self = .signers(places)
        case ("bad-certificate", 2):
            guard let place = Parts.number(parts[1]) else { return nil }
            self = .badCertificate(place)
        case ("libcrypto", 2): self = .failure(.libcrypto(String(decoding: parts[1], as: UTF8.self)))
        case ("failure", 2):
            let text = String(decoding: parts[1], as: UTF8.self)
            guard let error = Self.plainErrors.first(where: { $0.description == text }) else { return nil }
            self = .failure(error)
        default: return nil
        }
    }

    private static var plainErrors: [SignatureError] {
        [.badKey, .badCertificate, .otherKey, .badForm, .weakDigest, .untrusted, .otherContent]
    }
}

/// Parts of a message, each with its size in four bytes before it.
private enum Parts {
    static func encode(_ parts: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + 4 + $1.count })
        for part in parts {
            bytes.appendLittleEndian(UInt32(part.count))
            bytes += part
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [[UInt8]]? {
        var parts: [[UInt8]] = []
        var offset = 0
        while offset < bytes.count {
            guard bytes.count - offset >= 4 else { return nil }
            let size = Int(bytes.loadLittleEndian(at: offset, as: UInt32.self))
            offset += 4
            guard bytes.count - offset >= size else { return nil }
            parts.append(Array(bytes[offset..<offset + size]))
            offset += size
        }
        return parts
    }

    static func word(_ text: String) -> [UInt8] { Array(text.utf8) }

    static func number(_ place: Int) -> [UInt8] { Array(String(place).utf8) }

    static func number(_ bytes: [UInt8]) -> Int? {
        guard let place = Int(String(decoding: bytes, as: UTF8.self)), place >= 0 else { return nil }
        return place
    }
}
