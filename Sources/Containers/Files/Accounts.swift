// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Jails
import SystemIO
package import Tool

/// Users and groups, as the host knows them. The files of a jail are never asked:
/// a user who can change them would decide who its programs are.
package struct Accounts {
    private let passwd: [[ArraySlice<UInt8>]]
    private let group: [[ArraySlice<UInt8>]]

    /// The ids of a process.
    package struct Identity: Equatable, Sendable {
        package var user: UInt32 = 0
        package var group: UInt32 = 0
        package var groups: [UInt32] = []
        package var name: [UInt8] = Array("root".utf8)
        package var home: [UInt8] = Array("/".utf8)

        package init() {}
    }

    package init(passwd: [UInt8], group: [UInt8]) {
        self.passwd = Self.lines(passwd)
        self.group = Self.lines(group)
    }

    package static func ofHost() -> Accounts {
        Accounts(
            passwd: (try? Files.read("/etc/passwd")) ?? [], group: (try? Files.read("/etc/group")) ?? [])
    }

    private static func lines(_ text: [UInt8]) -> [[ArraySlice<UInt8>]] {
        text.split(separator: ASCII.newline).map {
            $0.split(separator: ASCII.colon, omittingEmptySubsequences: false)
        }
    }

    private static func number(_ text: some Sequence<UInt8>) -> UInt32? {
        let digits = Array(text)
        guard !digits.isEmpty, digits.allSatisfy(ASCII.isDigit) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self)).flatMap { $0 == .max ? nil : $0 }
    }

    /// The ids for a user and groups that are given by name or by number.
    package func identity(user: [UInt8]?, group: [UInt8]?, groups: [[UInt8]]) throws(Failure) -> Identity {
        var identity = Identity()
        if let user {
            let account = passwd.first { $0.count >= 7 && (Array($0[0]) == user || Array($0[2]) == user) }
            guard let number = Self.number(account?[2] ?? user[...]) else { throw unknown("user", user) }
            identity.user = number
            identity.name = account.map { Array($0[0]) } ?? user
            identity.home = account.map { Array($0[5]) } ?? identity.home
            if let account, let own = Self.number(account[3]) {
                identity.group = own
                identity.groups = members(Array(account[0]))
            } else if group == nil {
                throw Failure(
                    status: .syntax,
                    message: "the user \(DisplayText.of(user)) has no account on the host, and no group is given",
                    hint: "Group= in [Program], or --group")
            }
        }
        if let group { identity.group = try number(ofGroup: group) }
        for name in groups { identity.groups.append(try number(ofGroup: name)) }
        identity.groups = Set(identity.groups).subtracting([identity.group]).sorted()
        return identity
    }

    private func members(_ login: [UInt8]) -> [UInt32] {
        group.filter { fields in
            fields.count >= 4 && fields[3].split(separator: ASCII.comma).contains { Array($0) == login }
        }.compactMap { Self.number($0[2]) }
    }

    private func number(ofGroup name: [UInt8]) throws(Failure) -> UInt32 {
        let line = group.first { $0.count >= 3 && Array($0[0]) == name }
        guard let number = Self.number(line?[2] ?? name[...]) else { throw unknown("group", name) }
        return number
    }

    private func unknown(_ kind: String, _ name: [UInt8]) -> Failure {
        Failure(
            status: .syntax, message: "the host has no \(kind) \(DisplayText.of(name))",
            hint: "a number is taken as it is; accounts of the jail's own files are not looked at")
    }
}
