// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
package import DevicePolicy
package import SystemIO

/// The device table in force, from CLIP_IOC_DEVICE_LIST.
package struct LiveDeviceTable: Sendable {
    package var rules: [DeviceRule] = []
    package var generation: UInt64 = 0
    /// The table is enforced and final.
    package var isLocked = false
    package var isStrict = false

    package init() {}
}

/// The requests of /dev/devctl; tests use a twin instead of the kernel.
package protocol DevctlDevice: AnyObject {
    /// The kernel accepts all of the rules or none; a refusal is an outcome.
    func commit(_ rules: [DeviceRule], mode: CommitMode, options: CommitOptions) throws(Errno) -> CommitOutcome

    func table() throws(Errno) -> LiveDeviceTable
}

/// The real device.
package final class KernelDevctl: DevctlDevice {
    private let descriptor: Descriptor

    /// Errors as for `KernelDevice`.
    package init() throws(Errno) {
        descriptor = try Descriptor(device: BytePath(CLIP_DEVCTL_PATH.utf8))
    }

    package func commit(
        _ rules: [DeviceRule], mode: CommitMode, options: CommitOptions
    ) throws(Errno) -> CommitOutcome {
        let count = UInt32(clamping: rules.count)
        var results = [clip_result](repeating: clip_result(), count: max(rules.count, 1))
        var raw = clip_device_commit()
        raw.size = UInt32(MemoryLayout<clip_device_commit>.size)
        raw.mode = mode.rawValue
        raw.flags = options.rawValue
        raw.results_capacity = count
        raw.rules_count = count
        raw.rule_size = UInt32(MemoryLayout<clip_device_rule>.size)
        let failure = submit(rules.map(\.raw), &results, &raw)
        if let failure, raw.reason == CLIP_REASON_NONE.rawValue { throw failure }
        return CommitOutcome(raw, results: results, error: failure)
    }

    private func submit(
        _ rules: [clip_device_rule], _ results: inout [clip_result], _ raw: inout clip_device_commit
    ) -> Errno? {
        rules.withUnsafeBytes { ruleBytes in
            results.withUnsafeMutableBytes { resultBytes in
                raw.rules = UInt64(UInt(bitPattern: ruleBytes.baseAddress))
                raw.results = UInt64(UInt(bitPattern: resultBytes.baseAddress))
                do throws(Errno) {
                    _ = try descriptor.control(UInt(cclip_ioc_device_commit), &raw)
                    return nil
                } catch {
                    return error
                }
            }
        }
    }

    package func table() throws(Errno) -> LiveDeviceTable {
        var rules = [clip_device_rule](repeating: clip_device_rule(), count: Int(CLIP_DEVICE_RULES_MAX))
        var raw = clip_device_list()
        raw.size = UInt32(MemoryLayout<clip_device_list>.size)
        raw.capacity = UInt32(rules.count)
        raw.rule_size = UInt32(MemoryLayout<clip_device_rule>.size)
        let failure: Errno? = rules.withUnsafeMutableBytes { bytes in
            raw.rules = UInt64(UInt(bitPattern: bytes.baseAddress))
            do throws(Errno) {
                _ = try descriptor.control(UInt(cclip_ioc_device_list), &raw)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        var table = LiveDeviceTable()
        table.rules = rules.prefix(Int(raw.count)).map(DeviceRule.init)
        table.generation = raw.generation
        table.isLocked = raw.state & CLIP_DEVICES_LOCKED != 0
        table.isStrict = raw.state & CLIP_DEVICES_STRICT != 0
        return table
    }
}

extension DeviceRule {
    fileprivate var raw: clip_device_rule {
        clip_device_rule(
            major: first.major, minor: first.minor, range: range, priority: priority,
            permissions: permissions.rawValue, reserved: 0)
    }

    fileprivate init(_ raw: clip_device_rule) {
        self.init(
            DeviceNumber(major: raw.major, minor: raw.minor), range: raw.range, priority: raw.priority,
            permissions: DevicePermissions(rawValue: raw.permissions))
    }
}

extension CommitOutcome {
    fileprivate init(_ raw: clip_device_commit, results: [clip_result], error: Errno?) {
        self.init()
        self.error = error
        reason = Reason(raw.reason)
        generation = raw.generation
        added = Int(raw.added)
        removed = Int(raw.removed)
        unchanged = Int(raw.unchanged)
        skipped = Int(raw.skipped)
        resultsCount = Int(raw.results_count)
        self.results = results.prefix(resultsCount).map { result in
            CommitResult(
                index: Int(result.index), error: Errno(Int32(truncatingIfNeeded: result.error)),
                reason: Reason(result.reason), isSkipped: result.flags & CLIP_RESULT_SKIPPED != 0)
        }
    }
}
