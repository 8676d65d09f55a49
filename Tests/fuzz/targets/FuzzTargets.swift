// SPDX-License-Identifier: LGPL-2.1-or-later

/// The readers of the tools, by the name of the directory of their seeds. A reader must not
/// crash, what it reports must have a place, and what it accepted must survive being printed
/// and read again: otherwise the process ends.
package let fuzzTargets: [String: @Sendable ([UInt8]) -> Void] = [
    "rules": rules, "decode": images, "devices": devices, "mountinfo": mountinfo, "texts": texts, "events": events,
    "jails": jails, "old-jails": oldJails, "elf": elf, "deb": deb, "old-commands": oldCommands,
    "signatures": signatures, "records": records, "system": system, "hardening": hardening,
]

func check(_ condition: Bool, _ what: String) {
    if !condition { fatalError("not so: \(what)") }
}
