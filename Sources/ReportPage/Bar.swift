// SPDX-License-Identifier: LGPL-2.1-or-later

/// A bar of a chart: parts of a whole, each with a class of the style.
struct Bar {
    private let parts: [(value: UInt64, style: String)]
    private let whole: UInt64

    /// One part of `whole`, which is that of the longest bar of the chart.
    init(_ value: UInt64, of whole: UInt64, _ style: String) {
        parts = [(value, style)]
        self.whole = whole
    }

    /// Parts that make up the whole.
    init(_ parts: [(value: UInt64, style: String)]) {
        self.parts = parts
        whole = parts.reduce(0) { $0 + $1.value }
    }

    /// The figures are in the text beside the bar, so that readers of the screen
    /// skip it.
    var markup: Markup {
        var drawn: Markup = ""
        var start = 0.0
        for part in parts where part.value > 0 && whole > 0 {
            // What is there can be seen, however little it is.
            let width = max(0.5, Double(part.value) / Double(whole) * 100)
            let left = min(start, 100 - width)
            drawn +=
                "<rect class=\"\(part.style)\" x=\"\(Self.percent(left))\" width=\"\(Self.percent(width))\" height=\"100%\"/>"
            start = left + width
        }
        return "<svg aria-hidden=\"true\"><rect class=\"rail\" width=\"100%\" height=\"100%\" rx=\"3\"/>\(drawn)</svg>"
    }

    /// With two digits, without Foundation.
    private static func percent(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
    }
}
