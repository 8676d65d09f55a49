// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
package import Mounts
package import SystemIO
package import Tool

/// Everything that a command touches besides the files it is given. Tests put
/// their own in its place.
package struct DevctlSurroundings {
    package var environment: Environment
    package var openDevice: () throws(Errno) -> any DevctlDevice
    /// Writes 0 to the sysctl kernel.clip.mount, and returns the error of
    /// open(2) or write(2) if that fails.
    /// With `true`, also a table in which no rule counts.
    package var lockMounts: (Bool) -> Errno?
    /// The directory of the rule files.
    package var ruleDirectory: BytePath
    package var finder: DeviceFinder
    package var mounts = MountSources()

    package init(
        _ environment: Environment, openDevice: @escaping () throws(Errno) -> any DevctlDevice,
        lockMounts: @escaping (Bool) -> Errno?, ruleDirectory: BytePath, finder: DeviceFinder
    ) {
        self.environment = environment
        self.openDevice = openDevice
        self.lockMounts = lockMounts
        self.ruleDirectory = ruleDirectory
        self.finder = finder
    }

    var reporter: Reporter { Reporter(environment) }

    /// The surroundings of this process.
    package static func system() -> DevctlSurroundings {
        DevctlSurroundings(
            .system(program: "devctl"),
            openDevice: { () throws(Errno) in try KernelDevctl() },
            lockMounts: writeSysctl,
            ruleDirectory: "/etc/devctl.d", finder: .system())
    }

    private static func writeSysctl(allowsEmpty: Bool) -> Errno? {
        do throws(Errno) {
            try Sysctl.write(allowsEmpty ? "0 empty" : "0", to: "/proc/sys/kernel/clip/mount")
            return nil
        } catch {
            return error
        }
    }
}
