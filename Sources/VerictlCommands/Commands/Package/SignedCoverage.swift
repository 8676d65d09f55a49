// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Packages
import Policy
import Tool

/// Packages on a machine that takes signed policies only: rules cannot be made of
/// them here, so that the policy has to have the digests of their code already.
struct SignedCoverage {
    private let surroundings: Surroundings

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// Names each file that the rules in force do not allow, and throws if there is
    /// one. Without clip, nothing would be refused.
    func check(_ packages: [PackageRules]) throws(Failure) {
        let access = DeviceAccess(surroundings)
        let reporter = surroundings.reporter
        do throws(Failure) {
            _ = try access.open()
        } catch {
            guard error.status == .unavailable else { throw error }
            reporter.note("\(error.message); the packages were not compared with the signed policy")
            return
        }
        let allowed = Set(try access.digests().compactMap { $0.rule?.key })
        var missing = 0
        for package in packages {
            for rule in package.rules where !allowed.contains(rule.key) {
                missing += 1
                let name = rule.name.map { "\($0)" } ?? "a file"
                reporter.error("\(package.package.text): \(name): the signed policy does not allow it")
            }
        }
        guard missing == 0 else {
            throw Failure(
                status: .no,
                message: "the policy in force does not allow \(counted(missing, "file")) of these packages",
                hint: "install a signed policy with their digests first")
        }
        let count = packages.reduce(0) { $0 + $1.rules.count }
        reporter.line(
            "\(counted(count, "digest")) of \(counted(packages.count, "package")) are in the signed policy")
    }
}
