// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import SystemIO
import TestSupport
import Testing

@testable import VerictlCommands

@Suite struct SignedCoverageTests {
    private let device = RecordingDevice()
    private let fixture: PackageFixture

    init() {
        fixture = PackageFixture(device: device)
        fixture.tool.bootConfiguration = fixture.directory.write(
            "boot.conf", "mode = enforcing\nsignature = required\n")
    }

    /// The digests in force, as the kernel shows them.
    private func allow(_ digests: [String]) {
        fixture.tool.securityfs = fixture.directory.path
        fixture.directory.write(
            "digests", digests.map { "context=0 algorithm=3 digest=\($0)\n" }.joined())
    }

    @Test func packageThatThePolicyHas() throws {
        let path = fixture.publish(package("1.0")).description
        // What gen says of the package is what a policy would have.
        let rules = fixture.run("gen", "--context", "0", "--from-deb", path).output.resultText
        let digests = rules.split(separator: "\n").filter { $0.hasPrefix("*") }.map {
            // Without the size behind it.
            String($0.split(separator: " ")[8].prefix { $0 != ":" })
        }
        #expect(digests.count == 3)
        allow(digests)
        #expect(fixture.run("package", "preload", path).status == 0)
        allow(Array(digests.dropFirst()))
        let (status, output) = fixture.run("package", "preload", path)
        #expect(status == 1)
        #expect(output.messages.contains("the policy in force does not allow 1 file of these packages"))
        #expect(output.messages.contains("tool 1.0 amd64: "))
        #expect(device.commits.isEmpty)
        #expect(fixture.names.isEmpty)
    }

    @Test func syncChangesNothing() {
        let (status, output) = fixture.run("package", "sync")
        #expect(status == 0)
        #expect(output.messages.contains("the rules are those of the signed policy"))
        #expect(fixture.run("package", "sync", "--json").status == 0)
        #expect(device.commits.isEmpty)
        #expect(fixture.names.isEmpty)
    }
}
