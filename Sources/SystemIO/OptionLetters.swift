// SPDX-License-Identifier: LGPL-2.1-or-later

import CSystem
import Glibc

/// Options of one letter, as getopt(3) of the C library reads them: letters may
/// be bundled, a value is the rest of its word or the next word, and `--` ends
/// the options. Words that are no options are left out.
package enum OptionLetters {
    /// One element of a command line, in the order of the command line.
    package enum Element: Equatable, Sendable {
        case flag(UInt8)
        case value(UInt8, [UInt8])
        /// A letter that is not among those that are known.
        case unknown(UInt8)
        /// A letter that takes a value, at the end of the command line.
        case missingValue(UInt8)
    }

    /// Reads `arguments`, which are without the name of the program.
    ///
    /// - Parameter letters: the known letters, each followed by a colon if it
    ///   takes a value; see getopt(3).
    package static func parse(_ arguments: [[UInt8]], letters: String) -> [Element] {
        // getopt(3) skips the first word. An argument ends at its first NUL, as
        // any argument of a process does.
        let words = ([[]] + arguments).map { strdup($0.map { CChar(bitPattern: $0) } + [0]) }
        defer { for word in words { free(word) } }
        // Each option takes at least one byte.
        let capacity = arguments.reduce(0) { $0 + $1.count }
        var options = [csystem_option](repeating: csystem_option(), count: capacity)
        let count = csystem_options(Int32(clamping: words.count), words + [nil], letters, &options, UInt(capacity))
        return options.prefix(Int(count)).map(element)
    }

    private static func element(_ option: csystem_option) -> Element {
        switch UInt8(truncatingIfNeeded: option.code) {
        case UInt8(ascii: "?"): .unknown(option.letter)
        case UInt8(ascii: ":"): .missingValue(option.letter)
        default:
            option.value.map { .value(option.letter, Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))) }
                ?? .flag(option.letter)
        }
    }
}
