// SPDX-License-Identifier: LGPL-2.1-or-later

import Digest

/// One line on a terminal that tells how far hashing has come.
final class ProgressMeter {
    private let output: any OutputSink
    private var width = 0

    init(_ output: any OutputSink) {
        self.output = output
    }

    func update(_ progress: HashProgress) {
        let rate = progress.seconds > 0 ? Double(progress.bytesDone) / progress.seconds / 1e6 : 0
        let text =
            "\(progress.filesDone)/\(progress.filesTotal) files  \(progress.bytesDone / 1_000_000)"
            + "/\(progress.bytesTotal / 1_000_000) MB  \(Int(rate)) MB/s"
        // A shorter line must cover what a longer one has left.
        let padding = String(repeating: " ", count: max(0, width - text.utf8.count))
        width = text.utf8.count
        output.writeMessage(Array(("\r" + text + padding).utf8))
    }

    func finish() {
        if width > 0 { output.writeMessage([0x0a]) }
    }
}
