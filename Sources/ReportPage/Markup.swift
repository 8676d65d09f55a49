// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// A piece of a page. A literal of the source is taken as it is; everything that
/// is put into one is escaped, so that no name can become markup.
package struct Markup: ExpressibleByStringInterpolation, Sendable {
    package private(set) var text: String

    package init(stringLiteral text: String) {
        self.text = text
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { text += literal }

        package mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

        package mutating func appendInterpolation(_ text: String) { self.text += Markup.escape(text) }

        package mutating func appendInterpolation(_ path: BytePath) { text += Markup.escape(path.description) }

        package mutating func appendInterpolation(_ number: some BinaryInteger) { text += String(number) }
    }

    package static func + (left: Markup, right: Markup) -> Markup { "\(left)\(right)" }

    package static func += (left: inout Markup, right: Markup) { left.text += right.text }

    /// The characters that mean something in the text of an element or in a quoted
    /// attribute. Control characters and those that reorder text are shown as
    /// octal escapes, as in all messages.
    private static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in DisplayText.of(text.utf8).unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Sequence<Markup> {
    package func joined() -> Markup {
        reduce(into: "") { $0 += $1 }
    }
}
