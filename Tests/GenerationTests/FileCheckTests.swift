// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import TestSupport
import Testing

@testable import Generation

private let netRaw = CapabilitySet(bit: 13)

@Suite struct FileCapabilityTests {
    private func attribute(_ words: UInt32...) -> [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }

    @Test func revisions() throws {
        let two = try #require(FileCapabilities(attribute: attribute(0x0200_0001, 0x2000, 0, 0, 0)))
        #expect(two == FileCapabilities(permitted: netRaw, inheritable: [], isEffective: true))
        #expect(two.effective == netRaw)
        #expect(two.text == "NET_RAW (effective)")
        let three = FileCapabilities(attribute: attribute(0x0300_0000, 0, 0x2000, 1 << 8, 0, 0))
        #expect(three?.permitted == CapabilitySet(bit: 40))
        #expect(three?.inheritable == netRaw)
        #expect(three?.effective == [])
        #expect(FileCapabilities(attribute: attribute(0x0100_0000, 0x2000, 0))?.permitted == netRaw)
    }

    /// Any user may set the attribute for a user namespace of his own.
    @Test func otherUserNamespacesDoNotCount() {
        #expect(FileCapabilities(attribute: attribute(0x0300_0001, 0x2000, 0, 0, 0, 1000)) == nil)
    }

    @Test func malformed() {
        for bytes in [
            [], [1], attribute(0x0200_0001), attribute(0x0200_0001, 1, 0, 0), attribute(0x0400_0001, 1, 0, 0, 0),
            attribute(0x0200_0001, 0, 0, 0, 0), attribute(0x0300_0001, 1, 0, 0, 0), attribute(1, 1, 0) + [0],
        ] {
            #expect(FileCapabilities(attribute: bytes) == nil)
        }
    }

    @Test func grantsAreCompared() {
        let granted = FileCapabilities(permitted: netRaw, inheritable: [], isEffective: true)
        let rule = { (effective: CapabilitySet, permitted: CapabilitySet) in
            Rule(
                path: "/a", context: .own, flags: .executable, effective: effective, permitted: permitted,
                algorithm: .sha256, digest: [])
        }
        #expect(granted.isGranted(by: rule(netRaw, netRaw)))
        #expect(granted.isGranted(by: rule(.all, .all)))
        #expect(!granted.isGranted(by: rule([], netRaw)))
        #expect(!granted.isGranted(by: rule([], [])))
    }

    /// Setting the attribute takes CAP_SETFCAP and a file system that keeps it.
    @Test func theyAreCarriedOver() throws {
        let directory = TemporaryDirectory()
        let file = try Files.realPath(directory.write("ping", "x", mode: 0o755))
        guard directory.setAttribute("security.capability", of: "ping", attribute(0x0200_0001, 0x2000, 0, 0, 0)) else {
            return
        }
        var search = FileSearch(root: "/", recursive: false)
        search.add(file)
        var generator = Generator()
        let outcome = generator.run(search.found, progress: nil)
        #expect(outcome.rules.map(\.effective) == [netRaw])
        #expect(outcome.rules.map(\.permitted) == [netRaw])
        #expect(outcome.warnings.isEmpty)
        generator.namesCapabilities = true
        #expect(generator.run(search.found, progress: nil).warnings.map(\.code) == [.fileCapability])
        generator.allows = true
        #expect(generator.run(search.found, progress: nil).warnings.map(\.code) == [.fileCapability])
        let rule = Rule(path: file, context: .own, flags: .executable, algorithm: .sha256, digest: [])
        #expect(FileCheck.warnings(RuleTable([rule]), root: "/").map(\.code) == [.fileCapability])
        #expect(FileCheck.warnings(RuleTable(outcome.rules), root: "/").isEmpty)
    }
}

@Suite struct RulePathTests {
    private let directory = TemporaryDirectory()

    private func codes(_ path: String, root: BytePath = "/") -> [DiagnosticCode] {
        let rule = Rule(
            path: BytePath(path.utf8), context: .own, flags: .executable, algorithm: .sha256, digest: [])
        return FileCheck.warnings(RuleTable([rule]), root: root).map(\.code)
    }

    /// With many rules, several threads look for files; the order stays.
    @Test func manyRules() {
        directory.write("tool", "x")
        let doubtful = [0, 1, 1999, 2000, 2001, 3998, 4000]
        let rules = (0...4000).map { number in
            let name = doubtful.contains(number) ? "a*\(number)" : number % 7 == 0 ? "tool" : "missing\(number)"
            return Rule(
                path: directory.path.appending(Array(name.utf8)), flags: .executable, digest: [],
                origin: RuleOrigin(source: [], line: UInt32(number)))
        }
        let warnings = FileCheck.warnings(RuleTable(rules), root: "/")
        #expect(warnings.map(\.line) == doubtful && warnings.allSatisfy { $0.code == .wildcard })
        #expect(FileCheck.warnings(RuleTable(rules[2...1998]), root: "/").isEmpty)
    }

    @Test func pathsThatAreHardlyMeant() {
        directory.write("a*", "x")
        directory.write("tool", "x")
        directory.makeFifo("fifo")
        let place = directory.path.description
        #expect(codes("\(place)/tool") == [])
        #expect(codes("\(place)/nope") == [])
        #expect(codes(place) == [.notAFile])
        #expect(codes("\(place)/tool/") == [.notAFile])
        #expect(codes("\(place)/fifo") == [.notAFile])
        for path in ["\(place)//tool", "\(place)/./tool", "/nonexistent/../b"] {
            #expect(codes(path) == [.notCanonical])
        }
        #expect(codes("\(place)/*") == [.wildcard])
        #expect(codes("\(place)/too?") == [.wildcard])
        // There is a file of this name.
        #expect(codes("\(place)/a*") == [])
        #expect(codes("/tool", root: directory.path) == [])
        #expect(codes("/", root: directory.path) == [.notAFile])
    }

    /// Directories of such a tree can be made by any user.
    @Test func aPathThatNoLineCanHoldIsLeftOut() throws {
        let long = FoundFile(
            path: directory.write("tool", "x"), rulePath: BytePath([0x2f] + [UInt8](repeating: 0x20, count: 2100)),
            identity: try Files.status(directory.path.appending(Array("tool".utf8))).identity, size: 1,
            isLibrary: false, isNamed: true)
        let outcome = Generator().run([long], progress: nil)
        #expect(outcome.rules.isEmpty)
        #expect(outcome.problems.map(\.message) == ["the line of the entry would have 8486 bytes; the limit is 8191"])
    }
}
