// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// The level of a context: which changes of its rules are still possible and
/// what is enforced (spec 4).
package struct ContextLevel: WordSet {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Entries apply at exec.
    package static let active = ContextLevel(rawValue: 0x1)
    /// The level itself can only become stricter.
    package static let levelImmutable = ContextLevel(rawValue: 0x4)
    /// Entries cannot be changed from inside the context.
    package static let selfImmutable = ContextLevel(rawValue: 0x8)
    /// Only listed or allowed files are executed, mapped executable or
    /// interpreted.
    package static let enforceExec = ContextLevel(rawValue: 0x400)
    package static let enforceLib = ContextLevel(rawValue: 0x800)
    package static let enforceScript = ContextLevel(rawValue: 0x1000)
    /// Report refusals without enforcing them.
    package static let permissive = ContextLevel(rawValue: 0x2000)
    /// Entries and level are final until reboot.
    package static let seal = ContextLevel(rawValue: 0x4000)
    /// Memory is writable or executable, and never one after the other.
    package static let wxMemory = ContextLevel(rawValue: 0x8000)

    package static let words: [(word: String, bit: ContextLevel)] = [
        ("active", .active),
        ("lvl_immutable", .levelImmutable),
        ("self_immutable", .selfImmutable),
        ("admin_immutable", .init(rawValue: 0x10)),
        ("update_immutable", .init(rawValue: 0x20)),
        ("ctx_immutable", .init(rawValue: 0x40)),
        ("ctxset_immutable", .init(rawValue: 0x80)),
        ("enforce_mntro", .init(rawValue: 0x100)),
        ("enforce_inherit", .init(rawValue: 0x200)),
        ("enforce_exec", .enforceExec),
        ("enforce_lib", .enforceLib),
        ("enforce_script", .enforceScript),
        ("permissive", .permissive),
        ("seal", .seal),
        ("wx_memory", .wxMemory),
    ]

    /// Every bit that has a word.
    package static let all = words.reduce(into: ContextLevel()) { $0.formUnion($1.bit) }

    /// The words without a bit.
    static let emptyWords = ["inactive", "-"]

    /// Words joined by colons; `inactive` for the empty level.
    package var text: String {
        isEmpty ? "inactive" : names.joined(by: ":")
    }

    /// The words; a bit without one (a newer kernel's) is written as `bitN`.
    package var names: [String] {
        let unknown = (0..<32).filter { rawValue & ~Self.all.rawValue & 1 << UInt32($0) != 0 }
        return Self.words.filter { contains($0.bit) }.map(\.word) + unknown.map { "bit\($0)" }
    }
}

/// The argument of `-L`: a level, and optionally its context.
package struct LevelArgument: Equatable, Sendable {
    /// nil for the caller's own context.
    package var context: ContextID?
    package var level: ContextLevel
    package var warnings: [SyntaxError]

    package init(context: ContextID?, level: ContextLevel, warnings: [SyntaxError] = []) {
        self.context = context
        self.level = level
        self.warnings = warnings
    }
}

package enum LevelSyntax {
    /// `word[:word...]`. Empty words are errors, except after one trailing
    /// colon. An empty text is an error too: an empty level file used to
    /// disable a jail.
    package static func level(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> (ContextLevel, [SyntaxError]) {
        guard !text.isEmpty else {
            throw SyntaxError(.badLevel, "empty level", token: text, hint: "write inactive for none")
        }
        var level: ContextLevel = []
        var warnings: [SyntaxError] = []
        var words = text.split(separator: ASCII.colon, omittingEmptySubsequences: false)
        if words.count > 1, words.last?.isEmpty == true { words.removeLast() }
        for word in words {
            let offset = word.startIndex - text.startIndex
            guard !word.isEmpty else {
                throw SyntaxError(.badLevel, "empty level word", offset: offset, token: [ASCII.colon])
            }
            let bits = try bits(of: word, offset: offset)
            if bits.isEmpty && !level.isEmpty {
                // Scripts of the original rely on it, but it is little known.
                warnings.append(
                    SyntaxError(.levelReset, "cancels the words before it:", offset: offset, token: word))
                level = []
            }
            level.formUnion(bits)
        }
        return (level, warnings)
    }

    /// The argument of `-L`: `[ctx-]word[:word...]`.
    package static func argument(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> LevelArgument {
        guard !text.elementsEqual([ASCII.minus]), let dash = text.firstIndex(of: ASCII.minus) else {
            let (level, warnings) = try level(text)
            return LevelArgument(context: nil, level: level, warnings: warnings)
        }
        let number = text[..<dash]
        let context = try contextNumber(number)
        let rest = text[(dash + 1)...]
        let shift = rest.startIndex - text.startIndex
        do throws(SyntaxError) {
            var (level, warnings) = try level(rest)
            for index in warnings.indices { warnings[index].offset += shift }
            return LevelArgument(context: context, level: level, warnings: warnings)
        } catch {
            var moved = error
            moved.offset += shift
            throw moved
        }
    }

    /// A context by number, where `-1` has no meaning.
    package static func contextNumber(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> ContextID {
        do throws(NumberSyntax.Failure) {
            let context = ContextID(try NumberSyntax.unsigned(text))
            // 4294967295 is -1.
            guard context != .own else { throw NumberSyntax.Failure.tooLarge }
            return context
        } catch {
            throw SyntaxError(.badContext, error.message, token: text, hint: "decimal, 0x hexadecimal or 0 octal")
        }
    }

    /// The argument of `-U`: as above, or `-1` for no update context.
    package static func updateContext(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> ContextID {
        text.elementsEqual("-1".utf8) ? .own : try contextNumber(text)
    }

    private static func bits(of word: ArraySlice<UInt8>, offset: Int) throws(SyntaxError) -> ContextLevel {
        if ContextLevel.emptyWords.contains(where: { word.elementsEqual($0.utf8) }) { return [] }
        if let match = ContextLevel.words.first(where: { word.elementsEqual($0.word.utf8) }) { return match.bit }
        let known = ContextLevel.words.map(\.word) + ["inactive"]
        let hint: String? =
            if let first = word.first, ASCII.isDigit(first) {
                "numbers are not accepted; name the words, joined by :"
            } else if word.contains(UInt8(ascii: ",")) {
                "words are joined by :"
            } else {
                Suggestion.nearest(to: word, among: known)
            }
        throw SyntaxError(.badLevel, "unknown level word", offset: offset, token: word, hint: hint)
    }
}
