// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
import Arguments
import Device
import Loading
import Policy
import Tool

struct BootLockCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Make final what boot.conf names as lock, once the system is up.",
        discussion: """
            The locks stay until the next boot. Nothing is locked unless the mode is enforcing. The compiled policy is \
            also written, if the disk was read-only before. Exit status: 0 everything is locked; otherwise that of \
            the first step that failed.
            """)

    @Flag(help: "Print the steps as JSON on standard output.")
    var json = false

    func execute(in surroundings: Surroundings) throws -> ExitStatus {
        let reporter = surroundings.reporter
        let file = BootFile(surroundings)
        file.report(reporter)
        let settings = file.settings
        var steps = BootSteps(reporter)
        if let fault = file.fault { steps.mark(fault) }
        guard settings.mode == .enforcing else {
            steps.add("lock", .skipped, "the mode is \(settings.mode.rawValue); nothing is locked")
            return steps.answer(settings.mode, json: json)
        }
        let access = try ContextAccess(surroundings)
        file.keep()
        keepPolicy(surroundings, access)
        BootLock(surroundings, access).run(settings.lock, &steps)
        if settings.lock == BootSettings.Lock() { steps.add("lock", .skipped, "boot.conf names no lock") }
        return steps.answer(settings.mode, json: json)
    }

    /// Writes the image of the policy in force, if it could not be written when
    /// the policy was loaded. Rules that were changed since are not looked at.
    private func keepPolicy(_ surroundings: Surroundings, _ access: ContextAccess) {
        let store = PolicyStore(surroundings)
        guard let loaded = store.loaded, loaded.generation == access.info.generation,
            let sources = try? PolicySources(surroundings), loaded.sources == sources.digest,
            store.currentImage(sources) == nil
        else { return }
        let rules = RuleSources.collect([], in: surroundings)
        guard rules.failure == nil, let image = try? Transaction(rules.table, mode: .replace).image,
            let record = try? PolicyRecord(image, entries: rules.table.count, sources),
            record.identity == loaded.identity
        else { return }
        try? store.keep(image, record)
    }
}
