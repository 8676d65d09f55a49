// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
package import Mounts
package import SignatureExchange
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
    /// Where dpkg's database, the configuration and the made rules are.
    package var systemRoot: BytePath = "/"
    /// Runs another program, and returns what it prints. Nothing of this process's
    /// environment, such as APT_CONFIG, decides what that is.
    package var runProgram: ([[UInt8]]) throws(Errno) -> [UInt8] = { words throws(Errno) in
        try Process.output(of: words, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]).output
    }
    /// The compiled policy of this machine.
    package var stateDirectory: BytePath = "/var/lib/verictl"
    /// What is true until the next boot.
    package var runtimeDirectory: BytePath = "/run/verictl"
    /// What the administrator configures besides rules.
    package var configurationDirectory: BytePath = "/etc/verictl"
    package var bootConfiguration: BytePath = "/etc/verictl/boot.conf"
    package var latchDirectory: BytePath = "/proc/sys/kernel/clip"
    /// Changes the root directory; the result changes it back.
    package var changeRoot: (BytePath) throws(Errno) -> () -> Void = { path throws(Errno) in
        try Process.changeRoot(path)
    }
    package var halt: () -> Errno = { Process.halt() }
    /// Opens the device for the question that every user may ask.
    package var openAskDevice: () throws(Errno) -> any AskDevice = { () throws(Errno) in try KernelAskDevice() }
    package var learning = LearningPlaces()
    /// Makes and checks signatures, by a program of the environment.
    package var answerSignatureRequest: (SignatureRequest, Environment) throws(Failure) -> SignatureAnswer = {
        request, environment throws(Failure) in
        try SignatureProgram.answer(request, in: environment)
    }
    /// Whether the name that the kernel keeps for an entry is still that of the
    /// entry's file.
    package var presentName: (LiveEntry) -> PresentName = NameFinder().find
    /// Answers which paths of one directory lead to their files. It may say no for a
    /// name that `presentName` finds to be the file's.
    package var answerPaths: (inout [PathQuestion], UnsafeMutableBufferPointer<UInt8>) -> Void = PathCheck().answer

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

    /// Before /proc is mounted, as early at boot, the programs are those that
    /// are installed.
    package mutating func useInstalledEssentialsWithoutProc() {
        if (try? Files.status(essentials.initProgram)) == nil { essentials = .installed }
    }

    /// What lies beside the running file is not of the system that was entered.
    package mutating func useInstalledHelpers() {
        environment.helperDirectories = [Environment.installedHelpers]
    }

    /// The same directories below the root directory of another machine.
    package func below(_ root: BytePath) -> Surroundings {
        let inside = { (path: BytePath) in BytePath(root.bytes + path.bytes) }
        var other = self
        other.ruleDirectories = ruleDirectories.map(inside)
        other.stateDirectory = inside(stateDirectory)
        other.runtimeDirectory = inside(runtimeDirectory)
        other.configurationDirectory = inside(configurationDirectory)
        other.bootConfiguration = inside(bootConfiguration)
        other.systemRoot = inside(systemRoot)
        return other
    }

    /// What was made on this machine, and then as systemd orders them: vendor,
    /// administrator, this boot.
    package static let standardRuleDirectories: [BytePath] = [
        madeRulesDirectory, "/usr/lib/verictl.d", "/etc/verictl.d", "/run/verictl.d",
    ]

    /// Rules that were made on this machine: those of its packages, and learned
    /// ones.
    package static let madeRulesDirectory: BytePath = "/var/lib/verictl.d"

    /// `CLIP_SECURITYFS_PATH` of linux/clip.h; DeviceTests compares them.
    package static let standardSecurityfs: BytePath = "/sys/kernel/security/clip"

    /// The surroundings of this process.
    package static func system() -> Surroundings {
        Surroundings(.system(program: "verictl"), openDevice: { () throws(Errno) in try KernelDevice() })
    }
}
