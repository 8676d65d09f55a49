// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

extension JSONValue {
    /// The number of a context, -1 for the one of the loading process.
    package static func context(_ context: ContextID) -> JSONValue {
        context == .own ? .number(-1) : .number(Int64(context.number))
    }
}

extension Rule {
    /// The rule as members of a JSON object; letters as in the rule language,
    /// `-` for none.
    package var json: JSONValue {
        var members = JSONValue.members("path", bytes: subject.field)
        members += [
            ("context", .context(context)),
            ("flags", .string(String(decoding: flags.letters, as: UTF8.self))),
            ("effective", .words(effective.names)),
            ("permitted", .words(permitted.names)),
            ("inheritable", .words(inheritable.names)),
            ("privileges", .string(String(decoding: privileges.letters, as: UTF8.self))),
            ("privilege_names", .words(privileges.names)),
            ("algorithm", .string(algorithm.name)),
            ("digest", .hex(digest)),
        ]
        if let fileSize { members.append(("size", .number(Int64(fileSize.bytes)))) }
        if let name { members += JSONValue.members("name", bytes: name.bytes) }
        if !origin.source.isEmpty {
            members += JSONValue.members("source", bytes: origin.source)
            members.append(("line", .number(Int64(origin.line))))
        }
        return .object(members)
    }
}
