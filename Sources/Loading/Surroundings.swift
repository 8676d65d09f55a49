// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
package import Mounts
package import SystemIO
package import Tool

/// Everything that a command uses besides the files it is given. Tests use
/// their own.
package struct Surroundings {
    package var environment: Environment
    private let open: () throws(Errno) -> any VeriexecDevice
    /// Directories of rule files; a later one replaces files of an earlier one.
    package var ruleDirectories: [BytePath]
    package var securityfs: BytePath
    package var essentials: Essentials
    package var mounts = MountSources()
    /// Opens the device for the question that every user may ask.
    package var openAskDevice: () throws(Errno) -> any AskDevice = { () throws(Errno) in try KernelAskDevice() }
    package var learning = LearningPlaces()
    /// Whether the name that the kernel keeps for an entry is still that of the
    /// entry's file.
    package var presentName: (LiveEntry) -> PresentName = NameFinder().find

    package init(
        _ environment: Environment,
        openDevice: @escaping () throws(Errno) -> any VeriexecDevice,
        ruleDirectories: [BytePath] = Self.standardRuleDirectories,
        securityfs: BytePath = Self.standardSecurityfs,
        essentials: Essentials = Essentials()
    ) {
        self.environment = environment
        open = openDevice
        self.ruleDirectories = ruleDirectories
        self.securityfs = securityfs
        self.essentials = essentials
    }

    package var reporter: Reporter { Reporter(environment) }

    /// Opens the kernel's device; see `KernelDevice` for the errors.
    package func openDevice() throws(Errno) -> any VeriexecDevice { try open() }

    /// As systemd orders them: vendor, administrator, this boot.
    package static let standardRuleDirectories: [BytePath] = [
        "/usr/lib/verictl.d", "/etc/verictl.d", "/run/verictl.d",
    ]

    /// `CLIP_SECURITYFS_PATH` of linux/clip.h; DeviceTests compares them.
    package static let standardSecurityfs: BytePath = "/sys/kernel/security/clip"

    /// The surroundings of this process.
    package static func system() -> Surroundings {
        Surroundings(.system(program: "verictl"), openDevice: { () throws(Errno) in try KernelDevice() })
    }
}
