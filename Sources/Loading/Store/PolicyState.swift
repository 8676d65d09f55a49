// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device

/// The policy in force, and how the rules on the disk relate to it.
package struct PolicyState {
    package enum Drift: String {
        case same
        /// Rule files were changed, added or removed since the load.
        case changed
        /// The directories cannot be read.
        case unknown
    }

    /// The SHA-256 of the image that was loaded last.
    package let identity: [UInt8]
    /// Whether nothing else has changed the rules since.
    package let isInForce: Bool
    package let drift: Drift

    /// nil if the rules of the system were not loaded since the last boot, or if
    /// it is not known.
    package static func find(_ info: KernelInfo, _ surroundings: Surroundings) -> PolicyState? {
        guard let loaded = PolicyStore(surroundings).loaded else { return nil }
        let sources = try? PolicySources(surroundings)
        let drift = sources.map { $0.digest == loaded.sources ? Drift.same : .changed } ?? .unknown
        return PolicyState(
            identity: loaded.identity, isInForce: loaded.generation == info.generation, drift: drift)
    }

    private var name: String { String(decoding: Hex.encode(Array(identity.prefix(6))), as: UTF8.self) }

    package var text: String {
        let disk =
            switch drift {
            case .same: "; on disk: the same"
            case .changed: "; on disk: changed since, see verictl diff"
            case .unknown: ""
            }
        return name + (isInForce ? "" : ", and changes since it was loaded") + disk
    }

    /// Members of the JSON object of the status.
    package var members: [(String, JSONValue)] {
        [
            (
                "policy",
                .object([
                    ("identity", .hex(identity)), ("in_force", .bool(isInForce)), ("disk", .string(drift.rawValue)),
                ])
            )
        ]
    }
}
