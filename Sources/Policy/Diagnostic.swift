// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// A message about one place in a rule file.
package struct Diagnostic: Hashable, Sendable {
    package enum Severity: String, Sendable {
        case error, warning, note
    }

    package var severity: Severity
    package var code: DiagnosticCode
    /// Name of the file, as the user gave it.
    package var source: [UInt8]
    /// Counted from 1; 0 for the whole file.
    package var line: Int
    /// Byte column of the offending token, from 1; 0 if there is none.
    package var column: Int
    /// Number of the field, from 1.
    package var field: Int?
    package var message: String
    package var token: [UInt8]?
    package var hint: String?

    package init(
        _ severity: Severity, _ code: DiagnosticCode, source: [UInt8], line: Int = 0, column: Int = 0,
        field: Int? = nil, message: String, token: [UInt8]? = nil, hint: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.source = source
        self.line = line
        self.column = column
        self.field = field
        self.message = message
        self.token = token
        self.hint = hint
    }

    /// `file:line:column: error: field N: message 'token'; hint: ...`, safe to
    /// show on a terminal.
    package var text: String {
        var text = DisplayText.of(source)
        if line > 0 { text += ":\(line)" }
        if line > 0, column > 0 { text += ":\(column)" }
        text += ": \(severity.rawValue): "
        if let field { text += "field \(field): " }
        text += message
        // Long tokens (a path of 4 kB) would bury the message.
        if let token { text += " '\(DisplayText.of(token, limit: 80))'" }
        if let hint { text += "; hint: \(hint)" }
        return text
    }

    /// The same as members of a JSON object.
    package var json: JSONValue {
        var members = JSONValue.members("file", bytes: source)
        members.append(("line", .number(Int64(line))))
        members.append(("column", .number(Int64(column))))
        members.append(("severity", .string(severity.rawValue)))
        members.append(("code", .string(code.rawValue)))
        members.append(("field", field.map { .number(Int64($0)) } ?? .null))
        members.append(("message", .string(message)))
        members.append(("token", token.map { .string(DisplayText.of($0)) } ?? .null))
        members.append(("hint", hint.map { .string($0) } ?? .null))
        return .object(members)
    }
}

/// The subject of a diagnostic, for programs. The text of a message may change;
/// these codes do not.
package enum DiagnosticCode: String, Sendable {
    // Lines
    case nulByte = "nul-byte"
    case lineTooLong = "line-too-long"
    case longLine = "long-line"
    case tooFewFields = "too-few-fields"
    case tooManyFields = "too-many-fields"
    case emptyEntry = "empty-entry"
    case byteOrderMark = "byte-order-mark"
    // Fields
    case badPath = "bad-path"
    case badContext = "bad-context"
    case badLetter = "bad-letter"
    case badCapability = "bad-capability"
    case badAlgorithm = "bad-algorithm"
    case badFingerprint = "bad-fingerprint"
    case badLevel = "bad-level"
    case allowGrants = "allow-grants"
    case badNumber = "bad-number"
    case badSelector = "bad-selector"
    // Settings
    case badKey = "bad-key"
    case badValue = "bad-value"
    // Lint
    case repeated = "repeated"
    case inert = "inert"
    case ownContextNumber = "own-context-number"
    case libraryGrant = "library-grant"
    case executableLibrary = "executable-library"
    case scriptInterpreter = "script-interpreter"
    case bothLibraryChecks = "both-library-checks"
    case pointlessLibraryCheck = "pointless-library-check"
    case pointlessExemption = "pointless-exemption"
    case unreachableEffective = "unreachable-effective"
    case auditWithoutNetlink = "audit-without-netlink"
    case privilegeNames = "privilege-names"
    case nameOrLetters = "name-or-letters"
    case neverGranted = "never-granted"
    case weakDigest = "weak-digest"
    case levelReset = "level-reset"
    case neverMatches = "never-matches"
    case suidWithoutExec = "suid-without-exec"
    case writableExecutable = "writable-executable"
    case writableBelow = "writable-below"
    case rootDevice = "root-device"
    // What wx_memory would refuse
    case writableCode = "writable-code"
    case codeWithoutContent = "code-without-content"
    case executableStack = "executable-stack"
    case textRelocations = "text-relocations"
    // Rules that do not suit their file
    case fileCapability = "file-capability"
    case untrustedFilesystem = "untrusted-filesystem"
    case notAFile = "not-a-file"
    case notCanonical = "not-canonical"
    case wildcard = "wildcard"
    case noMatch = "no-match"
    // Trees of files
    case duplicate = "duplicate"
    case conflict = "conflict"
    case deviceTie = "device-tie"
    case notResolved = "not-resolved"
    case skippedFile = "skipped-file"
    case notRules = "not-rules"
    case writableFile = "writable-file"
    case replacedFile = "replaced-file"
    case unreadable = "unreadable"
    case noRuleFiles = "no-rule-files"
    case noEntries = "no-entries"
    // The kernel's answers
    case refused = "refused"
    case leftOut = "left-out"
}
