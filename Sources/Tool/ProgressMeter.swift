// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// One line on a terminal that shows the progress of a command.
package final class ProgressMeter {
    private let output: any OutputSink
    private var width = 0

    package init(_ output: any OutputSink) {
        self.output = output
    }

    /// Replaces the text of the line.
    package func update(_ text: String) {
        // A shorter text must cover the rest of a longer one.
        let padding = String(repeating: " ", count: max(0, width - text.utf8.count))
        width = text.utf8.count
        output.writeMessage(Array(("\r" + text + padding).utf8))
    }

    /// Ends the line, if there is one.
    package func finish() {
        if width > 0 { output.writeMessage([ASCII.newline]) }
    }
}
