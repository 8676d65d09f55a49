// SPDX-License-Identifier: LGPL-2.1-or-later

import CClip
import CMnl
import EventRecord
import Glibc
import SystemIO

/// A socket that has joined groups of the kernel's family `clip`.
package final class EventSocket: EventStream {
    private let socket: OpaquePointer
    private let family: Family

    /// Size of the receive queue in bytes. It holds what arrives while this
    /// program is busy; the kernel drops messages that do not fit.
    private static let queueSize: Int32 = 4 << 20
    /// In bytes; a message of the family is much smaller.
    private static let largestMessage = 64 << 10

    /// Joins the group of refusals and changes, and the others that are wanted.
    package init(withGrants: Bool, withCreations: Bool) throws(ListenFailure) {
        let socket = try Self.open()
        let family: Family
        do throws(ListenFailure) {
            family = try Self.connect(
                socket,
                groups: [CLIP_GENL_GROUP_EVENTS] + (withGrants ? [CLIP_GENL_GROUP_GRANTS] : [])
                    + (withCreations ? [CLIP_GENL_GROUP_CREATIONS] : []))
        } catch {
            mnl_socket_close(socket)
            throw error
        }
        self.socket = socket
        self.family = family
    }

    deinit {
        mnl_socket_close(socket)
    }

    package func receive(within milliseconds: Int32) throws(ListenFailure) -> ReceivedEvents {
        var ready = pollfd(fd: mnl_socket_get_fd(socket), events: Int16(POLLIN), revents: 0)
        guard try Self.call("poll", { poll(&ready, 1, milliseconds) }) > 0 else { return .nothing }
        let datagram: [UInt8]
        do throws(Errno) {
            datagram = try Self.read(socket)
        } catch {
            if error == .noBuffers { return .overrun }
            throw .system("recvmsg", error)
        }
        do throws(MalformedMessage) {
            var events: [Event] = []
            for message in try NetlinkMessage.list(in: datagram) where message.type == family.id {
                events.append(try Event(message))
            }
            return .events(events)
        } catch {
            throw .malformed(error)
        }
    }

    private static func open() throws(ListenFailure) -> OpaquePointer {
        do throws(Errno) {
            let socket = try sysPointer { mnl_socket_open2(NETLINK_GENERIC, Int32(SOCK_CLOEXEC.rawValue)) }
            if let socket { return socket }
        } catch {
            // A kernel without networking has no netlink either.
            throw error == .noProtocol || error == .noAddressFamily ? .noEvents : .system("socket", error)
        }
        throw .noEvents
    }

    @discardableResult
    private static func call<Result: SignedInteger>(
        _ name: String, _ body: () -> Result
    ) throws(ListenFailure) -> Result {
        do throws(Errno) {
            return try sys(body)
        } catch {
            throw error == .notPermitted ? .notPermitted : .system(name, error)
        }
    }

    private static func read(_ socket: OpaquePointer) throws(Errno) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: largestMessage)
        let count = try buffer.withUnsafeMutableBufferPointer { bytes throws(Errno) in
            try sys { mnl_socket_recvfrom(socket, bytes.baseAddress, bytes.count) }
        }
        return Array(buffer[..<count])
    }

    private static func join(_ socket: OpaquePointer, _ group: UInt32?) throws(ListenFailure) {
        guard var group else { throw .noEvents }
        try call("setsockopt") {
            mnl_socket_setsockopt(
                socket, NETLINK_ADD_MEMBERSHIP, &group, socklen_t(MemoryLayout<UInt32>.size))
        }
    }

    private static func connect(_ socket: OpaquePointer, groups: [String]) throws(ListenFailure) -> Family {
        try call("bind") { mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) }
        var size = queueSize
        // A failure is ignored: without CAP_NET_ADMIN the queue stays small.
        setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVBUFFORCE, &size, socklen_t(MemoryLayout<Int32>.size))
        let family = try findFamily(socket)
        for name in groups {
            try join(socket, family.groups[name])
        }
        return family
    }

    private static func findFamily(_ socket: OpaquePointer) throws(ListenFailure) -> Family {
        var request = [UInt8](repeating: 0, count: 4096)
        try call("sendto") {
            request.withUnsafeMutableBytes { buffer -> Int in
                guard let header = mnl_nlmsg_put_header(buffer.baseAddress) else { return -1 }
                header.pointee.nlmsg_type = UInt16(GENL_ID_CTRL)
                header.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST)
                let generic = mnl_nlmsg_put_extra_header(header, MemoryLayout<genlmsghdr>.size)
                generic?.assumingMemoryBound(to: genlmsghdr.self).pointee = genlmsghdr(
                    cmd: UInt8(CTRL_CMD_GETFAMILY), version: 1, reserved: 0)
                mnl_attr_put_strz(header, UInt16(CTRL_ATTR_FAMILY_NAME), CLIP_GENL_NAME)
                return mnl_socket_sendto(socket, header, Int(header.pointee.nlmsg_len))
            }
        }
        let answer: [UInt8]
        do throws(Errno) {
            answer = try read(socket)
        } catch {
            throw .system("recvmsg", error)
        }
        let message: NetlinkMessage?
        do throws(MalformedMessage) {
            message = try NetlinkMessage.list(in: answer).first
            if let message, message.error == nil { return try Family(message) }
        } catch {
            throw .malformed(error)
        }
        let error = Errno(message?.error ?? 0)
        throw error == .noEntry ? .noEvents : .system("the family \(CLIP_GENL_NAME)", error)
    }
}
