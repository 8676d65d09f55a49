// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Policy
import SystemIO
package import Tool

/// What `/etc/verictl/packages.conf` says: lines `key = value`, with comments.
package struct PackageSettings: Equatable {
    /// Whether a package may come from elsewhere than apt's lists.
    package var allowsLocal = false

    package static let file: BytePath = "/etc/verictl/packages.conf"

    package init() {}

    /// A file that does not exist says nothing.
    package static func read(_ path: BytePath) throws(Failure) -> PackageSettings {
        let text: [UInt8]
        do throws(Errno) {
            text = try Files.read(path, limit: 1 << 20)
        } catch {
            if error == .noEntry { return PackageSettings() }
            throw Failure(status: .io, message: "\(path): \(error)")
        }
        return try PackageSettings(text, source: path)
    }

    package init(_ text: [UInt8], source: BytePath) throws(Failure) {
        for (index, line) in text.split(separator: ASCII.newline, omittingEmptySubsequences: false).enumerated() {
            let content = line.prefix { $0 != ASCII.hash }
            let words = content.split(whereSeparator: { ASCII.isBlank($0) || $0 == ASCII.carriageReturn })
            if words.isEmpty { continue }
            let parts = content.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
                .map { $0.split(whereSeparator: ASCII.isBlank).map { String(decoding: $0, as: UTF8.self) } }
            let place = "\(source):\(index + 1)"
            guard parts.count == 2, parts[0].count == 1, parts[1].count == 1 else {
                throw Failure(status: .syntax, message: "\(place): not a line of the form key = value")
            }
            guard parts[0][0] == "local" else {
                throw Failure(
                    status: .syntax, message: "\(place): unknown key '\(DisplayText.of(Array(parts[0][0].utf8)))'",
                    hint: "the only key is local")
            }
            switch parts[1][0] {
            case "allow": allowsLocal = true
            case "refuse": allowsLocal = false
            default:
                throw Failure(
                    status: .syntax,
                    message: "\(place): local is allow or refuse, not '\(DisplayText.of(Array(parts[1][0].utf8)))'")
            }
        }
    }
}
