// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CClip
package import Device
package import Policy

/// The kind of an event: enum clip_event_kind of linux/clip.h. A number that is
/// newer than this tool is kept as it is.
package struct EventKind: Hashable, Sendable, CustomStringConvertible {
    package let number: UInt32

    package init(_ number: UInt32) {
        self.number = number
    }

    package static let exec = EventKind(CLIP_EVENT_EXEC.rawValue)
    package static let map = EventKind(CLIP_EVENT_MAP.rawValue)
    package static let task = EventKind(CLIP_EVENT_TASK.rawValue)
    package static let admin = EventKind(CLIP_EVENT_ADMIN.rawValue)
    package static let ungranted = EventKind(CLIP_EVENT_UNGRANTED.rawValue)
    package static let grant = EventKind(CLIP_EVENT_GRANT.rawValue)
    package static let create = EventKind(CLIP_EVENT_CREATE.rawValue)
    package static let replaced = EventKind(CLIP_EVENT_REPLACED.rawValue)
    package static let check = EventKind(CLIP_EVENT_CHECK.rawValue)

    package var description: String {
        clip_event_name(number).map { String(cString: $0) } ?? "kind-\(number)"
    }
}

/// One message of the kernel. An attribute that the message lacks is nil.
package struct Event: Equatable, Sendable {
    /// The number of the message within its group, from 1 at boot.
    package var sequence: UInt64?
    /// How many events the kernel left out before this one.
    package var dropped: UInt64 = 0
    /// Nanoseconds since 1970.
    package var time: UInt64?
    package var kind = EventKind(0)
    package var reason = Reason.none
    /// The errno value of a refusal, or 0.
    package var error: UInt32 = 0
    package var isEnforced = true
    package var act: [UInt8]?
    package var context: ContextID?
    package var serial: UInt64?
    package var process: UInt32?
    package var thread: UInt32?
    package var user: UInt32?
    package var effectiveUser: UInt32?
    package var command: [UInt8]?
    package var target: UInt32?
    package var deviceMajor: UInt32?
    package var deviceMinor: UInt32?
    package var inode: UInt64?
    package var path: BytePath?
    /// The digest algorithm as a number, because it can be newer than this tool.
    package var algorithm: UInt32?
    package var wanted: [UInt8]?
    package var found: [UInt8]?
    package var source: [UInt8]?
    package var line: UInt32?
    package var effective: CapabilitySet?
    package var permitted: CapabilitySet?
    package var inheritable: CapabilitySet?
    package var privileges: Privileges?
    package var generation: UInt64?

    package init() {}
}

extension Event {
    /// Whether the event is a refusal, enforced or not.
    package var isRefusal: Bool { error != 0 }

    /// `major:minor`, if the event is about a file.
    package var device: String? {
        guard let deviceMajor, let deviceMinor else { return nil }
        return "\(deviceMajor):\(deviceMinor)"
    }

    /// The word that rules have for the algorithm, or its number.
    package var algorithmName: String? {
        algorithm.map { number in
            UInt16(exactly: number).flatMap(DigestAlgorithm.init(rawValue:))?.name ?? "number\(number)"
        }
    }
}
