// SPDX-License-Identifier: LGPL-2.1-or-later

/// The use of an entry and the conditions under which it applies:
/// `CLIP_ENTRY_*` of linux/clip.h. ImageTests compares every value with the
/// header's.
package struct EntryFlags: LetterMask {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Used at exec.
    package static let executable = EntryFlags(rawValue: 1 << 0)
    /// Used for executable mappings: a library or the ELF loader.
    package static let library = EntryFlags(rawValue: 1 << 1)
    /// The entry applies only if the caller's uid and euid are 0.
    package static let needRoot = EntryFlags(rawValue: 1 << 2)
    /// Libraries mapped later must be listed.
    package static let needLibraries = EntryFlags(rawValue: 1 << 3)
    /// Libraries mapped later must be listed and match.
    package static let checkLibraries = EntryFlags(rawValue: 1 << 4)
    /// The inheritable set is forced on the task.
    package static let inherit = EntryFlags(rawValue: 1 << 8)
    /// A script: its grant passes to the interpreter.
    package static let script = EntryFlags(rawValue: 1 << 9)
    /// The entry applies only if a kernel thread executes the file.
    package static let kernelThread = EntryFlags(rawValue: 1 << 10)
    /// An interpreter: no grant alone, ANDed with the script's.
    package static let interpreter = EntryFlags(rawValue: 1 << 11)
    /// The grant is made even to a task that is traced or shares resources;
    /// no_new_privs still prevents it.
    package static let unsafe = EntryFlags(rawValue: 1 << 12)
    /// A just-in-time compiler: it may execute memory that it has written.
    package static let justInTime = EntryFlags(rawValue: 1 << 13)

    /// The program starts with the securebits that interpreters obey, locked.
    package static let restrict = EntryFlags(rawValue: 1 << 14)
    /// An interpreter that runs only to interpret a verified script.
    package static let indirect = EntryFlags(rawValue: 1 << 15)

    package static let keys: [LetterKey<EntryFlags>] = [
        LetterKey("I", "INHERIT", .inherit),
        LetterKey("e", "EXE", .executable),
        LetterKey("l", "LIB", .library),
        LetterKey("N", "NEEDLIBS", .needLibraries),
        LetterKey("L", "CHECKLIBS", .checkLibraries),
        LetterKey("s", "SCRIPT", .script),
        LetterKey("i", "INTERP", .interpreter),
        LetterKey("k", "KTHREAD", .kernelThread),
        LetterKey("r", "NEEDROOT", .needRoot),
        LetterKey("u", "UNSAFE", .unsafe),
        LetterKey("j", "JIT", .justInTime),
        LetterKey("R", "RESTRICT", .restrict),
        LetterKey("O", "INDIRECT", .indirect),
    ]

    package static let all = union(of: keys)

    package static let noun = "flag"
}
