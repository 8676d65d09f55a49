// SPDX-License-Identifier: LGPL-2.1-or-later

/// Layout of the compiled image. This module may not import C, so the numbers
/// of linux/clip.h are repeated here; ImageTests compares each of them, and
/// every offset, with the header.
///
///     0        64                    64 + 128 n
///     +--------+--------------------+-----------------------+
///     | header | n entries of 128 B | strings, each + a NUL |      version 1
///     +--------+--------------------+-----------------------+
///
///     0        96                    96 + 128 n
///     +--------+--------------------+--------+---------+---------+
///     | header | n entries of 128 B | blocks | digests | strings |  versions 2, 3
///     +--------+--------------------+--------+---------+---------+
///
/// All numbers are little-endian and there is nothing between or after the
/// parts.
package enum ImageFormat {
    /// `CLIP_IMAGE_MAGIC` with its NUL.
    package static let magic: [UInt8] = Array("CLIPIMG\0".utf8)
    package static let version: UInt32 = 3
    /// The version with blocks of allow digests that have no sizes.
    package static let blocksVersion: UInt32 = 2
    /// The version without blocks of allow digests.
    package static let plainVersion: UInt32 = 1
    package static let maximumSize = 256 << 20
    package static let maximumEntries = 1 << 20

    /// Byte offsets in struct clip_image_header.
    package enum Header {
        package static let size = 64
        package static let version = 8
        package static let headerSize = 12
        package static let totalSize = 16
        package static let entryCount = 24
        package static let entrySize = 28
        package static let entriesOffset = 32
        package static let stringsOffset = 40
        package static let stringsSize = 48
        package static let checksum = 56
        package static let policyVersion = 60
    }

    /// Byte offsets in an image from version 2 on: struct clip_image_digests, which follows
    /// struct clip_image_header.
    package enum Digests {
        /// The size of the header with this part.
        package static let headerSize = 96
        package static let blockCount = 64
        package static let blockSize = 68
        package static let blocksOffset = 72
        package static let digestsOffset = 80
        package static let digestsSize = 88
    }

    /// Byte offsets in struct clip_image_block.
    package enum Block {
        package static let size = 24
        package static let context = 0
        package static let algorithm = 4
        package static let digestSize = 6
        package static let count = 8
        package static let sourceOffset = 12
        package static let sourceLength = 16
        package static let flags = 20
        /// The number of the line of a digest, behind all digests of the block.
        package static let lineSize = 4
        /// The flag of a block that has the sizes of files behind the lines.
        package static let hasSizes: UInt32 = 1
        package static let fileSizeSize = 4
    }

    /// Byte offsets in struct clip_image_entry.
    package enum Entry {
        package static let size = 128
        package static let context = 0
        package static let flags = 4
        package static let effective = 8
        package static let permitted = 16
        package static let inheritable = 24
        package static let privileges = 32
        package static let pathOffset = 40
        package static let pathLength = 44
        package static let sourceOffset = 48
        package static let sourceLength = 52
        package static let sourceLine = 56
        package static let algorithm = 60
        package static let digestSize = 62
        package static let digest = 64
        package static let digestCapacity = 64
    }
}
