// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// Readers of single fields. Each returns the value and the warnings, or throws
/// the first fault. With `tolerant`, unknown words are skipped with a warning:
/// the pre-removal script of a package must work with an older or newer set of
/// words (spec 1.5).
package enum FieldSyntax {
    package typealias Warnings = [SyntaxError]

    /// Field 1. The limit is `CLIP_PATH_MAX` of linux/clip.h.
    package static func path(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> BytePath {
        let bytes: [UInt8]
        do throws(OctalEscape.Failure) {
            bytes = try OctalEscape.decode(text)
        } catch {
            throw badEscape(error, in: text)
        }
        guard bytes.first == ASCII.slash else {
            throw SyntaxError(.badPath, "path must be absolute", token: text, hint: "begin it with /")
        }
        guard bytes.count <= RuleLimits.pathLength else {
            throw SyntaxError(
                .badPath, "the path has \(bytes.count) bytes; the limit is \(RuleLimits.pathLength)", token: text)
        }
        return BytePath(bytes)
    }

    private static func badEscape(_ failure: OctalEscape.Failure, in text: ArraySlice<UInt8>) -> SyntaxError {
        switch failure {
        case .outOfRange(let offset):
            SyntaxError(
                .badPath, "escape out of range", offset: offset, token: text.dropFirst(offset).prefix(4),
                hint: "\\001 to \\377; a backslash itself is \\134")
        case .nul(let offset):
            SyntaxError(
                .badPath, "a path cannot contain a NUL", offset: offset, token: text.dropFirst(offset).prefix(4))
        }
    }

    /// Field 2.
    package static func context(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> (ContextID, Warnings) {
        let context: ContextID
        do {
            context = try NumberSyntax.context(text)
        } catch {
            throw SyntaxError(.badContext, error.message, token: text, hint: error.hint)
        }
        guard context == .own, text.first != ASCII.minus else { return (context, []) }
        let warning = SyntaxError(
            .ownContextNumber, "this number means the loading context", token: text, hint: "write -1")
        return (context, [warning])
    }

    /// Fields 3 and 7: `-`, or letters in any order.
    package static func letters<Mask: LetterMask>(
        _ text: ArraySlice<UInt8>, as: Mask.Type, tolerant: Bool
    ) throws(SyntaxError) -> (Mask, Warnings) {
        if text.elementsEqual([ASCII.minus]) { return ([], []) }
        var mask: Mask = []
        var warnings: Warnings = []
        for (offset, letter) in text.enumerated() {
            guard let key = Mask.key(letter) else {
                let fault = unknownLetter(letter, offset: offset, in: text, of: Mask.self)
                guard tolerant else { throw fault }
                warnings.append(fault)
                continue
            }
            if mask.contains(key.bit) {
                warnings.append(
                    SyntaxError(.repeated, "\(Mask.noun) given twice:", offset: offset, token: [letter]))
            }
            mask.formUnion(key.bit)
        }
        return (mask, warnings)
    }

    private static func unknownLetter<Mask: LetterMask>(
        _ letter: UInt8, offset: Int, in text: ArraySlice<UInt8>, of: Mask.Type
    ) -> SyntaxError {
        if letter == ASCII.minus {
            return SyntaxError(
                .badLetter, "'-' stands alone and cannot be combined with letters", offset: offset,
                token: [letter], hint: withoutDashes(text))
        }
        let other = ASCII.isUpper(letter) ? ASCII.lowered(letter) : ASCII.raised(letter)
        let hint =
            nameHint(text, of: Mask.self)
            ?? Mask.key(other).map { "case matters: '\(DisplayText.of([other]))' is \($0.name)" }
            ?? "valid letters: \(String(decoding: Mask.all.letters, as: UTF8.self))"
        return SyntaxError(.badLetter, "unknown \(Mask.noun)", offset: offset, token: [letter], hint: hint)
    }

    /// What verictl 2 read, which skipped each dash.
    private static func withoutDashes(_ text: ArraySlice<UInt8>) -> String {
        let letters = text.filter { $0 != ASCII.minus }
        return letters.isEmpty ? "write one -" : "write \(DisplayText.of(letters)), or - for none"
    }

    /// A hint for a field that holds names instead of letters.
    private static func nameHint<Mask: LetterMask>(_ text: ArraySlice<UInt8>, of: Mask.Type) -> String? {
        var mask: Mask = []
        for word in text.split(omittingEmptySubsequences: false, whereSeparator: isNameSeparator) {
            guard let name = Suggestion.nearest(to: word, among: Mask.keys.map(\.name)),
                let key = Mask.key(named: name.utf8)
            else { return nil }
            mask.formUnion(key.bit)
        }
        return "\(mask.nameText) is written \(DisplayText.of(mask.letters))"
    }

    private static func isNameSeparator(_ byte: UInt8) -> Bool { byte == ASCII.comma || byte == ASCII.bar }

    /// The value of an option that is a mask: letters as in a rule, or names
    /// joined by commas or bars. Some names in capitals are also valid letters.
    /// They are refused, because the two readings grant different things.
    package static func lettersOrNames<Mask: LetterMask>(
        _ text: ArraySlice<UInt8>, as: Mask.Type
    ) throws(SyntaxError) -> (Mask, Warnings) {
        let isList = text.contains(where: isNameSeparator)
        guard isList || Mask.key(named: text) != nil else {
            return try letters(text, as: Mask.self, tolerant: false)
        }
        if !isList, text.count > 1, text.allSatisfy({ Mask.key($0) != nil }) {
            throw SyntaxError(
                .badLetter, "ambiguous, both a name and letters with another meaning:", token: text,
                hint: "\(DisplayText.of(text.map(ASCII.lowered))) is the name")
        }
        return try names(text, as: Mask.self, tolerant: false)
    }

    /// Field 7: letters, or names joined by commas or bars. No separator is a
    /// letter, so a list is a list of names. A single word in capitals that can
    /// be read both ways is refused as above; verictl 2 does not know all of
    /// its letters, so no old file contains one. The exception is `NFT`, which
    /// is also the printed form of three privileges and must be readable.
    static func privileges(
        _ text: ArraySlice<UInt8>, tolerant: Bool
    ) throws(SyntaxError) -> (Privileges, Warnings) {
        let isName = Privileges.key(named: text) != nil
        guard isName || text.contains(where: isNameSeparator) else {
            return try letters(text, as: Privileges.self, tolerant: tolerant)
        }
        if isName, let (mask, _) = try? letters(text, as: Privileges.self, tolerant: false) {
            let fault = SyntaxError(
                .nameOrLetters, "ambiguous, both a name and letters with another meaning:", token: text,
                hint: "\(DisplayText.of(text.map(ASCII.lowered))) is the name")
            guard tolerant || text.elementsEqual(mask.letters) else { throw fault }
            return (mask, [fault])
        }
        let (mask, warnings) = try names(text, as: Privileges.self, tolerant: tolerant)
        let warning = SyntaxError(
            .privilegeNames, "verictl 2 does not read names:", token: text,
            hint: "in letters: \(DisplayText.of(mask.letters))")
        return (mask, warnings + [warning])
    }

    private static func names<Mask: LetterMask>(
        _ text: ArraySlice<UInt8>, as: Mask.Type, tolerant: Bool
    ) throws(SyntaxError) -> (Mask, Warnings) {
        var mask: Mask = []
        var warnings: Warnings = []
        for word in text.split(omittingEmptySubsequences: false, whereSeparator: isNameSeparator) {
            let offset = word.startIndex - text.startIndex
            guard !word.isEmpty else {
                throw SyntaxError(.badLetter, "a name is missing in", offset: offset, token: text)
            }
            guard let key = Mask.key(named: word) else {
                let near = Suggestion.nearest(to: word, among: Mask.keys.map(\.name))
                let fault = SyntaxError(
                    .badLetter, "unknown \(Mask.noun)", offset: offset, token: word,
                    hint: near ?? (word.count == 1 ? "write letters together, without separators" : nil))
                guard tolerant else { throw fault }
                warnings.append(fault)
                continue
            }
            mask.formUnion(key.bit)
        }
        return (mask, warnings)
    }

    /// Fields 4 to 6: `-`, or words joined by single bars.
    package static func capabilities(
        _ text: ArraySlice<UInt8>, tolerant: Bool
    ) throws(SyntaxError) -> (CapabilitySet, Warnings) {
        if text.elementsEqual([ASCII.minus]) { return ([], []) }
        if text.first == ASCII.minus {
            throw SyntaxError(
                .badCapability, "'-' cannot be combined with names", token: text, hint: withoutDashes(text))
        }
        var set: CapabilitySet = []
        var warnings: Warnings = []
        let words = text.split(separator: ASCII.bar, omittingEmptySubsequences: false)
        for (index, word) in words.enumerated() {
            let offset = word.startIndex - text.startIndex
            guard !word.isEmpty else {
                throw emptyItem(offset: offset, isLast: index == words.count - 1, isFirst: index == 0)
            }
            guard let capability = CapabilitySet(word: word) else {
                let fault = unknownCapability(word, offset: offset)
                guard tolerant else { throw fault }
                warnings.append(fault)
                continue
            }
            if set.contains(capability) {
                warnings.append(SyntaxError(.repeated, "capability given twice:", offset: offset, token: word))
            }
            set.formUnion(capability)
        }
        return (set, warnings)
    }

    private static func emptyItem(offset: Int, isLast: Bool, isFirst: Bool) -> SyntaxError {
        // Points at the superfluous bar: the last one, or the one after the
        // empty item.
        let place = isLast ? offset - 1 : offset
        let message =
            isLast ? "trailing separator" : isFirst ? "leading separator" : "empty item between separators"
        return SyntaxError(.badCapability, message, offset: place, token: [ASCII.bar])
    }

    private static func unknownCapability(_ word: ArraySlice<UInt8>, offset: Int) -> SyntaxError {
        if let first = word.first, ASCII.isDigit(first) {
            return SyntaxError(
                .badCapability, "numeric masks are not supported:", offset: offset, token: word,
                hint: "name the capabilities, joined by |")
        }
        return SyntaxError(
            .badCapability, "unknown capability", offset: offset, token: word, hint: capabilityHint(word))
    }

    private static func capabilityHint(_ word: ArraySlice<UInt8>) -> String? {
        let raised = word.map(ASCII.raised)
        if raised.starts(with: "CAP_".utf8), CapabilitySet(word: raised.dropFirst(4)) != nil {
            return "\(DisplayText.of(raised.dropFirst(4))), without CAP_"
        }
        if word.contains(where: { !ASCII.isLetter($0) && $0 != UInt8(ascii: "_") }) {
            return "names are joined by |"
        }
        if raised.elementsEqual("ALL".utf8) { return "there is no word for all; name those that are needed" }
        return Suggestion.nearest(to: word, among: CapabilitySet.words.map(\.word))
    }

    /// Field 8.
    package static func algorithm(
        _ text: ArraySlice<UInt8>, tolerant: Bool
    ) throws(SyntaxError) -> (DigestAlgorithm, Warnings) {
        if let algorithm = DigestAlgorithm(word: text) {
            guard algorithm.isWeak else { return (algorithm, []) }
            let warning = SyntaxError(
                .weakDigest, "collisions are easy to produce for", token: text, hint: "use sha256")
            return (algorithm, [warning])
        }
        let names = DigestAlgorithm.allCases.map(\.name)
        let hint: String? =
            text.elementsEqual("ccsd".utf8)
            ? "ccsd needs a driver that no public kernel has; use sha256"
            : Suggestion.nearest(to: text, among: names) ?? "valid names: \(names.joined(separator: ", "))"
        let fault = SyntaxError(.badAlgorithm, "unsupported digest", token: text, hint: hint)
        guard tolerant else { throw fault }
        return (.sha256, [fault])
    }

    /// Field 9. Without an algorithm (field 8 is faulty) only the digits are
    /// checked.
    static func fingerprint(_ text: ArraySlice<UInt8>, algorithm: DigestAlgorithm?) throws(SyntaxError) -> [UInt8] {
        if let algorithm, text.count == algorithm.size * 2, let digest = Hex.decode(text) { return digest }
        if let mark = text.firstIndex(of: FileSize.mark), text[..<mark].allSatisfy({ Hex.lowerValue($0) != nil }) {
            throw SyntaxError(
                .badFingerprint, "only an allow digest has a size:", offset: mark - text.startIndex,
                token: text[mark...], hint: "leave the size out")
        }
        for (offset, character) in text.enumerated() where Hex.lowerValue(character) == nil {
            if Hex.lowerValue(ASCII.lowered(character)) != nil { continue }
            throw SyntaxError(
                .badFingerprint, "not a hexadecimal digit at position \(offset + 1):", offset: offset,
                token: [character])
        }
        if text.contains(where: ASCII.isUpper) {
            throw SyntaxError(
                .badFingerprint, "upper-case hexadecimal", token: text, hint: "write a-f in lower case")
        }
        guard let algorithm else { return [] }
        throw SyntaxError(
            .badFingerprint,
            "\(text.count) hexadecimal digits, \(algorithm.size * 2) expected for \(algorithm.name):",
            token: text, hint: algorithmHint(digits: text.count))
    }

    /// The size behind an allow digest.
    static func fileSize(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> FileSize {
        if let size = text.withUnsafeBufferPointer({ FileSize(digits: $0) }) { return size }
        throw SyntaxError(
            .badFingerprint, "not the size of a file:", token: text,
            hint: "decimal, at most \(FileSize.unknown - 1); without a size, leave out the colon")
    }

    private static func algorithmHint(digits: Int) -> String? {
        DigestAlgorithm.allCases.first { $0.size * 2 == digits }.map { "\(digits) digits are the length of \($0.name)" }
    }
}
