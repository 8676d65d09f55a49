// SPDX-License-Identifier: LGPL-2.1-or-later

import Device
import Policy

/// What the kernel does with rules, in a word. Of the contexts that are active,
/// the first one with rules decides, which is context 0 if it has some.
enum EnforcementMode: String {
    case enforcing, permissive, inactive
    /// No rule was loaded.
    case empty

    init(_ status: KernelStatus) {
        guard status.info.entries > 0 || status.info.digests > 0 else {
            self = .empty
            return
        }
        let filled = status.contexts.filter { $0.entries > 0 || $0.digests ?? 0 > 0 }
        // A kernel that tells no levels has one that is always active.
        guard let active = filled.first(where: { $0.level?.contains(.active) ?? true }) else {
            self = filled.isEmpty ? .enforcing : .inactive
            return
        }
        self = active.level?.contains(.permissive) == true ? .permissive : .enforcing
    }

    var text: String {
        switch self {
        case .enforcing: "enforcing"
        case .permissive: "permissive: refusals are reported and not enforced"
        case .inactive: "inactive: rules are loaded, and no context with rules is active"
        case .empty: "inactive: no rules are loaded"
        }
    }
}
