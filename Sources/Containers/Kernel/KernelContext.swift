// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CContainer
import Glibc
package import Jails
package import Policy
import SystemIO
import Tool

/// A descriptor of a context.
package final class KernelContext {
    let descriptor: Descriptor
    package let number: UInt32

    private init(owning descriptor: Int32, number: UInt32) {
        self.descriptor = Descriptor(owning: descriptor)
        self.number = number
    }

    /// Makes a context as a jail wants it, with its flags and addresses. If one
    /// of them is refused, the context is gone again.
    package static func make(_ wanted: JailContext, _ network: JailNetwork) throws(ContainerFailure) -> KernelContext {
        let number = wanted.number ?? 0
        let descriptor = try libclip {
            clip_ctx_create(number, wanted.level.rawValue, wanted.capabilities.rawValue, wanted.privileges.rawValue, $0)
        }
        let context = KernelContext(owning: descriptor, number: number)
        do throws(ContainerFailure) {
            if wanted.needsSetup { try context.setUp(wanted) }
            for address in network.addresses { try context.change(.add, address.network) }
            if let loopback = network.loopback { try context.change(.loopback, loopback) }
        } catch {
            clip_ctx_delete(number, nil)
            throw error
        }
        return context
    }

    package static func open(_ number: UInt32) throws(ContainerFailure) -> KernelContext {
        KernelContext(owning: try libclip { clip_ctx_open(number, $0) }, number: number)
    }

    package static func delete(_ number: UInt32) throws(ContainerFailure) {
        try libclip { clip_ctx_delete(number, $0) }
    }

    /// The serial number of the context of a number; nil if there is none.
    package static func serial(of number: UInt32) throws(ContainerFailure) -> UInt64? {
        var state = clip_ctx_state()
        do throws(ContainerFailure) {
            try libclip { clip_ctx_state(number, &state, $0) }
        } catch {
            guard Errno(error.error) == .noEntry, error.step != "device" else { throw error }
            return nil
        }
        return state.serial
    }

    private func setUp(_ wanted: JailContext) throws(ContainerFailure) {
        try libclip {
            clip_ctx_setup(
                descriptor.number, wanted.flags.rawValue, wanted.confidentiality,
                wanted.namespaceCapabilities.rawValue, $0)
        }
    }

    // MARK: Addresses

    package enum AddressChange {
        case add, remove, loopback
    }

    package func change(_ change: AddressChange, _ address: NetworkAddress) throws(ContainerFailure) {
        let act =
            switch change {
            case .add: CLIP_ADDRESS_IS_ADDED
            case .remove: CLIP_ADDRESS_IS_REMOVED
            case .loopback: CLIP_ADDRESS_IS_LOOPBACK
            }
        try libclip {
            clip_ctx_address(
                descriptor.number, act, address.isIPv4 ? AF_INET : AF_INET6, address.bytes, address.prefix, $0)
        }
    }

    package func removeAddresses() throws(ContainerFailure) {
        try libclip { clip_ctx_address(descriptor.number, CLIP_ADDRESSES_ARE_REMOVED, 0, nil, 0, $0) }
    }

    package func addresses() throws(ContainerFailure) -> [NetworkAddress] {
        var found: [NetworkAddress] = []
        while true {
            var (family, prefix): (Int32, UInt32) = (0, 0)
            var bytes = [UInt8](repeating: 0, count: 16)
            let isThere = try libclip {
                clip_ctx_get_address(descriptor.number, UInt32(found.count), &family, &bytes, &prefix, $0)
            }
            guard isThere == 1 else { return found }
            found.append(NetworkAddress(bytes: Array(bytes.prefix(family == AF_INET ? 4 : 16)), prefix: prefix))
        }
    }

    // MARK: Ways in

    /// Lets a process take the context at its next exec, or not.
    package func arm(_ process: Int32, isTakenBack: Bool) throws(ContainerFailure) {
        let opened = Descriptor(owning: try libclip { clip_process_open(process, $0) })
        let number = opened.number
        try libclip { clip_ctx_arm(descriptor.number, number, isTakenBack ? 1 : 0, $0) }
        _ = consume opened
    }

    /// Lets processes of a cgroup take the context at exec, or no longer. The
    /// child need not exist yet; nil stands for the cgroup itself. A failure names
    /// the cgroup.
    package func bind(_ cgroup: BytePath, child: [UInt8]?, isTakenBack: Bool) throws(ContainerFailure) {
        let opened: Descriptor
        do throws(Errno) {
            opened = try Descriptor(reading: cgroup)
        } catch {
            throw ContainerFailure(step: "state", error: error.number, text: "\(cgroup): \(error)")
        }
        let number = opened.number
        let name = child.map { BytePath($0).cString }
        do throws(ContainerFailure) {
            try libclip { clip_ctx_bind(descriptor.number, number, name, isTakenBack ? 1 : 0, $0) }
        } catch {
            let place = child.map { cgroup.appending($0) } ?? cgroup
            throw ContainerFailure(step: "bind", error: error.error, text: "the cgroup \(place): \(error.text)")
        }
        _ = consume opened
    }

    // MARK: What is in it

    /// What the kernel says about the context.
    package struct Information: Equatable, Sendable {
        package var tasks: UInt64
        package var entries: UInt64
        package var digests: UInt64
        package var isEntered: Bool
        /// By class.
        package var refusals: [(name: String, count: UInt64)] = []

        package static func == (one: Information, other: Information) -> Bool {
            one.tasks == other.tasks && one.entries == other.entries && one.digests == other.digests
                && one.isEntered == other.isEntered
        }
    }

    /// nil if this kernel does not say.
    package func information() throws(ContainerFailure) -> Information? {
        var raw = clip_ctx_info()
        do throws(ContainerFailure) {
            try libclip { clip_ctx_info(descriptor.number, &raw, $0) }
        } catch {
            if error.isUnknownRequest { return nil }
            throw error
        }
        var information = Information(
            tasks: raw.tasks, entries: raw.entries, digests: raw.digests, isEntered: raw.entered != 0)
        withUnsafeBytes(of: raw.refusals) { bytes in
            for (index, count) in bytes.bindMemory(to: UInt64.self).enumerated() {
                guard let name = clip_ctx_refusal_name(UInt32(index)) else { continue }
                information.refusals.append((String(cString: name), count))
            }
        }
        return information
    }

    /// Sends a signal to all processes of the context; how many it has reached,
    /// or nil if this kernel cannot.
    package func send(_ signal: Int32) throws(ContainerFailure) -> Int? {
        var reached: UInt32 = 0
        do throws(ContainerFailure) {
            try libclip { clip_ctx_kill(descriptor.number, signal, &reached, $0) }
        } catch {
            if error.isUnknownRequest { return nil }
            throw error
        }
        return Int(reached)
    }
}
