// SPDX-License-Identifier: LGPL-2.1-or-later

import Generation

/// Whether a file of a package is code: it has an x bit, is ELF, begins with `#!`,
/// or is a kernel module, which may be compressed.
enum CodeForm {
    /// Bytes that tell.
    static let startSize = 4

    private static let elf: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]
    private static let script = Array("#!".utf8)

    /// With `modules`, the names of files that interpreters read count as well.
    static func isCode(permissions: UInt32, start: [UInt8], name: [UInt8], modules: Bool) -> Bool {
        permissions & 0o111 != 0 || KernelModule.isName(name) || start.starts(with: elf) || start.starts(with: script)
            || modules && ScriptFile.hasKnownName(name)
    }
}
