// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
import Image
import SystemIO
import Tool

/// The policy in force, and how the rules on the disk relate to it.
package struct PolicyState {
    package enum Drift: String {
        case same
        /// Rule files, or the signed image, were changed since the load.
        case changed
        /// The directories cannot be read.
        case unknown
    }

    /// The SHA-256 of the image that was loaded last.
    package let identity: [UInt8]
    /// Whether nothing else has changed the rules since.
    package let isInForce: Bool
    package let drift: Drift
    /// nil for rules that were not loaded from a signed image.
    package let signed: PolicySignature?

    /// nil if the rules of the system were not loaded since the last boot, or if
    /// it is not known.
    package static func find(_ info: KernelInfo, _ surroundings: Surroundings) -> PolicyState? {
        guard let loaded = PolicyStore(surroundings).loaded else { return nil }
        let sources = loaded.signed == nil ? try? PolicySources(surroundings).digest : signedImage(surroundings)
        let drift = sources.map { $0 == loaded.sources ? Drift.same : .changed } ?? .unknown
        return PolicyState(
            identity: loaded.identity, isInForce: loaded.generation == info.generation, drift: drift,
            signed: loaded.signed)
    }

    /// The identity of the image that the next boot loads; nil if it cannot be read.
    private static func signedImage(_ surroundings: Surroundings) -> [UInt8]? {
        let path = SignedPolicy.imagePath(surroundings)
        return (try? Files.read(path, limit: ImageFormat.maximumSize)).flatMap { try? PolicyRecord.sha256($0) }
    }

    private var name: String { String(decoding: Hex.encode(Array(identity.prefix(6))), as: UTF8.self) }

    package var text: String {
        let disk =
            switch drift {
            case .same: "; on disk: the same"
            case .changed: "; on disk: changed since" + (signed == nil ? ", see verictl diff" : "")
            case .unknown: ""
            }
        let origin = signed.map { ", number \($0.number), signed by \(DisplayText.of($0.certificate))" } ?? ""
        return name + origin + (isInForce ? "" : ", and changes since it was loaded") + disk
    }

    /// Members of the JSON object of the status.
    package var members: [(String, JSONValue)] {
        var members: [(String, JSONValue)] = [
            ("identity", .hex(identity)), ("in_force", .bool(isInForce)), ("disk", .string(drift.rawValue)),
        ]
        if let signed {
            members.append(("number", .unsigned(UInt64(signed.number))))
            members += JSONValue.members("certificate", bytes: signed.certificate)
        }
        return [("policy", .object(members))]
    }
}
