// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import KernelConfiguration
import Loading
import Mounts
import Policy
import SystemIO
import Tool

/// The kernel, and what it was started with.
extension Doctor {
    mutating func lookAtKernel() {
        lookAtConfiguration()
        guard !isOffline else {
            note("kernel", "this is another machine's; device, latches, sysctls and mounts are not looked at")
            return
        }
        do throws(Failure) {
            let status = try DeviceAccess(surroundings).status()
            good("kernel", "clip is active, interface version \(status.info.abiVersion)")
            if status.info.abiVersion != KernelInfo.supportedABI {
                problem(
                    "interface", "this tool knows version \(KernelInfo.supportedABI)",
                    "install the tools of this kernel")
            }
        } catch {
            problem("kernel", error.message, error.hint ?? "start a kernel with clip")
        }
        lookAtDevice()
        lookAtModules()
        lookAtCommandLine()
        lookAtSysctls()
        lookAtLatches()
        lookAtMounts()
    }

    /// No latch must be set, and each one that is set is final until reboot.
    mutating func lookAtLatches() {
        let writer = LatchWriter(
            Result { () throws(Errno) in try SysctlDirectory(surroundings.latchDirectory) })
        do throws(Failure) {
            var (set, open): ([String], [String]) = ([], [])
            for (name, kind) in BootLatch.kinds where kind == .flag {
                if try writer.isSet(BootLatch(name)) { set.append(name) } else { open.append(name) }
            }
            let mounts = try writer.areMountsLocked() ? "" : "; mounts and devices are not locked"
            let text = "set: \(set.isEmpty ? "none" : set.joined(separator: " "))\(mounts)"
            if open.isEmpty, mounts.isEmpty { return good("latches", text) }
            note("latches", text, "docs/enforcement/exec.md, kernel.clip; latches and lock in boot.conf")
        } catch {
            note("latches", "cannot be read: \(error.message)", "run verictl doctor as root")
        }
    }

    private mutating func lookAtDevice() {
        do throws(Failure) {
            _ = try DeviceAccess(surroundings).open()
            good("device", "/dev/veriexec answers")
        } catch {
            if error.status == .refused {
                note("device", error.message, "run verictl doctor as root in context 0 to see everything")
            } else {
                problem("device", error.message, error.hint ?? "start a kernel with clip")
            }
        }
    }

    private mutating func lookAtModules() {
        guard let text = text("/sys/kernel/security/lsm") else {
            note("modules", "/sys/kernel/security/lsm cannot be read", "mount securityfs")
            return
        }
        let names = text.split { $0 == "," || $0 == "\n" }.map(String.init)
        if names.contains("clip") {
            good("modules", names.joined(separator: ","))
        } else {
            problem("modules", "clip is not among \(names.joined(separator: ","))", "start a kernel with clip")
        }
    }

    /// Words that start something else than the system that is protected.
    private mutating func lookAtCommandLine() {
        guard let text = text("/proc/cmdline") else { return note("command line", "/proc/cmdline cannot be read") }
        let line = CommandLineText(text)
        let words = ["init", "rdinit", "systemd.debug_shell", "systemd.debug-shell", "rd.break", "break", "single"]
            .filter { line.last($0) != nil }
        if words.isEmpty {
            good("command line", "starts the usual first process")
        } else {
            problem(
                "command line", "\(words.joined(separator: ", ")) may start a shell before the rules are loaded",
                "remove it from the boot loader's configuration, and protect that with a password")
        }
    }

    private mutating func lookAtConfiguration() {
        let release: String? =
            if isOffline {
                (try? Files.list(path("/boot")))?.last { $0.name.starts(with: "config-".utf8) }
                    .map { String(decoding: $0.name.dropFirst(7), as: UTF8.self) }
            } else {
                text("/proc/sys/kernel/osrelease")?.filter { $0 != "\n" }
            }
        guard let release, let text = text("/boot/config-\(release)") else {
            note("configuration", "there is no /boot/config-\(release ?? "VERSION") to read")
            return
        }
        let config = KernelConfig(Array(text.utf8))
        let missing = ["SECURITY_CLIP", "SECURITYFS", "SECURITY_CLIP_NAMES", "SECURITY_CLIP_EVENTS"]
            .filter { !config.isSet($0) }
        if missing.isEmpty {
            good("configuration", "/boot/config-\(release) has clip with names and events")
        } else if missing.contains("SECURITY_CLIP") {
            problem("configuration", "/boot/config-\(release) has no SECURITY_CLIP", "install a kernel with clip")
        } else {
            note("configuration", "/boot/config-\(release) lacks \(missing.joined(separator: ", "))")
        }
    }

    private mutating func lookAtSysctls() {
        let open = [("kernel.kexec_load_disabled", "0"), ("kernel.unprivileged_bpf_disabled", "0")]
            .filter { key, bad in
                text("/proc/sys/" + key.split(separator: ".").joined(separator: "/"))?.hasPrefix(bad) ?? false
            }
            .map(\.0)
        if open.isEmpty {
            good("sysctls", "no new kernel by kexec, no BPF by users; hardenctl check knows more")
        } else {
            note("sysctls", "\(open.joined(separator: " and ")) is 0", "hardenctl check")
        }
    }

    private mutating func lookAtMounts() {
        do throws(Failure) {
            let faulty = try MountsRequest().report(surroundings.mounts).faulty
            if faulty.isEmpty { return good("mounts", "none is both writable and executable") }
            problem(
                "mounts", "writable and executable: \(Self.some(faulty.map(\.point.description)))", "verictl mounts")
        } catch {
            note("mounts", error.message)
        }
    }
}
