// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import KernelConfiguration

/// What is wrong with the configuration that a kernel tree made of sets.
package struct ComposeVerdict: Sendable {
    package struct Complaint: Sendable {
        package enum Kind: String, Sendable {
            case missing, forbidden
        }

        package var kind: Kind
        package var symbol: String
        package var origin: Origin
        package var found: String
        /// nil for a forbidden option.
        package var wanted: String?
        package var reason: String
        /// What stands in the way, or what turns it on.
        package var obstacles: [String]

        package var text: String {
            let about =
                wanted.map { "\(origin): CONFIG_\(symbol)=\($0) is missing; it is \(found)" }
                ?? "CONFIG_\(symbol)=\(found) is forbidden by \(origin): \(reason.withoutFullStop)"
            return ([about] + obstacles).joined(separator: "; ")
        }

        package var json: JSONValue {
            .object([
                ("kind", .string(kind.rawValue)), ("symbol", .string(symbol)), ("file", .string(origin.file)),
                ("line", .number(Int64(origin.line))), ("found", .string(found)),
                ("wanted", wanted.map { .string($0) } ?? .null), ("reason", .string(reason)),
                ("obstacles", .words(obstacles)),
            ])
        }
    }

    package private(set) var complaints: [Complaint] = []

    /// Compares the result with what was asked for. `tree` is read only if
    /// there is something to explain.
    package init(_ config: KernelConfig, of composition: Composition, tree: () -> KconfigTree) {
        let missing = composition.options.filter { config.value(of: $0.symbol) != $0.value }
        let set = composition.forbidden.filter { config.isSet($0.symbol) }
        guard !missing.isEmpty || !set.isEmpty else { return }
        let obstacles = Obstacles(tree: tree(), config: config, composition: composition)
        for option in missing {
            complaints.append(
                Complaint(
                    kind: .missing, symbol: option.symbol, origin: option.origin,
                    found: config.value(of: option.symbol), wanted: option.value, reason: option.reason,
                    obstacles: obstacles.of(option)))
        }
        for rule in set {
            complaints.append(
                Complaint(
                    kind: .forbidden, symbol: rule.symbol, origin: rule.origin,
                    found: config.value(of: rule.symbol), wanted: nil, reason: rule.reason,
                    obstacles: obstacles.causes(of: rule.symbol)))
        }
    }
}
