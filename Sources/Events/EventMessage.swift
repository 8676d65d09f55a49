// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
import Device
package import EventRecord
import Policy

extension Event {
    /// Reads a message of the family. Attributes that are newer than this tool
    /// are left out. Throws if the kind of the event is missing, or an attribute
    /// does not have its size.
    package init(_ message: NetlinkMessage) throws(MalformedMessage) {
        self.init()
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
