// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Decides which names in a directory are rule files. Package managers and
/// editors leave copies behind; loading one would restore rules that were
/// removed.
package enum DropIns {
    /// Whether a name is that of a file which a package manager or an editor
    /// leaves behind. Other names that are skipped may be meant as rule files.
    package static func isLeftover(_ name: [UInt8]) -> Bool {
        guard let reason = reasonToSkip(name) else { return false }
        return reason != unknownName
    }

    private static let unknownName = "the name has a dot and does not end in .conf"

    /// The reason why a name is not that of a rule file; nil if it is.
    package static func reasonToSkip(_ name: [UInt8]) -> String? {
        let text = name[...]
        if text.first == UInt8(ascii: ".") { return "hidden file" }
        if text.last == UInt8(ascii: "~") { return "backup copy" }
        if text.count > 1, text.first == ASCII.hash, text.last == ASCII.hash { return "editor's copy" }
        for (suffix, reason) in leftoverSuffixes where ends(text, suffix) { return reason }
        for (part, reason) in leftoverParts where text.firstPlace(of: Array(part.utf8)) != nil { return reason }
        if ends(text, ".conf") || !text.contains(UInt8(ascii: ".")) { return nil }
        return unknownName
    }

    private static let leftoverSuffixes: [(String, String)] = [
        (".bak", "backup copy"), (".old", "backup copy"), (".orig", "backup copy"), (".rej", "rejected patch"),
        (".swp", "editor's copy"), (".swo", "editor's copy"), (".tmp", "temporary file"),
        (".pacnew", "package leftover"), (".pacsave", "package leftover"), (".pacorig", "package leftover"),
    ]

    private static let leftoverParts: [(String, String)] = [
        (".dpkg-", "package leftover"), (".ucf-", "package leftover"), (".rpm", "package leftover"),
        ("._cfg", "package leftover"),
    ]

    private static func ends(_ name: ArraySlice<UInt8>, _ suffix: String) -> Bool {
        name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}
