// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import DevicePolicy

extension DeviceRule {
    /// The rule as members of a JSON object; permissions as letters, `-` for
    /// none.
    var jsonMembers: [(String, JSONValue)] {
        [
            ("major", .unsigned(UInt64(first.major))), ("minor", .unsigned(UInt64(first.minor))),
            ("range", .unsigned(UInt64(range))), ("priority", .unsigned(UInt64(priority))),
            ("permissions", .string(permissions.text)),
        ]
    }

    var json: JSONValue { .object(jsonMembers) }
}

extension [DeviceRule] {
    var json: JSONValue { .array(map(\.json)) }

    /// The rules in five columns, one on each line.
    func lines(prefix: String = "") -> [UInt8] {
        [UInt8](map { "\(prefix)\($0.text)\n" }.joined().utf8)
    }
}
