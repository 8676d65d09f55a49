// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
package import Mounts
package import SystemIO

/// Where a command's output goes.
package protocol OutputSink: AnyObject {
    /// Results, and nothing else.
    func writeResult(_ bytes: [UInt8]) throws(Errno)
    /// Everything else: errors, notes, summaries, progress.
    func writeMessage(_ bytes: [UInt8])
}

/// All that a command touches besides the files it is told of. Tests put their
/// own in its place.
package struct Surroundings {
    package var output: any OutputSink
    package var openDevice: () throws(Errno) -> any VeriexecDevice
    package var readStandardInput: () throws(Errno) -> [UInt8]
    /// Directories of rule files; a later one replaces files of an earlier one.
    package var ruleDirectories: [BytePath]
    package var securityfs: BytePath
    package var essentials: Essentials
    package var mounts = MountSources()
    /// Turns the process into a program, or answers why not.
    package var become: ([[UInt8]]) -> Errno
    /// Where the programs lie that this one hands over to.
    package var helperDirectories: [BytePath] = []
    package var resultsToTerminal: Bool
    package var messagesToTerminal: Bool
    package var usesColour: Bool

    package init(
        output: any OutputSink,
        openDevice: @escaping () throws(Errno) -> any VeriexecDevice,
        readStandardInput: @escaping () throws(Errno) -> [UInt8],
        ruleDirectories: [BytePath] = Self.standardRuleDirectories,
        securityfs: BytePath = Self.standardSecurityfs,
        essentials: Essentials = Essentials(),
        become: @escaping ([[UInt8]]) -> Errno = { Process.become($0) },
        resultsToTerminal: Bool = false, messagesToTerminal: Bool = false, usesColour: Bool = false
    ) {
        self.output = output
        self.openDevice = openDevice
        self.readStandardInput = readStandardInput
        self.ruleDirectories = ruleDirectories
        self.securityfs = securityfs
        self.essentials = essentials
        self.become = become
        self.resultsToTerminal = resultsToTerminal
        self.messagesToTerminal = messagesToTerminal
        self.usesColour = usesColour
    }

    /// As systemd orders them: vendor, administrator, this boot.
    package static let standardRuleDirectories: [BytePath] = [
        "/usr/lib/verictl.d", "/etc/verictl.d", "/run/verictl.d",
    ]

    /// `CLIP_SECURITYFS_PATH` of linux/clip.h; DeviceTests compares them.
    package static let standardSecurityfs: BytePath = "/sys/kernel/security/clip"

    /// The real ones.
    package static func system() -> Surroundings {
        let messagesToTerminal = Process.isTerminal(2)
        // no-color.org: set and not empty, whatever the value.
        let colourAllowed = (Process.environment("NO_COLOR") ?? []).isEmpty
        var surroundings = Surroundings(
            output: StandardOutput(),
            openDevice: { () throws(Errno) in try KernelDevice() },
            readStandardInput: { () throws(Errno) in try Files.readStandardInput() },
            resultsToTerminal: Process.isTerminal(1), messagesToTerminal: messagesToTerminal,
            usesColour: messagesToTerminal && colourAllowed && Process.environment("TERM") != Array("dumb".utf8))
        surroundings.helperDirectories = helperDirectories()
        return surroundings
    }

    private static func helperDirectories() -> [BytePath] {
        let own = Process.isPrivileged ? nil : Process.executable?.parent
        return [own, "/usr/libexec/clip"].compactMap(\.self)
    }
}

/// The two standard streams.
private final class StandardOutput: OutputSink {
    func writeResult(_ bytes: [UInt8]) throws(Errno) {
        try Descriptor.write(bytes, to: 1)
    }

    func writeMessage(_ bytes: [UInt8]) {
        // There is no other place to complain at.
        try? Descriptor.write(bytes, to: 2)
    }
}
