// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Crypto
package import Image
import Policy
package import SystemIO
package import Tool

/// The compiled rules of the system on the disk, and the note of what was
/// loaded since the machine was started.
///
///     /var/lib/verictl/policy.img      the image that the kernel last accepted
///     /var/lib/verictl/policy.record   what it was made of
///     /run/verictl/loaded              the same, with the generation
///
/// The record is written before its image, and each by renaming a finished
/// copy. The record names the image before it as well: if the machine stops in
/// between, the image counts as stale, but still as the last good one. An image
/// that the record does not name is never used.
package struct PolicyStore {
    private let surroundings: Surroundings

    package init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    package var imagePath: BytePath { surroundings.stateDirectory.appending(Array("policy.img".utf8)) }
    private var recordPath: BytePath { surroundings.stateDirectory.appending(Array("policy.record".utf8)) }
    private var loadedPath: BytePath { surroundings.runtimeDirectory.appending(Array("loaded".utf8)) }

    // MARK: Reading

    /// The record of the image on the disk; nil without one.
    package var record: PolicyRecord? { read(recordPath) }

    /// What was loaded since the machine was started; nil if it is not known.
    package var loaded: PolicyRecord? { read(loadedPath) }

    private func read(_ path: BytePath) -> PolicyRecord? {
        (try? Files.read(path, limit: 4096)).flatMap { PolicyRecord($0) }
    }

    /// The image, if it was made of the rules as they are now. Only names, sizes,
    /// times and numbers of the rule files are compared, but the whole image.
    package func currentImage(_ sources: PolicySources) -> (CheckedImage, PolicyRecord)? {
        guard let record, record.sources == sources.digest, let bytes = try? readBytes(), record.describes(bytes),
            let image = try? CheckedImage(bytes, isKnown: true)
        else { return nil }
        return (image, record)
    }

    /// Whether the image on the disk is the one of its record.
    package var hasImageOfRecord: Bool {
        guard let record, let image = try? readImage() else { return false }
        return record.describes(image.bytes)
    }

    /// The image that was accepted last; nil if there is none. An image that the
    /// record does not name was put there by something else, and is refused.
    package func lastGood() throws(Failure) -> CheckedImage? {
        let image: CheckedImage
        do throws(Failure) {
            image = try readImage()
        } catch {
            if (try? Files.status(imagePath)) == nil { return nil }
            throw error
        }
        guard record?.names(image.bytes) ?? false else {
            throw Failure(
                status: .syntax, message: "\(imagePath): the image is not the one that policy.record describes",
                hint: "correct the rules, then verictl load --all")
        }
        return image
    }

    private func readBytes() throws(Failure) -> [UInt8] {
        do throws(Errno) {
            return try Files.read(imagePath, limit: ImageFormat.maximumSize)
        } catch {
            throw Failure(status: .io, message: "\(imagePath): \(error)")
        }
    }

    private func readImage() throws(Failure) -> CheckedImage {
        let bytes = try readBytes()
        do throws(ImageError) {
            return try CheckedImage(bytes)
        } catch {
            throw Failure(status: .syntax, message: "\(imagePath): \(error)")
        }
    }

    // MARK: Writing

    /// Keeps an image that the kernel has accepted. Nothing is written if it is
    /// there already.
    package func keep(_ image: [UInt8], _ record: PolicyRecord) throws(Errno) {
        var record = record
        record.generation = nil
        record.previous = nil
        if var known = self.record, let present = try? readImage(), record.describes(present.bytes) {
            known.previous = nil
            if known == record { return }
        }
        try Files.makeDirectory(surroundings.stateDirectory)
        try removeLeftovers()
        if let before = self.record, let present = try? readImage(), before.names(present.bytes) {
            record.previous = try? PolicyRecord.sha256(present.bytes)
        }
        try Files.write(record.text, to: recordPath)
        try Files.write(image, to: imagePath)
    }

    /// Files of a writer that was killed, of this policy and its record.
    private func removeLeftovers() throws(Errno) {
        for path in [imagePath, recordPath] { try Files.removeLeftovers(of: path) }
    }

    /// Keeps the rules of the system once the kernel has accepted them, and
    /// returns what is to be noted as loaded, if they are in force.
    /// The image is only kept in a directory that is there, or is to be made.
    /// The kernel has the rules, so that a disk that cannot be written is no failure.
    package func keep(
        _ transaction: Transaction, _ report: TransactionReport, _ sources: PolicySources, _ reporter: Reporter,
        makesDirectory: Bool
    ) throws(Failure) -> PolicyRecord? {
        guard report.status == .done, !report.isDryRun else { return nil }
        var record = try PolicyRecord(transaction.image, entries: transaction.count, sources)
        do throws(Errno) {
            if makesDirectory || (try? Files.status(surroundings.stateDirectory)) != nil {
                try keep(transaction.image, record)
            }
        } catch {
            let text = "\(imagePath) was not written: \(error)"
            // Early at boot, the root filesystem is mounted read-only.
            if error.name == "EROFS" { reporter.note(text) } else { reporter.warning(text) }
        }
        record.generation = report.generation
        return record
    }

    /// Notes what is in force. Early at boot there may be no place for it.
    package func noteLoaded(_ record: PolicyRecord) {
        do throws(Errno) {
            try Files.makeDirectory(surroundings.runtimeDirectory)
            try Files.write(record.text, to: loadedPath)
        } catch {
            // What is not noted is not known to "status", which says so.
        }
    }
}

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
    /// The identity of the image that was kept before, which is still there if
    /// the machine stopped before the new one was.
    fileprivate(set) var previous: [UInt8]?
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
    func describes(_ image: [UInt8]) -> Bool {
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
        var words: [String: ArraySlice<UInt8>] = [:]
        for line in text.split(separator: ASCII.newline) {
            let parts = line.split(separator: ASCII.space)
            if parts.count == 2 { words[String(decoding: parts[0], as: UTF8.self)] = parts[1] }
        }
        let number = { (key: String) in words[key].flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } }
        guard let identity = words["identity"].flatMap({ Hex.decode($0) }), identity.count == 32,
            let sources = words["sources"].flatMap({ Hex.decode($0) }), let entries = number("entries"),
            let size = number("size")
        else { return nil }
        self.identity = identity
        self.sources = sources
        self.entries = entries
        self.size = size
        previous = words["previous"].flatMap { Hex.decode($0) }
        generation = number("generation")
        if let version = number("number").flatMap({ UInt32(exactly: $0) }),
            let certificate = words["certificate"].flatMap({ Hex.decode($0) })
        {
            signed = PolicySignature(number: version, certificate: certificate)
        }
    }

    var text: [UInt8] {
        var text = Array("identity ".utf8) + Hex.encode(identity) + Array("\nsources ".utf8) + Hex.encode(sources)
        text += "\nentries \(entries)\nsize \(size)\n".utf8
        if let previous { text += Array("previous ".utf8) + Hex.encode(previous) + [ASCII.newline] }
        if let signed {
            text += "number \(signed.number)\ncertificate ".utf8
            text += Hex.encode(signed.certificate) + [ASCII.newline]
        }
        if let generation { text += "generation \(generation)\n".utf8 }
        return text
    }
}

/// The state of the rule files, without their content.
package struct PolicySources: Sendable {
    package let digest: [UInt8]

    /// Files that changed a moment ago are waited for: the clock of a file
    /// system is so coarse that another change might have the same time.
    package init(_ surroundings: Surroundings) throws(Failure) {
        var (text, newest) = try Self.list(surroundings.ruleDirectories)
        let age = FileTime.now.milliseconds(since: newest)
        if 0..<Self.coarseness ~= age {
            Process.sleep(milliseconds: UInt32(Self.coarseness - age))
            (text, newest) = try Self.list(surroundings.ruleDirectories)
        }
        digest = try PolicyRecord.sha256(text)
    }

    private static let coarseness = 20

    private static func names(in directory: BytePath) throws(Failure) -> [DirectoryEntry] {
        do throws(Errno) {
            return try Files.list(directory)
        } catch {
            if error == .noEntry { return [] }
            throw Failure(status: .io, message: "\(directory): \(error)")
        }
    }

    private static func list(_ directories: [BytePath]) throws(Failure) -> (text: [UInt8], newest: FileTime) {
        var text = Array("policy sources 1\n".utf8)
        var newest = FileTime.zero
        for directory in directories {
            // A NUL is in no name.
            text += directory.bytes + [0]
            for entry in try names(in: directory) {
                guard let status = try? Files.status(directory.appending(entry.name)) else { continue }
                newest = max(newest, status.modified, status.changed)
                text += entry.name + [0]
                text += "\(status.identity.inode) \(status.size) \(status.modified) \(status.changed)\n".utf8
            }
        }
        return (text, newest)
    }
}
