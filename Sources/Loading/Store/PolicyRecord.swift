// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Crypto
package import Image
import Policy
import SystemIO
package import Tool

/// Who signed a policy, and the number that it has among those of its signer.
package struct PolicySignature: Equatable, Sendable {
    package let number: UInt32
    /// The name of the file of the certificate, in its directory.
    package let certificate: [UInt8]
}

/// What is known of a compiled policy without reading it.
package struct PolicyRecord: Equatable, Sendable {
    /// The SHA-256 of the image, which `compile` prints.
    package var identity: [UInt8]
    package var sources: [UInt8]
    package var entries: UInt64
    package var generation: UInt64?
    /// The state of the file of the image; nil if it is not known.
    var state: FileState?
    /// The identity of the image that was kept before, which is still there if
    /// the machine stopped before the new one was.
    var previous: [UInt8]?
    /// Of a signed image: its number, and the name of the certificate.
    package private(set) var signed: PolicySignature?
    private var size: UInt64

    package init(_ image: [UInt8], entries: Int, _ sources: PolicySources) throws(Failure) {
        identity = try Self.sha256(image)
        self.sources = sources.digest
        self.entries = UInt64(entries)
        size = UInt64(image.count)
    }

    /// The record of a signed image, which is not made of the rules on this disk.
    package init(signed image: CheckedImage, by certificate: [UInt8], generation: UInt64) throws(Failure) {
        identity = try Self.sha256(image.bytes)
        sources = identity
        entries = UInt64(image.count)
        size = UInt64(image.bytes.count)
        signed = PolicySignature(number: image.policyVersion, certificate: certificate)
        self.generation = generation
    }

    package static func sha256(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        do throws(DigestError) {
            return try Hasher(.sha256).digest(of: bytes)
        } catch {
            throw Failure(status: .io, message: "\(error)")
        }
    }

    /// Whether the image is the one of the record. The size is compared first,
    /// because it costs nothing; the checksum in an image can be made to fit.
    package func describes(_ image: [UInt8]) -> Bool {
        size == UInt64(image.count) && (try? Self.sha256(image)) == identity
    }

    /// Whether the image is the one of the record, or the one before it.
    func names(_ image: [UInt8]) -> Bool {
        guard let found = try? Self.sha256(image) else { return false }
        return found == identity || found == previous
    }

    // MARK: Text

    /// Lines `key value`. Unknown keys are ignored.
    init?(_ text: [UInt8]) {
        // There are few, and a dictionary would be made at each start of a program.
        var pairs: [(key: ArraySlice<UInt8>, word: ArraySlice<UInt8>)] = []
        for line in text.split(separator: ASCII.newline) {
            let parts = line.split(separator: ASCII.space)
            if parts.count == 2 { pairs.append((parts[0], parts[1])) }
        }
        let word = { (key: StaticString) -> ArraySlice<UInt8>? in
            pairs.last { pair in key.withUTF8Buffer { pair.key.elementsEqual($0) } }?.word
        }
        let number = { (key: StaticString) in word(key).flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } }
        guard let identity = word("identity").flatMap({ Hex.decode($0) }), identity.count == 32,
            let sources = word("sources").flatMap({ Hex.decode($0) }), let entries = number("entries"),
            let size = number("size")
        else { return nil }
        self.identity = identity
        self.sources = sources
        self.entries = entries
        self.size = size
        state = word("state").flatMap { FileState($0) }
        previous = word("previous").flatMap { Hex.decode($0) }
        generation = number("generation")
        if let version = number("number").flatMap({ UInt32(exactly: $0) }),
            let certificate = word("certificate").flatMap({ Hex.decode($0) })
        {
            signed = PolicySignature(number: version, certificate: certificate)
        }
    }

    var text: [UInt8] {
        var text = Array("identity ".utf8) + Hex.encode(identity) + Array("\nsources ".utf8) + Hex.encode(sources)
        text += "\nentries \(entries)\nsize \(size)\n".utf8
        if let state { text += Array("state ".utf8) + state.text + [ASCII.newline] }
        if let previous { text += Array("previous ".utf8) + Hex.encode(previous) + [ASCII.newline] }
        if let signed {
            text += "number \(signed.number)\ncertificate ".utf8
            text += Hex.encode(signed.certificate) + [ASCII.newline]
        }
        if let generation { text += "generation \(generation)\n".utf8 }
        return text
    }
}
