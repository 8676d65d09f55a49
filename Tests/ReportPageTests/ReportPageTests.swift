// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Testing

@testable import ReportPage

@Suite struct ReportPageTests {
    private func page(_ report: MachineReport) -> String { String(decoding: ReportPage(report).text, as: UTF8.self) }

    private func section(_ name: String, _ page: String) -> String? {
        guard let start = page.firstRange(of: "<section id=\"\(name)\">") else { return nil }
        let rest = page[start.upperBound...]
        return rest.firstRange(of: "</section>").map { String(rest[..<$0.lowerBound]) }
    }

    private var full: MachineReport {
        var report = MachineReport()
        report.host = "web1"
        report.system = "Debian"
        report.mode = "enforcing"
        report.modeText = "enforcing"
        report.policy = "abcdef"
        report.isInForce = true
        report.findings = [
            .init(name: "rules", state: .problem, text: "there are none", next: "verictl gen"),
            .init(name: "kernel", state: .good, text: "clip is active", next: nil),
        ]
        var coverage = MachineReport.Coverage()
        coverage.packages = [
            .init(name: "bash", version: "5", rulesFor: "5", files: 3, missing: []),
            .init(name: "perl", version: "6", rulesFor: "5", files: 5, missing: ["/usr/bin/perl"]),
            .init(name: "sudo", version: "1", rulesFor: nil, files: 4, missing: ["/usr/bin/sudo", "/usr/bin/visudo"]),
        ]
        coverage.doubtful = [.init(path: "/usr/bin/odd", problem: "the content is another one")]
        report.coverage = coverage
        report.grants = [
            .init(
                path: "/usr/sbin/verictl", context: "0", flags: ["EXECUTABLE"], capabilities: [],
                privileges: ["VERICTL"], source: "/etc/verictl.d/verictl:1"),
            .init(
                path: nil, context: "7", flags: [], capabilities: ["NET_RAW", "KILL"], privileges: [], source: ""),
        ]
        report.contexts = [
            .init(number: 0, level: ["active"], capabilities: "all", privileges: "all", entries: 2, digests: 9),
            .init(number: 7, level: [], capabilities: "-", privileges: "-", entries: 0, digests: 0),
        ]
        report.mounts = [.init(point: "/tmp", found: "writable and executable", hint: "mount with noexec")]
        report.setuid = [.init(path: "/usr/bin/su", bits: "set-user-id")]
        report.refusals.source = "/var/lib/verictl/learned.jsonl"
        report.refusals.lost = 4
        report.refusals.sinceBoot = [("not-allowed", 12)]
        report.refusals.reasons = [
            .init(
                name: "not-allowed", meaning: "the file is neither listed nor allowed",
                events: [
                    .init(text: "refused to run /opt/a", program: "/bin/sh", count: 5, last: "now", isEnforced: true),
                    .init(text: "refused to run /opt/b", program: nil, count: 2, last: nil, isEnforced: true),
                ])
        ]
        report.notes = ["the kernel's log: denied"]
        return report
    }

    @Test func aMachineOfWhichNothingIsKnown() {
        let page = page(MachineReport())
        #expect(page.hasPrefix("<!DOCTYPE html>\n"))
        #expect(page.contains("<title>a machine: what may run</title>"))
        #expect(page.contains("No refusal is known."))
        #expect(page.contains("No entry grants a capability or a privilege."))
        // What was not looked at is not said to be fine.
        #expect(section("packages", page) == nil)
        #expect(section("mounts", page) == nil)
        #expect(section("contexts", page) == nil)
    }

    @Test func figures() throws {
        let page = page(full)
        #expect(page.contains("<b class=\"bad\">1</b>problem found"))
        #expect(page.contains("<b class=\"ink\">7</b>refusals recorded"))
        #expect(page.contains("<b class=\"warn\">75.0 %</b>"))
        #expect(page.contains("<span class=\"mode good\">enforcing</span>"))
        let packages = try #require(section("packages", page))
        #expect(packages.contains("<b class=\"good\">9</b> allowed, <b class=\"warn\">3</b> not allowed"))
        // The package with most such files is first, and complete ones are not listed.
        let (sudo, perl) = (packages.firstRange(of: "<b>sudo</b>"), packages.firstRange(of: "<b>perl</b>"))
        #expect(try #require(sudo).lowerBound < #require(perl).lowerBound)
        #expect(!packages.contains("<b>bash</b>"))
        #expect(packages.contains("1 package with rules of another version"))
        #expect(packages.contains("/usr/bin/odd"))
        let grants = try #require(section("grants", page))
        #expect(grants.contains("<span class=\"tag strong\">VERICTL</span>"))
        #expect(grants.contains("no name is kept"))
        let refusals = try #require(section("refusals", page))
        #expect(refusals.contains("<td class=\"number\">7</td>"))
        #expect(refusals.contains("4 events were lost"))
        #expect(refusals.contains("<td class=\"number\">12</td>"))
        #expect(page.contains("<li>the kernel&#39;s log: denied</li>"))
    }

    @Test func allIsRoundedDown() {
        #expect(ReportPage.share(9999, of: 10000) == "99.9 %")
        #expect(ReportPage.share(5, of: 5) == "100 %")
        #expect(ReportPage.share(0, of: 0) == "–")
    }

    /// Every text of a machine may have been chosen by the user who made a file.
    @Test func noNameBecomesMarkup() throws {
        let bad = "<img src=x onerror=alert(1)>\"'&"
        let path = BytePath(("/" + bad).utf8)
        var report = full
        (report.host, report.system, report.kernel, report.time) = (bad, bad, bad, bad)
        (report.mode, report.modeText, report.policy, report.tool) = (bad, bad, bad, bad)
        report.findings = [.init(name: bad, state: .note, text: bad, next: bad)]
        report.coverage?.packages = [.init(name: bad, version: bad, rulesFor: bad + "x", files: 1, missing: [path])]
        report.coverage?.doubtful = [.init(path: path, problem: bad)]
        report.grants = [
            .init(path: path, context: bad, flags: [bad], capabilities: [bad], privileges: [bad], source: bad)
        ]
        report.contexts = [
            .init(number: 1, level: [bad], capabilities: bad, privileges: bad, entries: 0, digests: 0)
        ]
        report.mounts = [.init(point: path, found: bad, hint: bad)]
        report.setuid = [.init(path: path, bits: bad)]
        report.refusals.source = bad
        report.refusals.sinceBoot = [(bad, 1)]
        report.refusals.reasons = [
            .init(
                name: bad, meaning: bad,
                events: [.init(text: bad, program: bad, count: 1, last: bad, isEnforced: true)])
        ]
        report.notes = [bad]
        let page = page(report)
        #expect(!page.contains("<img"))
        // The style has combinators.
        let body = try #require(page.firstRange(of: "</style>")).upperBound
        #expect(page[body...].count { $0 == "<" } == page[body...].count { $0 == ">" })
        #expect(page.split(separator: "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;").count > 30)
    }

    @Test func nothingIsLoaded() {
        let page = page(full)
        for word in ["http:", "https:", "src=", "url(", "@import", "<script", "<link", "javascript:"] {
            #expect(!page.contains(word), "\(word)")
        }
        #expect(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline';"))
    }

    @Test func manyNamesAreCut() throws {
        var report = full
        report.coverage?.packages = [
            .init(
                name: "big", version: "1", rulesFor: nil, files: 500,
                missing: (0..<450).map { BytePath("/f\($0)".utf8) })
        ]
        let packages = try #require(section("packages", page(report)))
        #expect(packages.contains("/f199<") && !packages.contains("/f200<"))
        #expect(packages.contains("and 250 more"))
    }

    @Test func json() {
        let text = String(decoding: full.json.text, as: UTF8.self)
        #expect(text.hasPrefix("{\"schema\":1,\"host\":\"web1\","))
        #expect(text.contains("\"coverage\":{\"files\":12,\"allowed\":9,"))
        #expect(text.contains("\"refusals\":{\"source\":\"/var/lib/verictl/learned.jsonl\",\"total\":7,\"lost\":4,"))
        #expect(String(decoding: MachineReport().json.text, as: UTF8.self).contains("\"coverage\":null"))
    }
}
