// SPDX-License-Identifier: LGPL-2.1-or-later

import CClip
package import Policy
package import SystemIO

/// The state of one context: struct clip_context_args as CLIP_IOC_CONTEXT_GET
/// fills it.
package struct ContextState: Equatable, Sendable {
    package var context: ContextID
    package var level = ContextLevel(rawValue: 0)
    /// The most that entries of the context may grant.
    package var capabilities = CapabilitySet(rawValue: 0)
    package var privileges = Privileges(rawValue: 0)
    /// Never reused for another context, unlike the number.
    package var serial: UInt64 = 0
    package var entries: UInt64 = 0
    /// Allow digests.
    package var digests: UInt64 = 0

    package init(context: ContextID) {
        self.context = context
    }
}

/// The reason why a request about contexts was refused.
package struct ContextRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    package var error: Errno
    /// `none` if the kernel gave no reason.
    package var reason: Reason

    package init(error: Errno, reason: Reason = .none) {
        self.error = error
        self.reason = reason
    }

    package var description: String {
        reason == .none ? error.description : "\(error) (\(reason))"
    }
}

/// An open context.
package protocol ContextHandle: AnyObject {
    /// Moves this process into the context. The process cannot leave it again
    /// and must have a single thread.
    func enter() throws(ContextRefusal)

    /// Gives the context one network address more.
    func add(_ address: NetworkAddress) throws(ContextRefusal)

    /// The network addresses of the context, in the order in which they were
    /// added.
    func addresses() throws(ContextRefusal) -> [NetworkAddress]
}

/// A descriptor of a context.
final class KernelContext: ContextHandle {
    private let descriptor: Descriptor

    /// Takes over the descriptor from CREATE or OPEN.
    init(owning number: Int32) throws(Errno) {
        descriptor = Descriptor(owning: number)
        // A process that holds the descriptor can enter the context, so
        // executed programs must not inherit it.
        try descriptor.closeOnExec()
    }

    func enter() throws(ContextRefusal) {
        do throws(Errno) {
            _ = try descriptor.control(UInt(cclip_ioc_enter))
        } catch {
            throw ContextRefusal(error: error)
        }
    }

    func add(_ address: NetworkAddress) throws(ContextRefusal) {
        var raw = clip_context_address(CLIP_ADDRESS_ADD)
        raw.family = UInt16(address.isIPv4 ? cclip_af_inet : cclip_af_inet6)
        raw.prefix = address.prefix
        withUnsafeMutableBytes(of: &raw.address) { $0.copyBytes(from: address.bytes) }
        try send(&raw)
    }

    func addresses() throws(ContextRefusal) -> [NetworkAddress] {
        var list: [NetworkAddress] = []
        for index in 0..<UInt32(CLIP_ADDRESSES_MAX) {
            var raw = clip_context_address(CLIP_ADDRESS_GET)
            raw.index = index
            do throws(ContextRefusal) {
                try send(&raw)
            } catch {
                guard error.error == .noEntry else { throw error }
                break
            }
            let size = raw.family == UInt16(cclip_af_inet) ? 4 : 16
            let bytes = withUnsafeBytes(of: raw.address) { Array($0.prefix(size)) }
            list.append(NetworkAddress(bytes: bytes, prefix: raw.prefix))
        }
        return list
    }

    private func send(_ raw: inout clip_context_address) throws(ContextRefusal) {
        do throws(Errno) {
            _ = try descriptor.control(UInt(cclip_ioc_context_address), &raw)
        } catch {
            throw ContextRefusal(error: error, reason: Reason(raw.reason))
        }
    }
}

extension clip_context_address {
    fileprivate init(_ operation: Int32) {
        self.init()
        size = UInt32(MemoryLayout<clip_context_address>.size)
        self.operation = UInt16(operation)
    }
}

extension KernelDevice {
    package func createContext(_ wanted: ContextEntry) throws(ContextRefusal) -> any ContextHandle {
        var raw = clip_context_args(wanted.context)
        raw.level = wanted.level.rawValue
        raw.setBounds(wanted)
        return try handle(try send(cclip_ioc_context_create, &raw))
    }

    package func openContext(_ context: ContextID) throws(ContextRefusal) -> any ContextHandle {
        var raw = clip_context_args(context)
        return try handle(try send(cclip_ioc_context_open, &raw))
    }

    package func context(_ context: ContextID) throws(ContextRefusal) -> ContextState {
        var raw = clip_context_args(context)
        try send(cclip_ioc_context_get, &raw)
        return ContextState(raw)
    }

    package func narrowContext(_ wanted: ContextEntry) throws(ContextRefusal) {
        var raw = clip_context_args(wanted.context)
        raw.setBounds(wanted)
        try send(cclip_ioc_context_narrow, &raw)
    }

    package func deleteContext(_ context: ContextID) throws(ContextRefusal) {
        var raw = clip_context_args(context)
        try send(cclip_ioc_context_delete, &raw)
    }

    package func setLevel(_ level: ContextLevel, of context: ContextID) throws(ContextRefusal) {
        var raw = clip_context_args(context)
        raw.level = level.rawValue
        try send(cclip_ioc_set_level, &raw)
    }

    package func setUpdateContext(_ context: ContextID) throws(ContextRefusal) {
        var raw = clip_context_args(context)
        try send(cclip_ioc_set_update, &raw)
    }

    @discardableResult
    private func send(_ request: UInt, _ raw: inout clip_context_args) throws(ContextRefusal) -> Int32 {
        do throws(Errno) {
            return try descriptor.control(request, &raw)
        } catch {
            throw ContextRefusal(error: error, reason: Reason(raw.reason))
        }
    }

    private func handle(_ number: Int32) throws(ContextRefusal) -> any ContextHandle {
        do throws(Errno) {
            return try KernelContext(owning: number)
        } catch {
            throw ContextRefusal(error: error)
        }
    }
}

extension clip_context_args {
    fileprivate init(_ context: ContextID) {
        self.init()
        size = UInt32(MemoryLayout<clip_context_args>.size)
        xid = context.number
    }

    fileprivate mutating func setBounds(_ wanted: ContextEntry) {
        cap_bound = wanted.capabilities.rawValue
        priv_bound = wanted.privileges.rawValue
    }
}

extension ContextState {
    init(_ raw: clip_context_args) {
        self.init(context: ContextID(raw.xid))
        level = ContextLevel(rawValue: raw.level)
        capabilities = CapabilitySet(rawValue: raw.cap_bound)
        privileges = Privileges(rawValue: raw.priv_bound)
        serial = raw.serial
        entries = raw.entries
        digests = raw.digests
    }
}
