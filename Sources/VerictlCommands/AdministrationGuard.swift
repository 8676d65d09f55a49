// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Crypto
import Device
import Loading
import Policy
import SystemIO
import Tool

/// Keeps a change of an active context from taking away verictl's own right to
/// change rules and levels: only a reboot would bring it back. The right belongs
/// to the file at verictl's path, because that file is started the next time.
///
/// This is a safeguard and no decision: it looks at the files as they are now,
/// without a lock, and the kernel judges verictl again when it is started.
struct AdministrationGuard {
    private let device: any VeriexecDevice
    private let info: KernelInfo
    private let essentials: Essentials

    init(_ surroundings: Surroundings, _ device: any VeriexecDevice, _ info: KernelInfo) {
        self.device = device
        self.info = info
        essentials = surroundings.essentials
    }

    /// Whether rules can only be changed with the privilege now. A kernel that
    /// does not answer has no levels.
    var isActive: Bool {
        do throws(ContextRefusal) {
            return try device.context(.own).level.contains(.active)
        } catch {
            return false
        }
    }

    /// Ends the command with status 1 if there is a reason, or only warns of it
    /// if the user asked for that.
    func enforce(_ loss: String?, isFinal: Bool, _ reporter: Reporter) throws(Failure) {
        guard let loss else { return }
        let failure = Self.failure(loss, hint: "use --final if this is intended")
        guard isFinal else { throw failure }
        reporter.warning(Self.message(loss))
    }

    static func failure(_ loss: String, hint: String) -> Failure {
        Failure(status: .no, message: message(loss) + "; nothing was changed", hint: hint)
    }

    private static func message(_ loss: String) -> String {
        "afterwards, verictl could not change rules or levels until reboot: \(loss)"
    }

    // MARK: The reason why verictl could not administer; nil if it could

    func lossAtLevel(_ level: ContextLevel) throws(Failure) -> String? {
        guard level.contains(.active) else { return nil }
        let (findings, canAdminister) = try Preflight.runForTool(level, device, essentials)
        if !canAdminister { return "\(essentials.toolPath) is not listed with the privilege V (VERICTL)" }
        return level.contains(.permissive)
            ? nil : findings.first { $0.problem != nil }.map { "\($0.role) \($0.path): \($0.problem ?? "")" }
    }

    /// `transaction` removes all other entries.
    func lossAfterReplacing(by transaction: Transaction) throws(Failure) -> String? {
        guard isActive, let loss = missingRule(in: transaction) else { return nil }
        // A caller without the right cannot lose it; the kernel refuses the change.
        return try Preflight.runForTool(.active, device, essentials).canAdminister ? loss : nil
    }

    private func missingRule(in transaction: Transaction) -> String? {
        let path = essentials.toolPath
        let identity: FileIdentity
        do throws(Errno) {
            identity = try Files.status(path).identity
        } catch {
            return "\(path) cannot be examined: \(error)"
        }
        var isListed = false
        // Few of many entries have this right, and a rule is made for each that has it.
        for index in transaction.entries where transaction.privileges(at: index).contains(.administer) {
            guard let rule = transaction.rule(at: index), grantsRight(rule), names(rule, identity) else { continue }
            isListed = true
            if matches(rule, path) { return nil }
        }
        return isListed
            ? "the rule for \(path) has another digest than the file"
            : "no rule lists \(path) with the privilege V (VERICTL)"
    }

    /// `rules` are removed; with `onlyDigest`, only entries of their digest.
    func lossAfterRemoving(_ rules: [Rule], onlyDigest: Bool) throws(Failure) -> String? {
        let path = essentials.toolPath
        guard isActive, let identity = try? Files.status(path).identity else { return nil }
        let removed = rules.first { rule in
            isOwn(rule) && names(rule, identity) && (!onlyDigest || matches(rule, path))
        }
        guard removed != nil else { return nil }
        // An entry without the right is no loss.
        let (_, canAdminister) = try Preflight.runForTool(.active, device, essentials)
        return canAdminister ? "the entry of \(path) with the privilege V (VERICTL) would be removed" : nil
    }

    // MARK: One rule

    private func isOwn(_ rule: Rule) -> Bool { rule.context == .own || rule.context == info.context }

    private func grantsRight(_ rule: Rule) -> Bool {
        isOwn(rule) && rule.flags.contains(.executable) && rule.privileges.contains(.administer)
    }

    /// The kernel follows links, so any path of the file names it.
    private func names(_ rule: Rule, _ identity: FileIdentity) -> Bool {
        guard let path = rule.path else { return false }
        return (try? Files.status(path).identity) == identity
    }

    private func matches(_ rule: Rule, _ path: BytePath) -> Bool {
        do throws(DigestError) {
            return try Hasher(rule.algorithm).digest(ofFile: path) == rule.digest
        } catch {
            return false
        }
    }
}
