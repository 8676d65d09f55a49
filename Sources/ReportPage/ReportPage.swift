// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// A report as one page of HTML: it loads nothing, runs nothing, and can be
/// mailed or kept.
package struct ReportPage {
    let report: MachineReport

    package init(_ report: MachineReport) {
        self.report = report
    }

    /// Even if a name were to become markup, nothing would be loaded or run.
    private static let policy: Markup =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

    package var text: [UInt8] {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>
            \(ReportStyle.css)
            </style>
            </head>
            <body>
            <main>
            \(head)
            \(sections.map(\.markup).joined())
            \(foot)
            </main>
            </body>
            </html>

            """
        return Array(page.text.utf8)
    }

    private var title: String { "\(report.host.isEmpty ? "a machine" : report.host): what may run" }

    // MARK: The top

    private var head: Markup {
        let about = [report.system, report.kernel, report.time].filter { !$0.isEmpty }.joined(separator: " · ")
        let mode: Markup = report.modeText == report.mode ? "" : "<p>\(Self.sentence(report.modeText))</p>"
        let policy: Markup = report.policy.map { "<p>Policy <code>\($0)</code></p>" } ?? ""
        return """
            <header>
            <div><h1>\(title)</h1><span class="faint">\(about)</span></div>
            <span class="mode \(modeStyle)">\(report.mode)</span>
            </header>
            \(mode)
            \(policy)
            <div class="cards">\(cards.joined())</div>
            <nav aria-label="Sections">\(links)</nav>

            """
    }

    private var links: Markup {
        sections.map { section in "<a href=\"#\(section.name)\">\(section.title)</a>\n" as Markup }.joined()
    }

    private var modeStyle: String {
        switch report.mode {
        case "enforcing": "good"
        case "permissive": "warn"
        case "unknown": "plain"
        default: "bad"
        }
    }

    private var cards: [Markup] {
        var cards = [
            card(
                "findings", "\(report.problems)", report.problems == 0 ? "good" : "bad",
                report.problems == 1 ? "problem found" : "problems found"),
            card("refusals", "\(report.refusals.total)", "ink", "refusals recorded"),
        ]
        if let coverage = report.coverage {
            let style = coverage.files == 0 ? "ink" : coverage.missing == 0 ? "good" : "warn"
            let share = Self.share(coverage.allowed, of: coverage.files)
            cards.append(card("packages", share, style, "of the packages' code is allowed"))
        }
        cards.append(card("grants", "\(report.grants.count)", "ink", "entries with rights"))
        if let mounts = report.mounts {
            cards.append(
                card("mounts", "\(mounts.count)", mounts.isEmpty ? "good" : "warn", "mounts writable and executable"))
        }
        cards.append(
            card(
                "setuid", "\(report.setuid.count)", report.setuid.isEmpty ? "good" : "warn",
                "set-user-id files without entry"))
        return cards
    }

    private func card(_ section: String, _ figure: String, _ style: String, _ text: String) -> Markup {
        "<a class=\"card\" href=\"#\(section)\"><b class=\"\(style)\">\(figure)</b>\(text)</a>\n"
    }

    /// In percent, rounded down, so that 100 % is all of them.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "–" }
        let tenths = part * 1000 / whole
        return tenths == 1000 ? "100 %" : "\(tenths / 10).\(tenths % 10) %"
    }

    /// With a capital letter and a full stop.
    static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
    }

    // MARK: The bottom

    private var foot: Markup {
        let rules = "The rule files have \(counted(report.rules, "rule")) in \(counted(report.ruleFiles, "file"))."
        let basis =
            report.isInForce
            ? "Rights and packages are compared with the rules in force."
            : "Rights and packages are compared with the rule files, not with what is in force."
        let notes = report.notes.map { "<li>\($0)</li>" as Markup }.joined()
        let list: Markup = report.notes.isEmpty ? "" : "<p>Not looked at:</p><ul>\(notes)</ul>"
        return """
            <footer class="faint"><p>\(rules) \(basis)</p>\(list)
            <p>Made by <code>\(report.tool)</code>. The page holds everything that it shows and loads nothing.</p></footer>
            """
    }

    func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

/// A part of the page that can be linked to.
struct ReportSection {
    var name: String
    var title: String
    var lead: String
    var body: Markup

    var markup: Markup {
        """
        <section id="\(name)">
        <h2>\(title)</h2>
        <p class="faint">\(lead)</p>
        \(body)
        </section>

        """
    }
}
