// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import ELF
import Policy

/// Finds listed files of which the level word wx_memory would refuse a part, so
/// that the user learns of it when the rule is written and not when the program
/// fails.
enum MemoryCheck {
    /// The warnings about the file of a rule, of which wx_memory would refuse this.
    static func warnings(
        _ rule: Rule, _ findings: [MemoryFinding], source: [UInt8], line: Int = 0
    ) -> [Diagnostic] {
        // Allow digests name no file. A script is judged by its interpreter.
        guard !rule.isAllowDigest, !rule.flags.contains(.justInTime) else { return [] }
        return findings.map { finding in
            Diagnostic(
                .warning, finding.code, source: source, line: line, column: line > 0 ? 1 : 0,
                field: line > 0 ? 1 : nil, message: "\(finding.text), which wx_memory refuses",
                token: line > 0 ? rule.subject.field : nil,
                hint: rule.flags.contains(.executable)
                    ? "flag j exempts the program" : "the programs that load it need flag j")
        }
    }
}

extension MemoryFinding {
    var code: DiagnosticCode {
        switch self {
        case .writableCode: .writableCode
        case .codeWithoutContent: .codeWithoutContent
        case .executableStack, .unmarkedStack: .executableStack
        case .textRelocations: .textRelocations
        }
    }

    var text: String {
        switch self {
        case .writableCode(let address):
            "a segment at 0x\(String(address, radix: 16)) is writable and executable"
        case .codeWithoutContent(let address):
            "an executable segment at 0x\(String(address, radix: 16)) is larger in memory than in the file"
        case .executableStack: "the file requests an executable stack"
        case .unmarkedStack: "the file has no PT_GNU_STACK header, so its stack becomes executable"
        case .textRelocations: "the code is modified when it is loaded (text relocations)"
        }
    }
}
