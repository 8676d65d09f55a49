// SPDX-License-Identifier: LGPL-2.1-or-later

import CClip
import CMnl

/// The numbers of the netlink family, which the kernel assigns at boot.
package struct Family: Equatable, Sendable {
    package private(set) var id: UInt16 = 0
    package private(set) var version: UInt32 = 0
    /// The numbers of the multicast groups by name.
    package private(set) var groups: [String: UInt32] = [:]

    /// Reads the answer to CTRL_CMD_GETFAMILY. Throws if it has no number for
    /// the family.
    package init(_ answer: NetlinkMessage) throws(MalformedMessage) {
        for attribute in answer.attributes {
            switch attribute.type {
            case CTRL_ATTR_FAMILY_ID: id = try attribute.number()
            case CTRL_ATTR_VERSION: version = try attribute.number()
            case CTRL_ATTR_MCAST_GROUPS:
                for group in try attribute.nested() { try add(group.nested()) }
            default: break
            }
        }
        guard id != 0 else { throw MalformedMessage(problem: "the family has no number") }
    }

    private mutating func add(_ group: [NetlinkAttribute]) throws(MalformedMessage) {
        var name = ""
        var number: UInt32?
        for attribute in group {
            switch attribute.type {
            case CTRL_ATTR_MCAST_GRP_NAME:
                name = String(decoding: attribute.payload.prefix { $0 != 0 }, as: UTF8.self)
            case CTRL_ATTR_MCAST_GRP_ID: number = try attribute.number()
            default: break
            }
        }
        if let number { groups[name] = number }
    }
}
