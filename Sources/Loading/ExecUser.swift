// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO

/// The user for whom a file would be executed.
package struct ExecUser: Equatable, Sendable {
    package var uid: UInt32
    package var groups: Set<UInt32>

    package static let root = ExecUser(uid: 0, groups: [0])

    /// Finds a user by name or number in the text of passwd(5), and his groups
    /// in that of group(5). A number needs no line there. Users of other
    /// sources, such as a directory service, are known by number only, because
    /// a static program cannot ask for them. nil if there is no such user.
    package static func find(_ name: [UInt8], passwd: [UInt8], group: [UInt8]) -> ExecUser? {
        let accounts = lines(passwd).filter { $0.count >= 4 }
        let number = number(name[...])
        guard
            let account = accounts.first(where: { Array($0[0]) == name })
                ?? accounts.first(where: { number != nil && Self.number($0[2]) == number })
        else { return number.map { ExecUser(uid: $0, groups: []) } }
        guard let uid = Self.number(account[2]), let own = Self.number(account[3]) else { return nil }
        let login = Array(account[0])
        let others = lines(group).filter { fields in
            fields.count >= 4 && fields[3].split(separator: ASCII.comma).contains { Array($0) == login }
        }
        return ExecUser(uid: uid, groups: Set([own] + others.compactMap { Self.number($0[2]) }))
    }

    private static func lines(_ text: [UInt8]) -> [[ArraySlice<UInt8>]] {
        text.split(separator: ASCII.newline).map {
            $0.split(separator: ASCII.colon, omittingEmptySubsequences: false)
        }
    }

    private static func number(_ text: ArraySlice<UInt8>) -> UInt32? {
        text.first.map(ASCII.isDigit) == true ? UInt32(String(decoding: text, as: UTF8.self)) : nil
    }

    /// Whether the mode of a file lets the user execute it, or search it if it is
    /// a directory. Access control lists are not looked at.
    /// `capabilities` are root's.
    func mayExecute(_ status: FileStatus, with capabilities: CapabilitySet) -> Bool {
        let bits = status.permissions.rawValue
        if uid == 0 {
            let (override, search) = (CapabilitySet(bit: 1), CapabilitySet(bit: 2))
            let isDirectory = status.kind == .directory
            // CAP_DAC_OVERRIDE asks for one x bit, except for a directory.
            if capabilities.contains(override), isDirectory || bits & 0o111 != 0 { return true }
            if capabilities.contains(search), isDirectory { return true }
        }
        if uid == status.owner { return bits & 0o100 != 0 }
        return bits & (groups.contains(status.group) ? 0o010 : 0o001) != 0
    }
}
