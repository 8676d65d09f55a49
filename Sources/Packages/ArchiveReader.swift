// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CArchive

/// What is wrong with an archive, in words.
struct ArchiveError: Error, Equatable {
    var message: String
}

/// Reads the members of an archive with libarchive, in their order and as a
/// stream: no size that the archive states is trusted, and nothing is unpacked.
final class ArchiveReader {
    enum Format {
        /// ar(5), as it is.
        case plain
        /// tar(5), as it is or compressed by gzip, xz or zstd.
        case tar
    }

    struct Member {
        var path: [UInt8]
        var isRegular: Bool
        /// The twelve low bits of the mode.
        var permissions: UInt32
        /// The earlier member that this one is another name of.
        var hardLink: [UInt8]?
    }

    /// Fills a buffer with the next bytes of the archive; 0 at its end.
    typealias Source = (UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int

    /// What the callback of libarchive reads from.
    private final class Input {
        let source: Source
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        var failure: ArchiveError?

        init(_ source: @escaping Source) {
            self.source = source
        }

        deinit { buffer.deallocate() }

        /// -1 after a failure.
        func next() -> Int {
            do throws(ArchiveError) {
                return try source(buffer)
            } catch {
                failure = error
                return -1
            }
        }
    }

    private let archive: OpaquePointer
    private let input: Input

    init(_ format: Format, from source: @escaping Source) throws(ArchiveError) {
        guard let archive = archive_read_new() else { throw ArchiveError(message: "out of memory") }
        self.archive = archive
        input = Input(source)
        switch format {
        case .plain:
            try accept(archive_read_support_format_ar(archive))
        case .tar:
            try accept(archive_read_support_format_tar(archive))
            // A result other than 0 would mean that another program is started.
            for support in [
                archive_read_support_filter_gzip, archive_read_support_filter_xz, archive_read_support_filter_zstd,
            ] {
                try accept(support(archive))
            }
        }
        try accept(
            archive_read_open(
                archive, Unmanaged.passUnretained(input).toOpaque(), nil,
                { _, data, buffer in
                    guard let data, let buffer else { return -1 }
                    let input = Unmanaged<Input>.fromOpaque(data).takeUnretainedValue()
                    buffer.pointee = UnsafeRawPointer(input.buffer.baseAddress)
                    return input.next()
                }, nil))
    }

    deinit {
        archive_read_free(archive)
    }

    /// The next member; nil at the end.
    func next() throws(ArchiveError) -> Member? {
        var entry: OpaquePointer?
        let result = archive_read_next_header(archive, &entry)
        if result == ARCHIVE_EOF {
            if let failure = input.failure { throw failure }
            return nil
        }
        // A warning is about a name that the locale cannot express, or the like.
        guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry else { throw failure }
        guard let path = Self.bytes(archive_entry_pathname(entry)) ?? Self.bytes(archive_entry_pathname_utf8(entry))
        else { throw ArchiveError(message: "a member has no name") }
        return Member(
            path: path, isRegular: archive_entry_filetype(entry) == Self.regularType,
            permissions: archive_entry_perm(entry),
            hardLink: Self.bytes(archive_entry_hardlink(entry)) ?? Self.bytes(archive_entry_hardlink_utf8(entry)))
    }

    /// AE_IFREG, which is a cast in C.
    private static let regularType: UInt32 = 0o100000

    /// The next bytes of the member; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw failure }
        return count
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
        guard let text else { return nil }
        var bytes: [UInt8] = []
        var next = text
        while next.pointee != 0 {
            bytes.append(UInt8(bitPattern: next.pointee))
            next += 1
        }
        return bytes
    }

    private func accept(_ result: Int32) throws(ArchiveError) {
        guard result == ARCHIVE_OK else { throw failure }
    }

    private var failure: ArchiveError {
        if let failure = input.failure { return failure }
        let text = Self.bytes(archive_error_string(archive)).map { DisplayText.of($0) }
        return ArchiveError(message: text ?? "not an archive of the expected kind")
    }
}
