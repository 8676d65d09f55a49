// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import SystemIO

/// A program as the kernel's loader reads it, which is less strict than libelf:
/// the loader looks at the machine and the size of a header, and not at the
/// class; see load_elf_binary() of fs/binfmt_elf.c.
package struct LoadableProgram: Equatable, Sendable {
    package enum Interpreter: Equatable, Sendable {
        case path(BytePath)
        /// Exec fails with this error.
        case unreadable(Errno)
    }

    /// A segment that becomes executable.
    package struct Code: Equatable, Sendable {
        package var isWritable: Bool
        /// Larger in memory than in the file.
        package var hasRest: Bool
    }

    /// e_machine
    package let machine: UInt16
    package private(set) var code: [Code] = []
    package private(set) var requestsExecutableStack = false
    /// A program of 32 bits without PT_GNU_STACK gets an executable stack, and
    /// all its memory that can be read becomes executable.
    package private(set) var hasUnmarkedStack: Bool
    /// A segment is loaded writable, executable or not.
    package private(set) var hasWritableSegment = false
    package private(set) var interpreter: Interpreter?

    /// Whether memory of the file becomes writable and executable when it is
    /// loaded as a program.
    package var hasWritableCode: Bool {
        code.contains(where: \.isWritable) || hasUnmarkedStack && hasWritableSegment
    }

    /// Bytes of struct elf64_hdr, and the most of program headers.
    private static let headSize = 64
    private static let mostHeaders = 65536
    /// PATH_MAX of linux/limits.h.
    private static let longestPath: UInt64 = 4096

    /// Machines of elf.h that are programs of 64 and of 32 bits here.
    private static let wideMachine: UInt16 = 62
    private static let narrowMachines: [UInt16] = [3, 6]

    /// nil if the kernel would not load the file. A file of less than
    /// `headSize` bytes is no program.
    package init?(_ file: borrowing Descriptor) throws(Errno) {
        let head = try file.bytes(at: 0, count: Self.headSize)
        guard head.count == Self.headSize, head.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else { return nil }
        let number = { (offset: Int) in UInt16(head[offset]) | UInt16(head[offset + 1]) << 8 }
        machine = number(18)
        let isNarrow = Self.narrowMachines.contains(machine)
        #if arch(x86_64)
            guard isNarrow || machine == Self.wideMachine else { return nil }
        #endif
        // ET_EXEC and ET_DYN
        guard [2, 3].contains(number(16)) else { return nil }
        let (sizes, place): (Int, UInt64) =
            isNarrow
            ? (42, UInt64(head.loadLittleEndian(at: 28, as: UInt32.self))) : (54, head.loadLittleEndian(at: 32))
        let (size, count) = (Int(number(sizes)), Int(number(sizes + 2)))
        guard size == (isNarrow ? 32 : 56), count > 0, size * count <= Self.mostHeaders else { return nil }
        let headers = try file.bytes(at: place, count: size * count)
        guard headers.count == size * count else { return nil }
        hasUnmarkedStack = isNarrow
        for start in stride(from: 0, to: headers.count, by: size) {
            try add(Header(headers, at: start, isNarrow: isNarrow), file)
        }
    }

    /// The parts of a program header that count here.
    private struct Header {
        var type: UInt32
        var flags: UInt32
        var offset: UInt64
        var fileSize: UInt64
        var memorySize: UInt64

        init(_ bytes: [UInt8], at start: Int, isNarrow: Bool) {
            let word = { (offset: Int) in bytes.loadLittleEndian(at: start + offset, as: UInt32.self) }
            let long = { (offset: Int) in bytes.loadLittleEndian(at: start + offset, as: UInt64.self) }
            type = word(0)
            flags = word(isNarrow ? 24 : 4)
            offset = isNarrow ? UInt64(word(4)) : long(8)
            fileSize = isNarrow ? UInt64(word(16)) : long(32)
            memorySize = isNarrow ? UInt64(word(20)) : long(40)
        }

        var isExecutable: Bool { flags & 1 != 0 }
        var isWritable: Bool { flags & 2 != 0 }
    }

    private mutating func add(_ header: Header, _ file: borrowing Descriptor) throws(Errno) {
        switch header.type {
        case 1:  // PT_LOAD
            hasWritableSegment = hasWritableSegment || header.isWritable
            if header.isExecutable {
                code.append(Code(isWritable: header.isWritable, hasRest: header.memorySize > header.fileSize))
            }
        case 0x6474_e551:  // PT_GNU_STACK
            hasUnmarkedStack = false
            requestsExecutableStack = requestsExecutableStack || header.isExecutable
        case 3 where interpreter == nil:  // PT_INTERP
            interpreter = try Self.interpreter(header, file)
        default: break
        }
    }

    private static func interpreter(_ header: Header, _ file: borrowing Descriptor) throws(Errno) -> Interpreter {
        guard header.fileSize >= 2, header.fileSize <= longestPath else { return .unreadable(.notExecutable) }
        let name = try file.bytes(at: header.offset, count: Int(header.fileSize))
        guard name.count == Int(header.fileSize) else { return .unreadable(.ioError) }
        guard name.last == 0 else { return .unreadable(.notExecutable) }
        return .path(BytePath(name.prefix { $0 != 0 }))
    }
}
