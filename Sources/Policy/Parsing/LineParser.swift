// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// Reads one line: nine fields separated by blanks, then perhaps a comment.
struct LineParser: FieldReader {
    /// The line without its end.
    let text: ArraySlice<UInt8>
    let origin: RuleOrigin
    let purpose: Purpose
    private(set) var diagnostics: [Diagnostic] = []

    init(text: ArraySlice<UInt8>, origin: RuleOrigin, purpose: Purpose) {
        self.text = text
        self.origin = origin
        self.purpose = purpose
    }

    /// The rule of the line; nil if it has none (blank, comment) or is wrong.
    mutating func parse() -> Rule? {
        guard checkBytes() else { return nil }
        let (fields, end) = split()
        guard !fields.isEmpty, checkCount(fields, contentEnd: end) else { return nil }
        guard var rule = rule(of: fields) else { return nil }
        if rule.isAllowDigest { rule.name = Self.name(inComment: text[end...]) }
        return rule
    }

    /// The name beside an allow digest: a comment of one absolute path, with the
    /// escapes of paths. Any other comment is text.
    static func name(inComment comment: ArraySlice<UInt8>) -> BytePath? {
        let blankless = comment.dropFirst().drop(while: ASCII.isBlank)
        let end = blankless.lastIndex { !ASCII.isBlank($0) }.map { $0 + 1 } ?? blankless.startIndex
        let path = blankless[..<end]
        guard path.first == ASCII.slash, !path.contains(where: ASCII.isBlank), let name = try? OctalEscape.decode(path)
        else { return nil }
        return BytePath(name)
    }

    /// Returns the words before the comment, at most one more than there are
    /// fields, and the place where they end. Written by hand, because parsing a
    /// large file spends most of its time here.
    private func split() -> (fields: [ArraySlice<UInt8>], end: Int) {
        var fields: [ArraySlice<UInt8>] = []
        fields.reserveCapacity(RuleLimits.fieldCount + 1)
        var start: Int?
        var index = text.startIndex
        let (hash, space, tab) = (ASCII.hash, ASCII.space, ASCII.tab)
        while index < text.endIndex {
            let byte = text[index]
            if byte == hash { break }
            if byte == space || byte == tab {
                if let first = start { fields.append(text[first..<index]) }
                start = nil
            } else if start == nil {
                if fields.count > RuleLimits.fieldCount { break }
                start = index
            }
            index += 1
        }
        if let first = start { fields.append(text[first..<index]) }
        return (fields, index)
    }

    // MARK: The line as a whole

    private mutating func checkBytes() -> Bool {
        if text.count > RuleLimits.lineLength {
            report(
                .error, .lineTooLong, at: text.startIndex + RuleLimits.lineLength,
                "the line has \(text.count) bytes; the limit is \(RuleLimits.lineLength)")
            return false
        }
        if let nul = text.firstIndex(of: 0) {
            let before = text[..<nul]
            let field = before.contains(ASCII.hash) ? nil : before.split(whereSeparator: ASCII.isBlank).count
            let startsField = before.last.map(ASCII.isBlank) ?? true
            report(.error, .nulByte, at: nul, field: field.map { startsField ? $0 + 1 : $0 }, "NUL byte")
            return false
        }
        if text.count > RuleLimits.oldLineLength {
            report(
                .warning, .longLine, at: text.startIndex + RuleLimits.oldLineLength,
                "the line has \(text.count) bytes; verictl 2 splits lines after \(RuleLimits.oldLineLength)")
        }
        return true
    }

    private mutating func checkCount(_ fields: [ArraySlice<UInt8>], contentEnd: Int) -> Bool {
        if fields.count < RuleLimits.fieldCount {
            reportTooFew(fields, contentEnd: contentEnd)
            return false
        }
        guard fields.count > RuleLimits.fieldCount else { return true }
        // `/usr/bin/my app -1 ...`: the second field is no number, the third is.
        if (try? FieldSyntax.context(fields[1])) == nil, (try? FieldSyntax.context(fields[2])) != nil {
            report(
                .error, .badContext, at: fields[1].startIndex, field: 2, "not a context number", token: fields[1],
                hint: "write a blank in a path as \\040")
        } else {
            let extra = fields[RuleLimits.fieldCount]
            report(
                .error, .tooManyFields, at: extra.startIndex, field: RuleLimits.fieldCount + 1,
                "too many fields: unexpected", token: extra, hint: "begin a comment with #")
        }
        return false
    }

    private mutating func reportTooFew(_ fields: [ArraySlice<UInt8>], contentEnd: Int) {
        let end = fields[fields.count - 1].endIndex
        let missing = RuleLimits.fieldNames[fields.count]
        let summary = "too few fields: \(fields.count) of \(RuleLimits.fieldCount), \(missing) missing"
        // A comment that begins inside a field: `/srv/a#b/app -1 ...`.
        if end == contentEnd, end < text.endIndex {
            report(
                .error, .tooFewFields, at: end, field: fields.count, summary + "; a comment begins at",
                token: [ASCII.hash], hint: "write # in a path as \\043")
        } else {
            report(.error, .tooFewFields, at: end, field: fields.count + 1, summary)
        }
    }

    // MARK: The fields

    private mutating func rule(of fields: [ArraySlice<UInt8>]) -> Rule? {
        if fields[0].elementsEqual(Subject.anyFileField) { return allowDigest(of: fields) }
        let tolerant = purpose.isTolerant
        // Fields are read even after an error, so that all errors are reported.
        let path = value(1, fields) { text throws(SyntaxError) in (try FieldSyntax.path(text), []) }
        let context = value(2, fields) { text throws(SyntaxError) in try FieldSyntax.context(text) }
        let flags = value(3, fields) { text throws(SyntaxError) in
            try FieldSyntax.letters(text, as: EntryFlags.self, tolerant: tolerant)
        }
        let effective = capabilities(4, fields)
        let permitted = capabilities(5, fields)
        let inheritable = capabilities(6, fields)
        let privileges = value(7, fields) { text throws(SyntaxError) in
            try FieldSyntax.privileges(text, tolerant: tolerant)
        }
        let (algorithm, digest) = digest(fields, tolerant: !purpose.readsFingerprint)
        guard let path, let context, let flags, let effective, let permitted, let inheritable, let privileges,
            let algorithm, let digest
        else { return nil }
        let rule = Rule(
            path: path, context: context, flags: flags, effective: effective, permitted: permitted,
            inheritable: inheritable, privileges: privileges, algorithm: algorithm, digest: digest, origin: origin)
        if !tolerant { lint(rule, fields) }
        return rule
    }

    private mutating func capabilities(_ number: Int, _ fields: [ArraySlice<UInt8>]) -> CapabilitySet? {
        let tolerant = purpose.isTolerant
        return value(number, fields) { text throws(SyntaxError) in
            try FieldSyntax.capabilities(text, tolerant: tolerant)
        }
    }

    private mutating func digest(
        _ fields: [ArraySlice<UInt8>], tolerant: Bool
    ) -> (algorithm: DigestAlgorithm?, digest: [UInt8]?) {
        let algorithm = value(8, fields) { text throws(SyntaxError) in
            try FieldSyntax.algorithm(text, tolerant: tolerant)
        }
        // Scripts pass an arbitrary word when unloading; the kernel ignores it.
        if tolerant { return (algorithm, algorithm.map { [UInt8](repeating: 0, count: $0.size) }) }
        let digest = value(9, fields) { text throws(SyntaxError) in
            (try FieldSyntax.fingerprint(text, algorithm: algorithm), [])
        }
        return (algorithm, digest)
    }

    /// `* context - - - - - algorithm digest:size`, where the size may be left out. Such
    /// an entry is found by its digest, so the digest is read when unloading too.
    private mutating func allowDigest(of fields: [ArraySlice<UInt8>]) -> Rule? {
        var fields = fields
        let last = fields[RuleLimits.fieldCount - 1]
        let mark = last.firstIndex(of: FileSize.mark)
        fields[RuleLimits.fieldCount - 1] = last[..<(mark ?? last.endIndex)]
        let size = mark.map { mark in
            value(RuleLimits.fieldCount, [ArraySlice<UInt8>](repeating: last[(mark + 1)...], count: fields.count)) {
                text throws(SyntaxError) in (try FieldSyntax.fileSize(text), [])
            }
        }
        let context = value(2, fields) { text throws(SyntaxError) in try FieldSyntax.context(text) }
        let grants = purpose.isTolerant ? 0 : (3...7).count { refuseGrant($0, fields) }
        let (algorithm, digest) = digest(fields, tolerant: false)
        guard let context, grants == 0, let algorithm, let digest, size != .some(nil) else { return nil }
        return .allow(algorithm, digest, size: size ?? nil, context: context, origin: origin)
    }

    /// True if the field is an error because it is not `-`.
    private mutating func refuseGrant(_ number: Int, _ fields: [ArraySlice<UInt8>]) -> Bool {
        let text = fields[number - 1]
        if text.elementsEqual([ASCII.minus]) { return false }
        report(
            .error, .allowGrants, at: text.startIndex, field: number,
            "an allow digest grants nothing:", token: text, hint: "write -")
        return true
    }

    private mutating func lint(_ rule: Rule, _ fields: [ArraySlice<UInt8>]) {
        for finding in RuleLint.findings(rule) {
            let text = fields[finding.field - 1]
            report(
                .warning, finding.code, at: text.startIndex, field: finding.field, finding.message, token: text,
                hint: finding.hint)
        }
    }

    // MARK: Reports

    mutating func report(_ severity: Diagnostic.Severity, _ fault: SyntaxError, at start: Int, field: Int?) {
        // These are genuine warnings, not errors that are ignored.
        let advice: [DiagnosticCode] = [
            .repeated, .ownContextNumber, .weakDigest, .privilegeNames, .nameOrLetters,
        ]
        let shown = severity == .warning && purpose.isTolerant && !advice.contains(fault.code)
        report(
            severity, fault.code, at: start + fault.offset, field: field,
            shown ? fault.message + " (ignored)" : fault.message, token: fault.token.map { $0[...] },
            hint: fault.hint)
    }

    private mutating func report(
        _ severity: Diagnostic.Severity, _ code: DiagnosticCode, at index: Int, field: Int? = nil,
        _ message: String, token: ArraySlice<UInt8>? = nil, hint: String? = nil
    ) {
        diagnostics.append(
            Diagnostic(
                severity, code, source: origin.source, line: Int(origin.line), column: index - text.startIndex + 1,
                field: field, message: message, token: token.map(Array.init), hint: hint))
    }
}
