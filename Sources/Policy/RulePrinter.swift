// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

extension Rule {
    /// The rule as a line of nine fields without a newline, and the name beside an
    /// allow digest as a comment; the parser turns it back into the same rule. A
    /// name that would make the line too long for old tools is left out.
    package var line: [UInt8] {
        let fields = fields
        guard let name, isAllowDigest else { return fields }
        let comment = [ASCII.space, ASCII.hash, ASCII.space] + OctalEscape.encode(name.bytes)
        return fields.count + comment.count <= RuleLimits.oldLineLength ? fields + comment : fields
    }

    private var fields: [UInt8] {
        var text = OctalEscape.encode(subject.field)
        text.reserveCapacity(text.count + 2 * digest.count + 64)
        for field in [Array(context.text.utf8), flags.letters] + [effective, permitted, inheritable].map(Self.bytes) {
            text.append(ASCII.space)
            text += field
        }
        for field in [privileges.letters, Array(algorithm.name.utf8), Hex.encode(digest)] {
            text.append(ASCII.space)
            text += field
        }
        return text
    }

    private static func bytes(_ capabilities: CapabilitySet) -> [UInt8] {
        Array(capabilities.text.utf8)
    }
}
