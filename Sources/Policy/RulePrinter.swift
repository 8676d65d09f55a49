// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

extension Rule {
    /// The rule as a line of nine fields without a newline; the parser turns it
    /// back into the same rule.
    package var line: [UInt8] {
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
