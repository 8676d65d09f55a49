// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
package import Mounts
package import SystemIO

/// What the tool tells its caller, as verictl does.
package enum DevctlStatus: Int32, Sendable {
    case done = 0
    /// The answer is no.
    case no = 1
    case usage = 2
    /// Rules do not parse, or cannot be resolved.
    case syntax = 3
    /// The kernel refused.
    case refused = 4
    /// No clip, or no device.
    case unavailable = 5
    case io = 6
}

/// All that a command touches besides the files it is told of.
package struct DevctlSurroundings {
    package var writeResult: ([UInt8]) throws(Errno) -> Void
    package var writeMessage: (String) -> Void
    package var openDevice: () throws(Errno) -> any DevctlDevice
    package var readStandardInput: () throws(Errno) -> [UInt8]
    package var ruleDirectory: BytePath
    package var finder: DeviceFinder
    package var mounts = MountSources()

    package init(
        writeResult: @escaping ([UInt8]) throws(Errno) -> Void, writeMessage: @escaping (String) -> Void,
        openDevice: @escaping () throws(Errno) -> any DevctlDevice,
        readStandardInput: @escaping () throws(Errno) -> [UInt8], ruleDirectory: BytePath, finder: DeviceFinder
    ) {
        self.writeResult = writeResult
        self.writeMessage = writeMessage
        self.openDevice = openDevice
        self.readStandardInput = readStandardInput
        self.ruleDirectory = ruleDirectory
        self.finder = finder
    }

    /// Results, and nothing else; messages go by `writeMessage`.
    package func print(_ bytes: [UInt8]) throws(Errno) { try writeResult(bytes) }

    /// The real ones.
    package static func system() -> DevctlSurroundings {
        DevctlSurroundings(
            writeResult: { bytes throws(Errno) in try Descriptor.write(bytes, to: 1) },
            // There is no other place to complain at.
            writeMessage: { text in try? Descriptor.write(Array(text.utf8) + [ASCII.newline], to: 2) },
            openDevice: { () throws(Errno) in try KernelDevctl() },
            readStandardInput: { () throws(Errno) in try Files.readStandardInput() },
            ruleDirectory: "/etc/devctl.d", finder: .system())
    }
}
