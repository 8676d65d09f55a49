// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CElf
package import SystemIO

/// The headers of an ELF file; see elf(5). They are read with libelf, which
/// checks every offset against the size of the file. The file is never run, as
/// ldd(1) may do.
package struct ELFFile: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// Loaded at a fixed address, ET_EXEC.
        case fixed
        /// Loaded at any address: a shared object or a program, ET_DYN.
        case shared
        /// An object file, a core, or something newer.
        case other
    }

    /// A program header.
    package struct Segment: Equatable, Sendable {
        package enum Kind: Equatable, Sendable { case load, stack, other }

        package var kind: Kind
        package var isWritable: Bool
        package var isExecutable: Bool
        package var address: UInt64
        package var offset: UInt64 = 0
        package var fileSize: UInt64
        package var memorySize: UInt64
    }

    package private(set) var kind: Kind
    /// A 64-bit file.
    package private(set) var isWide: Bool
    package private(set) var segments: [Segment] = []
    /// The loader of a program; nil for a static program.
    package private(set) var interpreter: BytePath?
    /// The loader writes to code, by DT_TEXTREL or DF_TEXTREL.
    package private(set) var hasTextRelocations = false
    /// e_machine
    package private(set) var machine: UInt16
    /// The libraries that the file needs, and where they are.
    package private(set) var libraries = NeededLibraries()
    /// Marked as a position-independent program, by DF_1_PIE.
    package private(set) var isMarkedProgram = false

    /// A shared object, not a position-independent program.
    package var isLibrary: Bool { kind == .shared && interpreter == nil && !isMarkedProgram }

    /// Returns nil for a file that is not ELF, or is malformed and cannot be
    /// run.
    package static func read(_ path: BytePath) throws(Errno) -> ELFFile? {
        let file = try Descriptor(readingFound: path)
        // Reading a device or a pipe may have side effects.
        guard try file.status().kind == .regular else { return nil }
        return ELFFile(file)
    }

    package init?(_ file: borrowing Descriptor) {
        guard Self.isReady, let elf = elf_begin(file.number, ELF_C_READ, nil) else { return nil }
        defer { elf_end(elf) }
        var header = GElf_Ehdr()
        guard elf_kind(elf) == ELF_K_ELF, gelf_getehdr(elf, &header) != nil else { return nil }
        machine = header.e_machine
        isWide = gelf_getclass(elf) == Int32(ELFCLASS64)
        kind =
            switch Int32(header.e_type) {
            case ET_EXEC: .fixed
            case ET_DYN: .shared
            default: .other
            }
        guard readSegments(elf, header) else { return nil }
    }

    private static let isReady = elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE)

    /// The limit of the kernel; see load_elf_phdrs() there.
    private static let mostSegments = 65536 / 32
    /// Far more than there are tags.
    private static let largestDynamic: UInt64 = 1 << 20
    /// PATH_MAX, as in the kernel.
    private static let longestInterpreter: UInt64 = 4096

    private mutating func readSegments(_ elf: OpaquePointer, _ file: GElf_Ehdr) -> Bool {
        guard file.e_phnum > 0 else { return true }
        var count = 0
        // libelf returns fewer headers, or none, if the table is truncated.
        guard elf_getphdrnum(elf, &count) == 0, count == file.e_phnum, count <= Self.mostSegments,
            Int(file.e_phentsize) == gelf_fsize(elf, ELF_T_PHDR, 1, UInt32(EV_CURRENT))
        else { return false }
        var dynamic: GElf_Phdr?
        for index in 0..<count {
            var header = GElf_Phdr()
            guard gelf_getphdr(elf, Int32(index), &header) != nil else { return false }
            segments.append(Segment(header))
            switch header.p_type {
            case UInt32(PT_INTERP): interpreter = interpreter ?? Self.path(elf, header)
            case UInt32(PT_DYNAMIC):
                readDynamic(elf, header)
                dynamic = header
            default: break
            }
        }
        // The names are found by addresses, which takes all segments.
        if let dynamic { readNames(elf, dynamic) }
        return true
    }

    private static func path(_ elf: OpaquePointer, _ header: GElf_Phdr) -> BytePath? {
        guard header.p_filesz <= longestInterpreter, let data = data(elf, header, ELF_T_BYTE) else { return nil }
        let text = UnsafeRawBufferPointer(start: data.pointee.d_buf, count: data.pointee.d_size).prefix { $0 != 0 }
        return text.isEmpty ? nil : BytePath(text)
    }

    private mutating func readDynamic(_ elf: OpaquePointer, _ header: GElf_Phdr) {
        guard header.p_filesz <= Self.largestDynamic, let data = Self.data(elf, header, ELF_T_DYN) else { return }
        var index: Int32 = 0
        var entry = GElf_Dyn()
        // libelf returns no entry beyond the end of the data.
        while gelf_getdyn(data, index, &entry) != nil, entry.d_tag != Int64(DT_NULL) {
            switch entry.d_tag {
            case Int64(DT_TEXTREL): hasTextRelocations = true
            case Int64(DT_FLAGS): hasTextRelocations = hasTextRelocations || entry.d_un.d_val & UInt64(DF_TEXTREL) != 0
            case Int64(DT_FLAGS_1): isMarkedProgram = entry.d_un.d_val & UInt64(DF_1_PIE) != 0
            default: break
            }
            index += 1
        }
    }

    private mutating func readNames(_ elf: OpaquePointer, _ header: GElf_Phdr) {
        guard header.p_filesz <= Self.largestDynamic, let data = Self.data(elf, header, ELF_T_DYN) else { return }
        var values: [(tag: Int64, value: UInt64)] = []
        var index: Int32 = 0
        var entry = GElf_Dyn()
        while gelf_getdyn(data, index, &entry) != nil, entry.d_tag != Int64(DT_NULL) {
            values.append((entry.d_tag, entry.d_un.d_val))
            index += 1
        }
        let value = { (tag: Int32) in values.last { $0.tag == Int64(tag) }?.value }
        guard let address = value(DT_STRTAB), let size = value(DT_STRSZ), size <= Self.largestStrings,
            let offset = offset(ofAddress: address), let start = Int64(exactly: offset),
            let strings = elf_getdata_rawchunk(elf, start, Int(size), ELF_T_BYTE)
        else { return }
        let table = UnsafeRawBufferPointer(start: strings.pointee.d_buf, count: strings.pointee.d_size)
        let name = { (offset: UInt64) -> [UInt8]? in
            guard let start = Int(exactly: offset), start < table.count else { return nil }
            let text = table[start...].prefix { $0 != 0 }
            return text.endIndex < table.count ? Array(text) : nil
        }
        libraries = NeededLibraries(
            names: values.filter { $0.tag == Int64(DT_NEEDED) }.compactMap { name($0.value) },
            runPath: value(DT_RUNPATH).flatMap(name), inheritedPath: value(DT_RPATH).flatMap(name))
    }

    /// Where an address lies in the file.
    private func offset(ofAddress address: UInt64) -> UInt64? {
        for segment in segments where segment.kind == .load && address >= segment.address {
            let inner = address - segment.address
            if inner < segment.fileSize { return segment.offset.addingReportingOverflow(inner).partialValue }
        }
        return nil
    }

    /// Far more than there are names.
    private static let largestStrings: UInt64 = 1 << 28

    /// The content of a segment, which belongs to `elf`; nil if the segment is
    /// truncated.
    private static func data(
        _ elf: OpaquePointer, _ header: GElf_Phdr, _ type: Elf_Type
    ) -> UnsafeMutablePointer<Elf_Data>? {
        guard let offset = Int64(exactly: header.p_offset), let size = Int(exactly: header.p_filesz), size > 0 else {
            return nil
        }
        return elf_getdata_rawchunk(elf, offset, size, type)
    }
}

extension ELFFile.Segment {
    fileprivate init(_ header: GElf_Phdr) {
        kind =
            switch header.p_type {
            case UInt32(PT_LOAD): .load
            case UInt32(PT_GNU_STACK): .stack
            default: .other
            }
        isWritable = header.p_flags & UInt32(PF_W) != 0
        isExecutable = header.p_flags & UInt32(PF_X) != 0
        address = header.p_vaddr
        offset = header.p_offset
        fileSize = header.p_filesz
        memorySize = header.p_memsz
    }
}
