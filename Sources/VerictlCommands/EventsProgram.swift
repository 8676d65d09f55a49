// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO
import Tool

/// The program `verictl-events`, which reads netlink with libmnl: there is no
/// static libmnl, and this program is static.
enum EventsProgram {
    private static let name = Array("verictl-events".utf8)

    /// Turns this process into the program. Returns only the failure.
    static func run(_ arguments: [[UInt8]], in environment: Environment) -> Failure {
        for directory in environment.helperDirectories {
            let path = directory.appending(name)
            let error = environment.become([path.bytes] + arguments)
            guard error == .noEntry || error == .notDirectory else {
                return Failure(status: .unavailable, message: "\(path): \(error)")
            }
        }
        let places = environment.helperDirectories.map(\.description).joined(separator: ", ")
        return Failure(
            status: .unavailable, message: "the program verictl-events is not installed",
            hint: "it was searched for in \(places)")
    }
}
