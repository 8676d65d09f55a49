// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

extension Rule {
    /// The rule as a line of nine fields without a newline, and the name beside an
    /// allow digest as a comment; the parser turns it back into the same rule. A
    /// name that would make the line too long for old tools is left out.
    package var line: [UInt8] {
        var text: [UInt8] = []
        appendLine(to: &text)
        return text
    }

    /// Field 9: the digest, and the size behind an allow digest.
    package var fingerprint: [UInt8] {
        var text: [UInt8] = []
        appendFingerprint(to: &text)
        return text
    }

    private func appendFingerprint(to text: inout [UInt8]) {
        Hex.append(digest, to: &text)
        guard let fileSize else { return }
        text.append(FileSize.mark)
        text += String(fileSize.bytes).utf8
    }

    /// Appends the line to text.
    package func appendLine(to text: inout [UInt8]) {
        let start = text.count
        OctalEscape.append(subject.field, to: &text)
        text.append(ASCII.space)
        text += context.text.utf8
        text.append(ASCII.space)
        flags.appendLetters(to: &text)
        for capabilities in [effective, permitted, inheritable] {
            text.append(ASCII.space)
            capabilities.append(to: &text)
        }
        text.append(ASCII.space)
        privileges.appendLetters(to: &text)
        text.append(ASCII.space)
        text += algorithm.name.utf8
        text.append(ASCII.space)
        appendFingerprint(to: &text)
        guard let name, isAllowDigest else { return }
        let end = text.count
        text += [ASCII.space, ASCII.hash, ASCII.space]
        OctalEscape.append(name.bytes, to: &text)
        if text.count - start > RuleLimits.oldLineLength { text.removeSubrange(end...) }
    }
}
