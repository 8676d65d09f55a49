// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CMnl

/// A message that does not have the form it should have.
package struct MalformedMessage: Error, Equatable {
    package let problem: String
}

/// One attribute of a message, with its payload copied out.
package struct NetlinkAttribute: Equatable, Sendable {
    package let type: Int
    package let payload: [UInt8]

    /// The payload as a number of exactly this size.
    func number<Number: FixedWidthInteger & UnsignedInteger>(as: Number.Type = Number.self) throws(MalformedMessage)
        -> Number
    {
        guard payload.count == Number.bitWidth / 8 else {
            throw MalformedMessage(problem: "attribute \(type) has \(payload.count) bytes")
        }
        return payload.loadNative(at: 0)
    }

    /// The attributes that the payload consists of.
    func nested() throws(MalformedMessage) -> [NetlinkAttribute] {
        try Self.list(in: payload, from: 0)
    }

    /// The attributes in `bytes[start...]`, which must fill them.
    static func list(in bytes: [UInt8], from start: Int) throws(MalformedMessage) -> [NetlinkAttribute] {
        var attributes: [NetlinkAttribute] = []
        let rest = bytes.withUnsafeBytes { buffer -> Int in
            guard let base = buffer.baseAddress, start < buffer.count else { return 0 }
            let end = base + buffer.count
            var next = (base + start).assumingMemoryBound(to: nlattr.self)
            while mnl_attr_ok(next, Int32(clamping: end - UnsafeRawPointer(next))) {
                let length = Int(mnl_attr_get_payload_len(next))
                let payload = UnsafeRawBufferPointer(start: mnl_attr_get_payload(next), count: length)
                attributes.append(NetlinkAttribute(type: Int(mnl_attr_get_type(next)), payload: Array(payload)))
                next = UnsafePointer(mnl_attr_next(next))
            }
            return end - UnsafeRawPointer(next)
        }
        // The last attribute may lack its padding.
        guard rest <= 0 else { throw MalformedMessage(problem: "\(rest) bytes behind the last attribute") }
        return attributes
    }
}

/// One message of generic netlink, whatever its family.
package struct NetlinkMessage: Equatable, Sendable {
    /// The number of the family, or of a control message of netlink itself.
    package let type: UInt16
    package let command: UInt8
    package let version: UInt8
    package let attributes: [NetlinkAttribute]
    /// The errno value of an answer, or 0 for an acknowledgement; nil if the
    /// message is neither.
    package let error: Int32?

    private static let headerSize = MemoryLayout<nlmsghdr>.size
    private static let genericSize = MemoryLayout<genlmsghdr>.size

    /// The messages of one datagram. Numbers are in the byte order of the
    /// machine, as everywhere in netlink.
    package static func list(in datagram: [UInt8]) throws(MalformedMessage) -> [NetlinkMessage] {
        var messages: [NetlinkMessage] = []
        var start = 0
        while start < datagram.count {
            let rest = Array(datagram[start...])
            let length = rest.withUnsafeBytes { buffer -> Int? in
                guard let base = buffer.baseAddress, buffer.count >= headerSize else { return nil }
                let header = base.assumingMemoryBound(to: nlmsghdr.self)
                // libmnl takes a length of 2 GB and more for a negative one.
                let length = Int(header.pointee.nlmsg_len)
                return mnl_nlmsg_ok(header, Int32(clamping: buffer.count)) && length <= buffer.count ? length : nil
            }
            guard let length else { throw MalformedMessage(problem: "the message is cut off") }
            messages.append(try NetlinkMessage(Array(rest[..<length])))
            start += (length + 3) & ~3
        }
        return messages
    }

    /// Reads one message, which must fill `bytes`.
    private init(_ bytes: [UInt8]) throws(MalformedMessage) {
        type = bytes.loadNative(at: 4)
        let payload = bytes.count - Self.headerSize
        guard type != UInt16(NLMSG_ERROR) else {
            guard payload >= 4 else { throw MalformedMessage(problem: "an error without a number") }
            let number: UInt32 = bytes.loadNative(at: Self.headerSize)
            (command, version, attributes, error) = (0, 0, [], 0 &- Int32(bitPattern: number))
            return
        }
        guard payload >= Self.genericSize else { throw MalformedMessage(problem: "no generic netlink header") }
        (command, version, error) = (bytes[Self.headerSize], bytes[Self.headerSize + 1], nil)
        attributes = try NetlinkAttribute.list(in: bytes, from: Self.headerSize + Self.genericSize)
    }
}

extension [UInt8] {
    /// The number at `offset` in the byte order of the machine; its bytes must
    /// exist.
    func loadNative<Number: FixedWidthInteger>(at offset: Int, as: Number.Type = Number.self) -> Number {
        withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
    }
}
