// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
package import Policy
package import SystemIO

/// The requests of /dev/veriexec. The commands use this protocol, so that tests
/// can replace the kernel by a recording twin.
package protocol VeriexecDevice: AnyObject {
    /// The capabilities of the kernel.
    func info() throws(Errno) -> KernelInfo

    /// Sends an image to the kernel, which accepts all of it or nothing. Throws
    /// only if the request did not reach the store; a refusal is an outcome. `results` is
    /// the number of results of single rules that are wanted.
    func commit(
        _ image: [UInt8], entries: Int, results: Int, mode: CommitMode, options: CommitOptions, signature: [UInt8]
    ) throws(Errno) -> CommitOutcome

    /// Queries the verdict on the execution of an open file in a context. With
    /// `verifying` the kernel hashes the file unless it has a cached verdict.
    func query(
        _ file: borrowing Descriptor, context: ContextID, verifying: Bool
    ) throws(Errno) -> FileVerdict

    /// Creates a context with this number, level and bounds.
    func createContext(_ wanted: ContextEntry) throws(ContextRefusal) -> any ContextHandle

    /// Opens an existing context.
    func openContext(_ context: ContextID) throws(ContextRefusal) -> any ContextHandle

    /// Returns the state of a context; `own` stands for that of this process.
    func context(_ context: ContextID) throws(ContextRefusal) -> ContextState

    /// Reduces the bounds of a context to those of `wanted`, whose level is
    /// ignored.
    func narrowContext(_ wanted: ContextEntry) throws(ContextRefusal)

    /// Removes a context with all its entries.
    func deleteContext(_ context: ContextID) throws(ContextRefusal)

    /// Sets the level of a context, as far as its present level permits.
    func setLevel(_ level: ContextLevel, of context: ContextID) throws(ContextRefusal)

    /// Lets files with a digest run in a context for some seconds; 0 ends that
    /// now.
    func except(
        _ digest: [UInt8], _ algorithm: DigestAlgorithm, in context: ContextID, seconds: UInt32
    ) throws(ContextRefusal)

    /// Adds `permissive` to the level of a context for some seconds; 0 removes
    /// it now.
    func setPermissive(_ context: ContextID, seconds: UInt32) throws(ContextRefusal)

    /// Lets this process, and what it starts, run files that no rule allows for
    /// some seconds.
    func runAllowed(seconds: UInt32) throws(ContextRefusal)

    /// Declares which context may change the entries of others; possible once
    /// until reboot.
    func setUpdateContext(_ context: ContextID) throws(ContextRefusal)
}

/// The real device.
package final class KernelDevice: VeriexecDevice {
    let descriptor: Descriptor

    /// Opens the device: throws ENOENT or ENXIO if the kernel has none, EACCES
    /// or EPERM if this process may not use it.
    package init() throws(Errno) {
        descriptor = try Descriptor(device: BytePath(CLIP_DEVICE_PATH.utf8))
    }

    package func info() throws(Errno) -> KernelInfo {
        var raw = clip_info()
        raw.size = UInt32(MemoryLayout<clip_info>.size)
        _ = try descriptor.control(UInt(cclip_ioc_info), &raw)
        return KernelInfo(raw)
    }

    package func commit(
        _ image: [UInt8], entries: Int, results: Int, mode: CommitMode, options: CommitOptions, signature: [UInt8]
    ) throws(Errno) -> CommitOutcome {
        var results = [clip_result](repeating: clip_result(), count: max(results, 1))
        var raw = clip_commit()
        raw.size = UInt32(MemoryLayout<clip_commit>.size)
        raw.mode = mode.rawValue
        raw.flags = options.rawValue
        raw.results_capacity = UInt32(results.count)
        raw.image_size = UInt64(image.count)
        raw.signature_size = UInt64(signature.count)
        // An older kernel takes the longer structure if the rest is zero.
        let failure = signature.withUnsafeBytes { bytes in
            if !signature.isEmpty { raw.signature = UInt64(UInt(bitPattern: bytes.baseAddress)) }
            return submit(image, &results, &raw)
        }
        // Without a reason the request has not reached the store: it is not
        // permitted, or unknown to this kernel.
        if let failure, raw.reason == CLIP_REASON_NONE.rawValue { throw failure }
        return CommitOutcome(raw, results: results, error: failure)
    }

    package func query(
        _ file: borrowing Descriptor, context: ContextID, verifying: Bool
    ) throws(Errno) -> FileVerdict {
        var raw = clip_query()
        raw.size = UInt32(MemoryLayout<clip_query>.size)
        raw.fd = file.number
        raw.context = context.number
        raw.flags = verifying ? CLIP_QUERY_VERIFY : 0
        _ = try descriptor.control(UInt(cclip_ioc_query), &raw)
        return FileVerdict(raw)
    }

    package func except(
        _ digest: [UInt8], _ algorithm: DigestAlgorithm, in context: ContextID, seconds: UInt32
    ) throws(ContextRefusal) {
        var raw = clip_exception()
        raw.size = UInt32(MemoryLayout<clip_exception>.size)
        raw.context = context.number
        raw.seconds = seconds
        raw.algorithm = UInt32(algorithm.rawValue)
        raw.digest_size = UInt32(digest.count)
        withUnsafeMutableBytes(of: &raw.digest) { $0.copyBytes(from: digest.prefix($0.count)) }
        do throws(Errno) {
            _ = try descriptor.control(UInt(cclip_ioc_exception), &raw)
        } catch {
            throw ContextRefusal(error: error, reason: Reason(raw.reason))
        }
    }

    package func setPermissive(_ context: ContextID, seconds: UInt32) throws(ContextRefusal) {
        var raw = clip_permissive()
        raw.size = UInt32(MemoryLayout<clip_permissive>.size)
        raw.context = context.number
        raw.seconds = seconds
        do throws(Errno) {
            _ = try descriptor.control(UInt(cclip_ioc_permissive), &raw)
        } catch {
            throw ContextRefusal(error: error, reason: Reason(raw.reason))
        }
    }

    package func runAllowed(seconds: UInt32) throws(ContextRefusal) {
        var raw = clip_run_allowed()
        raw.size = UInt32(MemoryLayout<clip_run_allowed>.size)
        raw.seconds = seconds
        do throws(Errno) {
            _ = try descriptor.control(UInt(cclip_ioc_run_allowed), &raw)
        } catch {
            throw ContextRefusal(error: error, reason: Reason(raw.reason))
        }
    }

    private func submit(_ image: [UInt8], _ results: inout [clip_result], _ raw: inout clip_commit) -> Errno? {
        image.withUnsafeBytes { imageBytes in
            results.withUnsafeMutableBytes { resultBytes in
                raw.image = UInt64(UInt(bitPattern: imageBytes.baseAddress))
                raw.results = UInt64(UInt(bitPattern: resultBytes.baseAddress))
                do throws(Errno) {
                    _ = try descriptor.control(UInt(cclip_ioc_commit), &raw)
                    return nil
                } catch {
                    return error
                }
            }
        }
    }
}

extension KernelInfo {
    init(_ raw: clip_info) {
        self.init()
        abiVersion = raw.abi_version
        imageVersion = raw.image_version
        context = ContextID(raw.context)
        features = raw.features
        algorithms = raw.algorithms
        flagsKnown = EntryFlags(rawValue: UInt32(truncatingIfNeeded: raw.flags_known))
        flagsEnforced = EntryFlags(rawValue: UInt32(truncatingIfNeeded: raw.flags_enforced))
        privilegesKnown = Privileges(rawValue: raw.privileges_known)
        privilegesEnforced = Privileges(rawValue: raw.privileges_enforced)
        capabilities = CapabilitySet(rawValue: raw.capabilities)
        generation = raw.generation
        entries = raw.entries
        entryBytes = raw.entry_bytes
        tableBytes = raw.table_bytes
        nameBytes = raw.name_bytes
        levelsEnforced = ContextLevel(rawValue: raw.levels_enforced)
        contexts = raw.contexts
        digests = raw.digests
        digestBytes = raw.digest_bytes
        updateContext = raw.update_context == 0 ? nil : ContextID(raw.update_context)
    }
}

extension CommitOutcome {
    init(_ raw: clip_commit, results: [clip_result], error: Errno?) {
        self.init()
        self.error = error
        reason = Reason(raw.reason)
        generation = raw.generation
        errorOffset = raw.error_offset
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
