// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import ELF
import SystemIO

/// What is to be known of a file, besides its digest, when a rule for it is written.
struct FileFacts: Sendable {
    /// What wx_memory would refuse.
    var memory: [MemoryFinding] = []
    /// What the file grants by its attribute.
    var capabilities: FileCapabilities?
    /// Bytes of the content.
    var size: UInt64?
    /// The magic number of the filesystem; nil if it is unknown.
    var filesystem: UInt32?

    /// The facts of an open regular file.
    init(_ file: borrowing Descriptor) {
        memory = ELFFile(file)?.memoryFindings ?? []
        capabilities = FileCapabilities(attributeOf: file)
        filesystem = try? file.filesystem()
        size = try? file.status().size
    }

    /// The facts of the regular file at a path.
    init(_ path: BytePath) {
        memory = (try? ELFFile.read(path))??.memoryFindings ?? []
        capabilities = FileCapabilities.read(path)
        filesystem = try? Files.filesystem(of: path)
    }
}
