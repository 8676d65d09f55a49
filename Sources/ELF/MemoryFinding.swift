// SPDX-License-Identifier: LGPL-2.1-or-later

/// What in a file asks for memory that is writable and executable. The rule
/// wx_memory refuses it.
package enum MemoryFinding: Hashable, Sendable {
    /// A segment is loaded both writable and executable, at this address.
    case writableCode(address: UInt64)
    /// An executable segment is larger in memory than in the file: the rest is
    /// executable memory with no file behind it.
    case codeWithoutContent(address: UInt64)
    /// The file asks for an executable stack.
    case executableStack
    /// It does not say what the stack should be, which means the same.
    case unmarkedStack
    /// Code is written to when the file is loaded.
    case textRelocations
}

extension ELFFile {
    /// In the order of the file's headers, the stack and relocations last.
    package var memoryFindings: [MemoryFinding] {
        guard kind != .other else { return [] }
        var findings: [MemoryFinding] = []
        for segment in segments where segment.kind == .load && segment.isExecutable {
            if segment.isWritable { findings.append(.writableCode(address: segment.address)) }
            if segment.memorySize > segment.fileSize { findings.append(.codeWithoutContent(address: segment.address)) }
        }
        // Of several the last one counts, for the kernel as for the C library.
        if let stack = segments.last(where: { $0.kind == .stack }) {
            if stack.isExecutable { findings.append(.executableStack) }
        } else if !isWide || isLibrary {
            // The kernel makes all that a program of 32 bits may read executable.
            // For a library of 64 bits, the C library makes the stack so.
            findings.append(.unmarkedStack)
        }
        if hasTextRelocations { findings.append(.textRelocations) }
        return findings
    }
}
