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
///
/// The record names an image by its SHA-256, and by the state of its file: inode,
/// size, and times of last change. The boot compares the state, and computes the
/// SHA-256 only if the state differs. Both find what has happened to the image, and
/// neither protects it from root, who can write the record as well.
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
    /// times and numbers of the files are compared, unless those of the image differ.
    package func currentImage(_ sources: PolicySources) -> (CheckedImage, PolicyRecord)? {
        guard var record, record.sources == sources.digest, let (bytes, state) = try? readWithState(),
            record.state == state || record.describes(bytes),
            let image = try? CheckedImage(bytes, isKnown: true)
        else { return nil }
        record.state = state
        return (image, record)
    }

    /// Writes the record of the image with the state of its file, if that has changed.
    package func noteState(_ record: PolicyRecord) {
        guard let state = record.state, state != self.record?.state else { return }
        // Early at boot the disk may be read-only. The image is hashed then.
        try? writeSettled(record, state)
    }

    /// Writes the record once the times of the image tell any later change.
    private func writeSettled(_ record: PolicyRecord, _ state: FileState) throws(Errno) {
        let status = try Files.status(imagePath)
        FileState.wait(after: max(status.modified, status.changed))
        guard try FileState(Files.status(imagePath)) == state else { return }
        var record = record
        record.state = state
        try Files.write(record.text, to: recordPath)
    }

    /// The image, and the state that its file had before and after it was read.
    private func readWithState() throws(Errno) -> ([UInt8], FileState) {
        let before = try FileState(Files.status(imagePath))
        let bytes = try Files.read(imagePath, limit: ImageFormat.maximumSize)
        guard try before == FileState(Files.status(imagePath)) else { throw .tryAgain }
        return (bytes, before)
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
        record.state = nil
        if var known = self.record, let (present, state) = try? readWithState(), record.describes(present) {
            known.previous = nil
            known.state = nil
            if known == record {
                record.state = state
                return noteState(record)
            }
        }
        try Files.makeDirectory(surroundings.stateDirectory)
        try removeLeftovers()
        if let before = self.record, let present = try? readImage(), before.names(present.bytes) {
            record.previous = try? PolicyRecord.sha256(present.bytes)
        }
        try Files.write(record.text, to: recordPath)
        try Files.write(image, to: imagePath)
        try writeSettled(record, FileState(Files.status(imagePath)))
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
