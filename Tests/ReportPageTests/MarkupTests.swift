// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Testing

@testable import ReportPage

@Suite struct MarkupTests {
    @Test func whatIsPutInIsEscaped() {
        let name = "<script>&\"'"
        let markup: Markup = "<b title=\"\(name)\">\(name)</b>"
        #expect(
            markup.text
                == "<b title=\"&lt;script&gt;&amp;&quot;&#39;\">&lt;script&gt;&amp;&quot;&#39;</b>")
    }

    @Test func markupIsNotEscapedTwice() {
        let inner: Markup = "<i>\("a<b")</i>"
        #expect(("<p>\(inner)</p>" as Markup).text == "<p><i>a&lt;b</i></p>")
        #expect([inner, inner].joined().text == "<i>a&lt;b</i><i>a&lt;b</i>")
    }

    @Test func numbersAndPaths() {
        let path = BytePath(Array("/a<".utf8) + [0xff, 0x0a])
        #expect(("\(7) \(path)" as Markup).text == "7 /a&lt;\\377\\012")
    }

    @Test func controlAndReorderingCharactersAreShown() {
        #expect(("\("a\u{1b}[2J\u{202e}b")" as Markup).text == "a\\033[2J\\342\\200\\256b")
    }
}

@Suite struct BarTests {
    @Test func widths() {
        #expect(Bar(1, of: 3, "bad").markup.text.contains("<rect class=\"bad\" x=\"0.00%\" width=\"33.33%\""))
        let parts = Bar([(3, "good"), (1, "bad")]).markup.text
        #expect(parts.contains("class=\"good\" x=\"0.00%\" width=\"75.00%\""))
        #expect(parts.contains("class=\"bad\" x=\"75.00%\" width=\"25.00%\""))
    }

    @Test func aLittleCanBeSeen() {
        let parts = Bar([(1_000_000, "good"), (1, "bad")]).markup.text
        #expect(parts.contains("class=\"bad\" x=\"99.50%\" width=\"0.50%\""))
    }

    @Test func nothing() {
        #expect(!Bar([(0, "good"), (0, "bad")]).markup.text.contains("good"))
        #expect(!Bar(0, of: 0, "bad").markup.text.contains("bad"))
    }
}
