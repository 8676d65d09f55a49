// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Policy
import SystemIO

/// The capabilities that a file grants by its attribute `security.capability`,
/// as setcap(8) sets it. An entry replaces them: they do not count for a file
/// whose entry applies.
package struct FileCapabilities: Equatable {
    package var permitted: CapabilitySet
    package var inheritable: CapabilitySet
    /// Whether what is granted is effective at once.
    package var isEffective: Bool

    package var effective: CapabilitySet { isEffective ? permitted.union(inheritable) : [] }

    /// nil if the file has none that count outside of a user namespace, or if
    /// it cannot be read.
    package static func read(_ file: BytePath) -> FileCapabilities? {
        (try? Files.attribute("security.capability", of: file)).flatMap { FileCapabilities(attribute: $0) }
    }

    /// Whether a rule grants at least as much.
    func isGranted(by rule: Rule) -> Bool {
        rule.permitted.isSuperset(of: permitted) && rule.inheritable.isSuperset(of: inheritable)
            && rule.effective.isSuperset(of: effective)
    }

    /// `NET_RAW (effective)`
    var text: String {
        permitted.union(inheritable).text + (isEffective ? " (effective)" : "")
    }
}

extension FileCapabilities {
    /// The same for an open file.
    init?(attributeOf file: borrowing Descriptor) {
        guard let value = try? file.attribute("security.capability"),
            let capabilities = FileCapabilities(attribute: value)
        else { return nil }
        self = capabilities
    }

    /// Reads struct vfs_cap_data or struct vfs_ns_cap_data of
    /// linux/capability.h: little-endian numbers of 32 bits. nil if it is
    /// malformed or grants nothing.
    init?(attribute: [UInt8]) {
        guard attribute.count >= 4, attribute.count % 4 == 0 else { return nil }
        let words = stride(from: 0, to: attribute.count, by: 4).map { start in
            (0..<4).reduce(UInt64(0)) { $0 | UInt64(attribute[start + $1]) << UInt64(8 * $1) }
        }
        // VFS_CAP_REVISION_MASK
        switch (words[0] & 0xff00_0000, words.count) {
        case (0x0100_0000, 3):
            (permitted, inheritable) = (CapabilitySet(rawValue: words[1]), CapabilitySet(rawValue: words[2]))
        case (0x0200_0000, 5), (0x0300_0000, 6):
            permitted = CapabilitySet(rawValue: words[1] | words[3] << 32)
            inheritable = CapabilitySet(rawValue: words[2] | words[4] << 32)
            // The attribute of another user namespace, which its root may set.
            if words.count == 6, words[5] != 0 { return nil }
        default:
            return nil
        }
        // VFS_CAP_FLAGS_EFFECTIVE
        isEffective = words[0] & 1 != 0
        // A rule has no word for bits of a newer kernel.
        permitted.formIntersection(.all)
        inheritable.formIntersection(.all)
        if permitted.union(inheritable).isEmpty { return nil }
    }
}
