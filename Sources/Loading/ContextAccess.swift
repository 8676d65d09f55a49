// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
package import Policy
import SystemIO
package import Tool

/// Requests about contexts; refusals of the kernel become failures with a
/// message.
package struct ContextAccess {
    package let device: any VeriexecDevice
    package let info: KernelInfo

    package init(_ surroundings: Surroundings) throws(Failure) {
        (device, info) = try DeviceAccess(surroundings).open()
    }

    package init(_ device: any VeriexecDevice, _ info: KernelInfo) {
        self.device = device
        self.info = info
    }

    /// Runs one request; `what` describes it for a message.
    package func request<Answer>(
        _ what: String, _ body: (any VeriexecDevice) throws(ContextRefusal) -> Answer
    ) throws(Failure) -> Answer {
        do throws(ContextRefusal) {
            return try body(device)
        } catch {
            throw failure(error, what)
        }
    }

    package func state(_ context: ContextID) throws(Failure) -> ContextState {
        try request(Self.name(context)) { device throws(ContextRefusal) in try device.context(context) }
    }

    /// Creates a context, and returns false if it is there already, just so.
    /// Boot scripts may run twice. A context that cannot have all its addresses is
    /// not left behind.
    package func create(_ entry: ContextEntry, addresses: [NetworkAddress] = []) throws(Failure) -> Bool {
        let handle = try request("create \(Self.name(entry.context))") {
            device throws(ContextRefusal) -> (any ContextHandle)? in
            do throws(ContextRefusal) {
                return try device.createContext(entry)
            } catch {
                guard error.error == .exists, let state = try? device.context(entry.context),
                    (state.level, state.capabilities, state.privileges)
                        == (entry.level, entry.capabilities, entry.privileges),
                    addresses.isEmpty || Self.addresses(entry.context, device) == addresses
                else { throw error }
                return nil
            }
        }
        guard let handle else { return false }
        for address in addresses { try add(address, to: entry.context, handle) }
        return true
    }

    private static func addresses(_ context: ContextID, _ device: any VeriexecDevice) -> [NetworkAddress]? {
        guard let handle = try? device.openContext(context) else { return nil }
        return try? handle.addresses()
    }

    private func add(
        _ address: NetworkAddress, to context: ContextID, _ handle: any ContextHandle
    ) throws(Failure) {
        do throws(ContextRefusal) {
            try handle.add(address)
        } catch {
            try? device.deleteContext(context)
            throw failure(error, "give \(Self.name(context)) the address \(address.text)")
        }
    }

    package func setLevel(_ level: ContextLevel, of context: ContextID) throws(Failure) {
        try request("set the level of \(Self.name(context)) to \(level.text)") { device throws(ContextRefusal) in
            try device.setLevel(level, of: context)
        }
    }

    /// The present state of the context, for programs.
    package func answer(_ context: ContextID) throws(Failure) -> JSONDocument {
        JSONDocument(try state(context).members)
    }

    package static func name(_ context: ContextID) -> String {
        context == .own ? "the current context" : "context \(context.number)"
    }

    private func failure(_ refusal: ContextRefusal, _ what: String) -> Failure {
        var failure = Self.failure(refusal, what)
        if refusal.reason == .badLevel, !info.levelsEnforced.isEmpty {
            failure.hint = "this kernel has \(info.levelsEnforced.names.joined(separator: ", "))"
        }
        return failure
    }

    package static func failure(_ refusal: ContextRefusal, _ what: String) -> Failure {
        if refusal.error == .notTerminal {
            return Failure(
                status: .unavailable, message: "\(what): this kernel does not support the request",
                hint: "it was built without contexts")
        }
        // The reason says more than the errno, which serves for many of them.
        let text = refusal.reason.meaning.map { "\($0) (\(refusal.reason): \(refusal.error))" } ?? "\(refusal)"
        return Failure(status: .refused, message: "\(what): \(text)")
    }
}

extension ContextState {
    package var json: JSONValue { .object(members) }

    /// The members of a JSON object.
    package var members: [(String, JSONValue)] {
        [
            ("context", .context(context)),
            ("level", .words(level.names)),
            ("capabilities", .words(capabilities.names)),
            ("privileges", .string(String(decoding: privileges.letters, as: UTF8.self))),
            ("privilege_names", .words(privileges.names)),
            ("serial", .unsigned(serial)),
            ("entries", .unsigned(entries)),
            ("digests", .unsigned(digests)),
        ]
    }
}
