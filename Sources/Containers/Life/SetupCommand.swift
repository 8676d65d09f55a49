// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Jails
import Policy
import SystemIO
import Tool

/// The program of the host that prepares the namespaces of a jail.
enum SetupCommand {
    /// Runs it, if the jail has one, and waits for it. The process of the jail
    /// waits meanwhile. What it prints goes to a file of the jail's directory, which
    /// is removed with it.
    static func run(for jail: Jail, _ process: Int32, output: BytePath) throws(Failure) {
        guard let command = jail.setupCommand else { return }
        try HostProgram.run(
            [command.bytes], as: "the setup command \(command)", environment: environment(jail, process), output: output
        )
    }

    /// The variables that it has always had.
    static func environment(_ jail: Jail, _ process: Int32) -> [String] {
        let letters: [(Namespaces, String)] = [(.pid, "P"), (.net, "N"), (.user, "U")]
        var variables = [
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "NS_PID=\(process)", "JAIL_NAME=\(jail.name)",
            "JAIL_XID=\(jail.context.number ?? 0)",
            "JAIL_NSOPTS=\(letters.filter { jail.namespaces.contains($0.0) }.map(\.1).joined())",
            "JAIL_HOSTNAME=\(String(decoding: jail.hostName ?? [], as: UTF8.self))",
        ]
        for (index, address) in jail.network.addresses.enumerated() {
            variables.append("JAIL_ADDR_\(index)=\(address.text)")
        }
        return variables
    }
}
