// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import Policy

/// One line of /sys/kernel/security/clip/exceptions: a digest that is allowed for
/// some time.
package struct LiveException: Hashable, Sendable {
    package var context: ContextID
    /// `CLIP_ALGO_*`
    package var algorithm: UInt16
    package var digest: [UInt8]
    /// How long it will last.
    package var seconds: UInt64

    package var algorithmName: String { DigestAlgorithm(rawValue: algorithm)?.name ?? "number\(algorithm)" }
}

package enum ExceptionsFile {
    /// nil if a line has another form. Words that this tool does not know are
    /// left out.
    package static func parse(_ text: [UInt8]) -> [LiveException]? {
        var list: [LiveException] = []
        for line in text.split(separator: ASCII.newline) {
            var words: [String: ArraySlice<UInt8>] = [:]
            for word in line.split(separator: ASCII.space) {
                guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else { return nil }
                words[String(decoding: word[..<equals], as: UTF8.self)] = word[(equals + 1)...]
            }
            func number(_ name: String) -> UInt64? {
                words[name].flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }
            }
            guard let context = number("context").flatMap(UInt32.init(exactly:)),
                let algorithm = number("algorithm").flatMap(UInt16.init(exactly:)),
                let digest = words["digest"].flatMap({ Hex.decode($0) }), let seconds = number("seconds")
            else { return nil }
            list.append(
                LiveException(
                    context: ContextID(context), algorithm: algorithm, digest: digest, seconds: seconds))
        }
        return list
    }
}
