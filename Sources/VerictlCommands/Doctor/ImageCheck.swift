// SPDX-License-Identifier: LGPL-2.1-or-later

import Device
import Loading
import Tool

/// The compiled rules that the next boot loads.
extension Doctor {
    mutating func lookAtImage() {
        let store = PolicyStore(surroundings)
        guard let record = store.record else {
            return note("image", "there is no compiled policy: the next boot compiles the rules", "verictl boot load")
        }
        guard store.hasImageOfRecord else {
            return problem(
                "image", "it is not the one that policy.record describes; the next boot compiles the rules",
                "verictl load --all")
        }
        guard let sources = try? PolicySources(surroundings), sources.digest == record.sources else {
            // The directories of another machine have other names here.
            if isOffline { return good("image", "it is the one that policy.record describes") }
            return note(
                "image", "the rules were changed since; the next boot compiles them", "verictl load --all")
        }
        let rules = RuleSources.collect([], in: surroundings)
        // What is wrong with the rules is a line of its own.
        guard rules.failure == nil, let compiled = try? Transaction(rules.table, mode: .replace),
            let identity = try? PolicyRecord.sha256(compiled.image)
        else { return note("image", "the rules cannot be compiled, so it cannot be compared with them") }
        if identity == record.identity { return good("image", "it is what the rules compile to") }
        problem(
            "image", "it is not what the rules compile to, although the record says so",
            "verictl load --all")
    }
}
