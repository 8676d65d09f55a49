// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

extension ReportPage {
    var sections: [ReportSection] {
        [findings, refusals, packages, grants, contexts, mounts, setuid].compactMap(\.self)
    }

    /// More names than a person reads; the JSON form has all.
    private static let longest = 200
    /// Packages that are seen at once.
    private static let shown = 10

    /// The first of many.
    private func list<Element>(_ elements: [Element], _ each: (Element) -> Markup) -> Markup {
        let shown = elements.prefix(Self.longest).map { "<li>\(each($0))</li>\n" as Markup }.joined()
        let rest = elements.count - Self.longest
        return "<ul>\(shown)\(rest > 0 ? "<li>and \(rest) more; report --json has all</li>" : "" as Markup)</ul>"
    }

    private func folded(_ summary: String, isOpen: Bool = false, _ body: Markup) -> Markup {
        "<details\(isOpen ? " open" : "")><summary>\(summary)</summary>\(body)</details>\n"
    }

    private func code(_ path: BytePath) -> Markup { "<span class=\"path\">\(path)</span>" }

    private func tags(_ words: [String], strong: Set<String> = []) -> Markup {
        words.map { word in
            let style = strong.contains(word) ? "tag strong" : "tag"
            return "<span class=\"\(style)\">\(word)</span>" as Markup
        }.joined()
    }

    // MARK: Findings

    private var findings: ReportSection {
        let lines = { (state: MachineReport.State) in
            report.findings.filter { $0.state == state }.map { finding in
                let (mark, style) =
                    switch finding.state {
                    case .good: ("✓", "good")
                    case .problem: ("✗", "bad")
                    case .note: ("•", "warn")
                    }
                let next: Markup =
                    finding.next.map { "<br><span class=\"faint\">Next:</span> <code>\($0)</code>" } ?? ""
                return """
                    <div class="find"><i class="\(style)">\(mark)</i>
                    <div><b>\(finding.name)</b>: \(finding.text)\(next)</div></div>

                    """ as Markup
            }.joined()
        }
        let good = report.findings.count { $0.state == .good }
        let fine: Markup = good == 0 ? "" : folded("\(counted(good, "check")) passed", lines(.good))
        return ReportSection(
            name: "findings", title: "What to do",
            lead: report.problems == 0
                ? "The checks of verictl doctor found no problem."
                : "The checks of verictl doctor found \(counted(report.problems, "problem")).",
            body: lines(.problem) + lines(.note) + fine)
    }

    // MARK: Refusals

    private var refusals: ReportSection {
        let found = report.refusals
        let longest = found.reasons.map(\.count).max() ?? 0
        let rows = found.reasons.enumerated().map { index, reason in
            let events = reason.events.prefix(20).map { event in
                let last: Markup = event.last.map { "<td class=\"nowrap faint\">\($0)</td>" } ?? "<td></td>"
                let program: Markup = event.program.map { "<br><span class=\"faint\">by \($0)</span>" } ?? ""
                return """
                    <tr><td class="path">\(event.text)\(program)</td><td class="number">\(event.count) ×</td>\(last)</tr>
                    """ as Markup
            }.joined()
            let rest = reason.events.count - 20
            let more: Markup = rest > 0 ? "<p class=\"faint\">and \(rest) more</p>" : ""
            let table: Markup = "<div class=\"wide\"><table>\(events)</table></div>\(more)"
            let style = reason.events.contains(where: \.isEnforced) ? "bad" : "warn"
            return """
                <tr><td><code>\(reason.name)</code><br><span class="faint">\(reason.meaning)</span>
                \(folded("What was refused", isOpen: index == 0, table))</td>
                <td class="number">\(reason.count)</td>
                <td class="bar">\(Bar(reason.count, of: longest, style).markup)</td></tr>

                """ as Markup
        }.joined()
        var body: Markup = ""
        if !found.reasons.isEmpty {
            body += """
                <table><tr><th>Reason</th><th class="number">Times</th><th class="bar"></th></tr>
                \(rows)</table>
                """
        }
        if found.lost > 0 { body += "<p class=\"warn\">\(found.lost) events were lost while recording.</p>" }
        if !found.sinceBoot.isEmpty {
            let most = found.sinceBoot.map(\.count).max() ?? 0
            let counts = found.sinceBoot.map { reason, count in
                """
                <tr><td><code>\(reason)</code></td><td class="number">\(count)</td>
                <td class="bar">\(Bar(count, of: most, "plain").markup)</td></tr>

                """ as Markup
            }.joined()
            body += folded("What the kernel has counted since boot", "<table>\(counts)</table>")
        }
        return ReportSection(
            name: "refusals", title: "Refusals",
            lead: found.reasons.isEmpty
                ? "No refusal is known."
                : "Red was enforced; amber was only reported. Read from \(found.source ?? "an unknown place").",
            body: body)
    }

    // MARK: Packages

    private var packages: ReportSection? {
        guard let coverage = report.coverage else { return nil }
        let open = coverage.packages.filter { !$0.missing.isEmpty }.sorted {
            ($1.missing.count, $0.name) < ($0.missing.count, $1.name)
        }
        let stale = coverage.packages.filter { $0.rulesFor != nil && $0.rulesFor != $0.version }
        let bar = Bar([(UInt64(coverage.allowed), "good"), (UInt64(coverage.missing), "warn")]).markup
        let longest = UInt64(open.first?.missing.count ?? 0)
        let row = { (package: MachineReport.Package) in
            """
            <tr><td><b>\(package.name)</b> <span class="faint">\(package.version)</span>
            \(folded("\(package.missing.count) of \(counted(package.files, "file"))", list(package.missing, code)))</td>
            <td>\(Self.rules(package))</td>
            <td class="bar">\(Bar(UInt64(package.missing.count), of: longest, "warn").markup)</td></tr>

            """ as Markup
        }
        let table = { (packages: ArraySlice<MachineReport.Package>) in
            """
            <table><tr><th>Package with files that are not allowed</th><th>Rule file</th><th class="bar"></th></tr>
            \(packages.map(row).joined())</table>

            """ as Markup
        }
        var body: Markup = """
            <div class="total">\(bar)</div>
            <p><b class="good">\(coverage.allowed)</b> allowed, <b class="warn">\(coverage.missing)</b> not allowed,
            in \(counted(coverage.packages.count, "package")).</p>

            """
        if !open.isEmpty { body += table(open.prefix(Self.shown)) }
        let rest = open.dropFirst(Self.shown)
        if !rest.isEmpty { body += folded("\(counted(rest.count, "more package"))", table(rest)) }
        if !stale.isEmpty {
            body += folded(
                "\(counted(stale.count, "package")) with rules of another version",
                list(stale) { "<b>\($0.name)</b> \($0.version), rules for \($0.rulesFor ?? "")" })
        }
        if !coverage.doubtful.isEmpty {
            body += folded(
                "\(counted(coverage.doubtful.count, "file")) without the content of the package",
                list(coverage.doubtful) { "\(code($0.path)): \($0.problem)" })
        }
        return ReportSection(
            name: "packages", title: "Packages",
            lead: "Files of installed packages that can be executed, by the rules of context 0. "
                + "Files that no package owns are not counted.",
            body: body)
    }

    private static func rules(_ package: MachineReport.Package) -> Markup {
        guard let version = package.rulesFor else { return "<span class=\"warn\">none</span>" }
        return version == package.version
            ? "<span class=\"good\">this version</span>" : "<span class=\"bad\">of \(version)</span>"
    }

    // MARK: Rights

    private var grants: ReportSection {
        let held = { (words: (MachineReport.Grant) -> [String]) in
            report.grants.reduce(into: [String: UInt64]()) { counts, grant in
                for word in words(grant) { counts[word, default: 0] += 1 }
            }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        }
        let rights =
            held(\.capabilities).map { ("capability", $0) } + held(\.privileges).map { ("privilege", $0) }
        let most = rights.map(\.1.value).max() ?? 0
        let summary = rights.map { kind, right in
            """
            <tr><td><span class="tag">\(right.key)</span> <span class="faint">\(kind)</span></td>
            <td class="number">\(right.value)</td><td class="bar">\(Bar(right.value, of: most, "plain").markup)</td></tr>

            """ as Markup
        }.joined()
        let rows = report.grants.prefix(1000).map { grant in
            """
            <tr><td>\(grant.path.map(code) ?? "<span class=\"faint\">no name is kept</span>")
            <br><span class="faint">\(grant.source)</span></td><td class="number">\(grant.context)</td>
            <td>\(tags(grant.capabilities))</td><td>\(tags(grant.privileges, strong: ["VERICTL"]))</td></tr>

            """ as Markup
        }.joined()
        var body: Markup = ""
        if !report.grants.isEmpty {
            body = """
                <div class="wide"><table><tr><th>Program</th><th class="number">Context</th><th>Capabilities</th>
                <th>Privileges</th></tr>
                \(rows)</table></div>
                \(folded("How many programs hold each right", "<table>\(summary)</table>"))
                """
        }
        return ReportSection(
            name: "grants", title: "Who holds rights",
            lead: report.grants.isEmpty
                ? "No entry grants a capability or a privilege."
                : "A program that changes the rules holds VERICTL, and so is marked in red.",
            body: body)
    }

    private var contexts: ReportSection? {
        guard !report.contexts.isEmpty else { return nil }
        let rows = report.contexts.map { context in
            """
            <tr><td class="number">\(context.number)</td>
            <td>\(context.level.isEmpty ? "<span class=\"faint\">inactive</span>" : tags(context.level))</td>
            <td class="number">\(context.entries)</td><td class="number">\(context.digests)</td>
            <td>\(context.capabilities)</td><td>\(context.privileges)</td></tr>

            """ as Markup
        }.joined()
        return ReportSection(
            name: "contexts", title: "Contexts", lead: "The bounds are the most that entries of a context may grant.",
            body: """
                <div class="wide"><table><tr><th class="number">Number</th><th>Level</th><th class="number">Entries</th>
                <th class="number">Digests</th><th>Capabilities, at most</th><th>Privileges, at most</th></tr>
                \(rows)</table></div>
                """)
    }

    // MARK: Ways around

    private var mounts: ReportSection? {
        guard let mounts = report.mounts else { return nil }
        let rows = mounts.map { mount in
            "<tr><td>\(code(mount.point))</td><td>\(mount.found)</td><td class=\"faint\">\(mount.hint)</td></tr>\n"
                as Markup
        }.joined()
        let table: Markup = """
            <div class="wide"><table><tr><th>Mount</th><th>Is</th><th>What would change it</th></tr>
            \(rows)</table></div>
            """
        return ReportSection(
            name: "mounts", title: "Mounts",
            lead: mounts.isEmpty
                ? "No mount is both writable and executable."
                : "Where a mount is both writable and executable, a file can be made and then run, if its digest is allowed.",
            body: mounts.isEmpty ? "" : table)
    }

    private var setuid: ReportSection {
        ReportSection(
            name: "setuid", title: "Set-user-id files",
            lead: report.setuid.isEmpty
                ? "Every such file has an entry."
                : "Without an entry, such a file gives all rights of its owner to every user who starts it.",
            body: report.setuid.isEmpty
                ? "" : list(report.setuid) { "\(code($0.path)) <span class=\"faint\">\($0.bits)</span>" })
    }
}
