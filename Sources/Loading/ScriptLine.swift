// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// The first line of a script, as load_script() of fs/binfmt_script.c reads it.
enum ScriptLine: Equatable {
    /// No script.
    case none
    /// `#!` without a name that can be used.
    case unusable
    case interpreter(BytePath)

    /// `BINPRM_BUF_SIZE` of linux/binfmts.h: what the kernel reads of a file.
    static let headSize = 256

    /// `head` is the beginning of the file.
    init(_ head: [UInt8]) {
        guard head.starts(with: "#!".utf8) else {
            self = .none
            return
        }
        // The kernel's buffer ends with zeros, and its last byte is not used.
        let all = head.prefix(Self.headSize) + repeatElement(0, count: max(0, Self.headSize - head.count))
        let text = all.dropFirst(2)
        let line: ArraySlice<UInt8>
        if let end = text.firstIndex(where: { $0 == ASCII.newline || $0 == 0 }), text[end] == ASCII.newline {
            line = text[..<end]
        } else {
            // A name that does not end in the buffer is cut off.
            line = text.dropLast()
            let rest = line.drop(while: ASCII.isBlank)
            guard !rest.isEmpty, rest.contains(where: { ASCII.isBlank($0) || $0 == 0 }) else {
                self = .unusable
                return
            }
        }
        let rest = line.drop(while: ASCII.isBlank)
        self = rest.isEmpty ? .unusable : .interpreter(BytePath(rest.prefix { !ASCII.isBlank($0) && $0 != 0 }))
    }
}
