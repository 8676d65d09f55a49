// SPDX-License-Identifier: LGPL-2.1-or-later

import Policy

/// The texts of -h and -H.
enum LegacyHelp {
    static let short = """
        usage: verictl ACTION [-c TEXT | -f FILE] [-D]
          -l          load entries            (-c ENTRY or -f FILE; - is standard input)
          -u          unload entries          (-c ENTRY or -f FILE)
          -x          create a context        (-c CONTEXT)
          -X          delete a context        (-c CONTEXT)
          -y          narrow its bounds       (-c CONTEXT)
          -e, -d      set the level of the current context to active, to nothing
          -L LEVEL    set a level: [context-]word[:word...]
          -p          print the level of the current context
          -U CONTEXT  declare the update context
          -m          print the number of entries
          -D          print the requests, send none
          -h, -H, -v  this help, a longer one, the version
        verictl --help lists the commands of this version.

        """

    /// The long help lists the words of the fields, from the tables of the
    /// parser.
    static var long: String {
        var text = short
        text += "\nENTRY, nine fields (effective, permitted and inheritable are capabilities):\n"
        text += "  path context flags effective permitted inheritable privileges algorithm digest\n"
        text += "\nCONTEXT:\n  context level capabilities privileges\n"
        text += "\nflags (- for none):\n" + letters(EntryFlags.self)
        text += "\nprivileges (- for none):\n" + letters(Privileges.self)
        text += "\ncapabilities (- for none, joined by |):\n" + wrapped(CapabilitySet.words.map(\.word))
        text += "\nalgorithms:\n" + wrapped(DigestAlgorithm.allCases.map(\.name))
        text += "\nlevels (inactive for none, joined by :):\n" + wrapped(ContextLevel.words.map(\.word))
        return text
    }

    private static func letters<Mask: LetterMask>(_: Mask.Type) -> String {
        wrapped(Mask.keys.map { "\(Unicode.Scalar($0.letter)) \($0.name)" })
    }

    /// Wraps words in lines of at most 78 columns.
    private static func wrapped(_ words: [String]) -> String {
        var lines: [String] = []
        for word in words {
            if let last = lines.last, last.utf8.count + word.utf8.count + 2 <= 78 {
                lines[lines.count - 1] = last + ", " + word
            } else {
                lines.append("  " + word)
            }
        }
        return lines.joined(separator: ",\n") + "\n"
    }
}
