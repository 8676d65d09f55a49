// SPDX-License-Identifier: LGPL-2.1-or-later

/// A property of a file that requires memory that is writable and executable,
/// which the level word wx_memory refuses.
package enum MemoryFinding: Hashable, Sendable {
    /// A segment is loaded both writable and executable, at this address.
    case writableCode(address: UInt64)
    /// An executable segment is larger in memory than in the file: the rest is
    /// executable memory with no file behind it.
    case codeWithoutContent(address: UInt64)
    /// The file asks for an executable stack.
    case executableStack
    /// The file does not specify the stack, which has the same effect.
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
        // If there are several, the last one applies, in the kernel and in the
        // C library.
        if let stack = segments.last(where: { $0.kind == .stack }) {
            if stack.isExecutable { findings.append(.executableStack) }
        } else if !isWide || isLibrary {
            // The kernel makes all readable memory of a 32-bit program
            // executable. For a 64-bit library, the C library makes the stack
            // executable.
            findings.append(.unmarkedStack)
        }
        if hasTextRelocations { findings.append(.textRelocations) }
        return findings
    }
}
