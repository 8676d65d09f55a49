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

    /// Reads a message of the family. Attributes that are newer than this tool
    /// are left out. Throws if the kind of the event is missing, or an attribute
    /// does not have its size.
    package init(_ message: NetlinkMessage) throws(MalformedMessage) {
        guard message.command == UInt8(CLIP_GENL_CMD_EVENT.rawValue) else {
            throw MalformedMessage(problem: "command \(message.command) is not an event")
        }
        for attribute in message.attributes {
            if try !setNumber(attribute) { try setRest(attribute) }
        }
        guard kind.number != 0 else { throw MalformedMessage(problem: "the event has no kind") }
    }

    /// Stores an attribute that most kinds of events have; returns false if it is
    /// another one.
    private mutating func setNumber(_ attribute: NetlinkAttribute) throws(MalformedMessage) -> Bool {
        switch clip_event_attr(rawValue: UInt32(attribute.type)) {
        case CLIP_EVENT_A_SEQUENCE: sequence = try attribute.number()
        case CLIP_EVENT_A_DROPPED: dropped = try attribute.number()
        case CLIP_EVENT_A_TIME: time = try attribute.number()
        case CLIP_EVENT_A_KIND: kind = EventKind(try attribute.number())
        case CLIP_EVENT_A_REASON: reason = Reason(try attribute.number())
        case CLIP_EVENT_A_ERROR: error = try attribute.number()
        case CLIP_EVENT_A_ENFORCED: isEnforced = try attribute.number(as: UInt8.self) != 0
        case CLIP_EVENT_A_CONTEXT: context = ContextID(try attribute.number())
        case CLIP_EVENT_A_SERIAL: serial = try attribute.number()
        case CLIP_EVENT_A_PID: process = try attribute.number()
        case CLIP_EVENT_A_TID: thread = try attribute.number()
        case CLIP_EVENT_A_UID: user = try attribute.number()
        case CLIP_EVENT_A_EUID: effectiveUser = try attribute.number()
        case CLIP_EVENT_A_TARGET: target = try attribute.number()
        case CLIP_EVENT_A_GENERATION: generation = try attribute.number()
        default: return false
        }
        return true
    }

    private mutating func setRest(_ attribute: NetlinkAttribute) throws(MalformedMessage) {
        switch clip_event_attr(rawValue: UInt32(attribute.type)) {
        case CLIP_EVENT_A_ACT: act = attribute.payload
        case CLIP_EVENT_A_COMM: command = attribute.payload
        case CLIP_EVENT_A_DEV_MAJOR: deviceMajor = try attribute.number()
        case CLIP_EVENT_A_DEV_MINOR: deviceMinor = try attribute.number()
        case CLIP_EVENT_A_INODE: inode = try attribute.number()
        case CLIP_EVENT_A_PATH: path = BytePath(attribute.payload)
        case CLIP_EVENT_A_ALGORITHM: algorithm = try attribute.number()
        case CLIP_EVENT_A_WANTED: wanted = attribute.payload
        case CLIP_EVENT_A_FOUND: found = attribute.payload
        case CLIP_EVENT_A_SOURCE: source = attribute.payload
        case CLIP_EVENT_A_LINE: line = try attribute.number()
        case CLIP_EVENT_A_CAP_EFFECTIVE: effective = CapabilitySet(rawValue: try attribute.number())
        case CLIP_EVENT_A_CAP_PERMITTED: permitted = CapabilitySet(rawValue: try attribute.number())
        case CLIP_EVENT_A_CAP_INHERITABLE: inheritable = CapabilitySet(rawValue: try attribute.number())
        case CLIP_EVENT_A_PRIVILEGES: privileges = Privileges(rawValue: try attribute.number())
        default: break
        }
    }
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
