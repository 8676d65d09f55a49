// SPDX-License-Identifier: LGPL-2.1-or-later

// Files of the system, of other tools and of the tools themselves: signatures, records,
// accounts, the loader's list of libraries, configurations of kernels.

import Bytes
import Crypto
import EventRecord
import Foundation
import Hardening
import KernelConfiguration
import Packages
import Policy
import SignatureExchange
import Signatures
import SystemIO
import Tool

@testable import Containers
@testable import Generation
@testable import Loading

private let certificate = Array(
    """
    -----BEGIN CERTIFICATE-----
    MIIBdDCCARugAwIBAgIUGY+Y56smPi+alSsp9mv4RnROZFQwCgYIKoZIzj0EAwIw
    DzENMAsGA1UEAwwEZnV6ejAgFw0yNjExMzAyMjA1NTBaGA8yMTI2MTEwNjIyMDU1
    MFowDzENMAsGA1UEAwwEZnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABD8j
    +6PSIAOnmMu355J+QewPeD92AWl28T1zCcJjTjWU2uJAeJ/mJ+eFPnEJOgOdRGwc
    pOarXaauaeqkZClx7CKjUzBRMB0GA1UdDgQWBBRLOJmDu+CzEMdHlgLpNwh1ldhS
    FjAfBgNVHSMEGDAWgBRLOJmDu+CzEMdHlgLpNwh1ldhSFjAPBgNVHRMBAf8EBTAD
    AQH/MAoGCCqGSM49BAMCA0cAMEQCIFBR/G+LFNNlSdUmzyE5KcGF5fSlKDC240jW
    vuzyBGK2AiBjopBOQ33jMSwwrA37iQINovZ2iTRZNriLjNCQ2iBqpw==
    -----END CERTIFICATE-----

    """.utf8)

/// A signature of the word "content" is in the seeds, and no other content has one.
@Sendable func signatures(_ bytes: [UInt8]) {
    func isSigned(_ content: String) -> Bool {
        do throws(SignatureError) {
            try DetachedSignature.verify(bytes, of: Array(content.utf8), certificates: [certificate])
            return true
        } catch {
            return false
        }
    }
    _ = isSigned("content")
    check(!isSigned("other content"), "a signature of one content does not count for another")
    _ = try? DetachedSignature.checkCertificate(bytes)
}

/// What the tools have written themselves, and programs or a power cut may have damaged.
@Sendable func records(_ text: [UInt8]) {
    _ = try? JSONReader.read(text)
    var badLines: [Int] = []
    _ = LearnedRecord(text, badLines: &badLines)
    check(badLines.allSatisfy { $0 >= 1 && $0 <= 1 + text.count { $0 == ASCII.newline } }, "lines that are there")
    if let record = PolicyRecord(text) {
        check(PolicyRecord(record.text) == record, "a record printed and read again")
    }
    if let state = RunState(text) { check(RunState(state.text) == state, "a state printed and read again") }
}

/// The first byte says which reader gets the rest.
@Sendable func system(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let rest = Array(bytes.dropFirst())
    switch first % 8 {
    case 0: _ = LoaderCache(rest)
    case 1: _ = FileCapabilities(attribute: rest)
    case 2: script(rest)
    case 3: accounts(rest)
    case 4: address(rest)
    case 5: _ = try? PackageSettings(rest, source: "fuzz")
    case 6: mappings(rest)
    default: _ = try? OctalEscape.decode(rest[...])
    }
}

private func script(_ head: [UInt8]) {
    guard case .interpreter(let path) = ScriptLine(head) else { return }
    // The name may be empty, if a NUL stands there: the kernel then opens an empty name.
    check(!path.bytes.contains { $0 == 0 || $0 == ASCII.newline || ASCII.isBlank($0) }, "an interpreter's name")
}

private func accounts(_ text: [UInt8]) {
    _ = ExecUser.find(Array("user".utf8), passwd: text, group: text)
    _ = try? Accounts(passwd: text, group: text).identity(
        user: Array("user".utf8), group: nil, groups: [Array("group".utf8)])
}

private func address(_ text: [UInt8]) {
    guard let address = NetworkAddress(text) else { return }
    check(NetworkAddress(Array(address.text.utf8)) == address, "an address printed and read again")
    check(address.overlaps(address.network), "an address is in its network")
}

/// The mappings of a process, of /proc/PID/maps.
private func mappings(_ text: [UInt8]) {
    for path in Preflight.programs(inMappings: text) { check(path.bytes.first == ASCII.slash, "the path of a mapping") }
}

/// Configurations of kernels, and what they are compared with.
@Sendable func hardening(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let rest = Array(bytes.dropFirst())
    switch first % 4 {
    case 0:
        let config = KernelConfig(rest)
        check(config.isEmpty == config.values.isEmpty, "a configuration")
    case 1: _ = KconfigTree(variables: ["SRCARCH": "x86"]) { $0 == "Kconfig" ? rest : nil }
    default:
        let name = ["forbidden", "cmdline", "sysctl", "compositions"][Int(first / 4) % 4]
        _ = try? RuleLibrary([RuleFile(name: name, bytes: rest)])
    }
}
