// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import SystemIO

/// Where refusals are recorded, and how the recorder is started. Tests have
/// their own.
package struct LearningPlaces {
    package var record: BytePath = "/var/lib/verictl/learned.jsonl"
    /// Held by the recorder while it listens.
    package var lock: BytePath = "/run/verictl-learn.lock"
    /// The rule file of accepted proposals.
    package var rules: BytePath = "/etc/verictl.d/learned"
    /// The lists of dpkg.
    package var packages: BytePath = "/var/lib/dpkg/info"
    /// The names of the files of exceptions, until the next boot.
    package var exceptionNames: BytePath = "/run/verictl-exceptions"
    package var kernelLog: BytePath = "/dev/kmsg"
    /// Exists where systemd is running.
    package var systemd: BytePath = "/run/systemd/system"
    package var unitDirectories: [BytePath] = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"]
    /// Starts a program that goes on after this one; returns the error of a
    /// failure.
    package var start: ([[UInt8]]) -> Errno? = { words in
        do throws(Errno) {
            try Process.start(words)
            return nil
        } catch {
            return error
        }
    }
    /// Runs a program on the terminal until it ends; returns its status.
    package var run: ([[UInt8]]) throws(Errno) -> Int32 = { words throws(Errno) in
        try Process.run(onTerminal: words)
    }

    package init() {}

    package static let unit = Array("verictl-learn.service".utf8)

    /// Whether systemd runs and has the unit of the recorder.
    package var hasUnit: Bool {
        guard (try? Files.status(systemd)) != nil else { return false }
        return unitDirectories.contains { (try? Files.status($0.appending(Self.unit))) != nil }
    }
}
