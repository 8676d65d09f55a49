// SPDX-License-Identifier: LGPL-2.1-or-later

import Policy
import Testing

@Suite struct LevelTests {
    @Test(
        arguments: [
            ("active", nil, 0x1), ("active:ctx_immutable", nil, 0x41), ("inactive", nil, 0), ("-", nil, 0),
            ("611-active:enforce_mntro:self_immutable", 611, 0x109), ("0-active", 0, 1), ("0x10-active", 16, 1),
            ("active:", nil, 1), ("5--", 5, 0), ("5-inactive", 5, 0),
            ("enforce_exec:enforce_lib:enforce_script:permissive:seal", nil, 0x7c00),
            ("active:wx_memory", nil, 0x8001),
            ("lvl_immutable:admin_immutable:update_immutable:ctxset_immutable:enforce_inherit", nil, 0x2b4),
        ] as [(String, UInt32?, UInt32)])
    func accepts(_ text: String, _ context: UInt32?, _ level: UInt32) throws {
        let argument = try LevelSyntax.argument(Array(text.utf8)[...])
        #expect(argument.context == context.map { ContextID($0) })
        #expect(argument.level.rawValue == level)
        #expect(argument.warnings.isEmpty)
    }

    /// Q10 of the spec: the original does this, and hardly anybody expects it.
    @Test(arguments: [("active:inactive", 0), ("inactive:active", 1), ("active:inactive:enforce_mntro", 0x100)])
    func anEmptyWordTakesBackWhatPrecedes(_ text: String, _ level: Int) throws {
        let argument = try LevelSyntax.argument(Array(text.utf8)[...])
        #expect(Int(argument.level.rawValue) == level)
        #expect(argument.warnings.isEmpty == text.hasPrefix("inactive"))
    }

    @Test(
        arguments: [
            ("", DiagnosticCode.badLevel, 0), ("5-", .badLevel, 2), (":active", .badLevel, 0),
            ("active::enforce_mntro", .badLevel, 7), ("actve", .badLevel, 0), ("ACTIVE", .badLevel, 0),
            ("0x1", .badLevel, 0), ("5-active,self_immutable", .badLevel, 2), ("-1-active", .badContext, 0),
            ("-active", .badContext, 0), ("foo-active", .badContext, 0), ("12abc-active", .badContext, 0),
            ("4294967296-active", .badContext, 0), ("4294967295-active", .badContext, 0), (":", .badLevel, 0),
            ("active:-:enforce_mntro", .badContext, 0),
        ])
    func refuses(_ text: String, _ code: DiagnosticCode, _ offset: Int) {
        let error = #expect(throws: SyntaxError.self) { try LevelSyntax.argument(Array(text.utf8)[...]) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
    }

    @Test func suggestsWords() {
        let error = #expect(throws: SyntaxError.self) { try LevelSyntax.level(Array("self_imutable".utf8)[...]) }
        #expect(error?.hint == "self_immutable")
    }

    @Test func printsWords() {
        #expect(ContextLevel.all.text.split(separator: ":").count == 15)
        #expect(ContextLevel(rawValue: 0x2401).text == "active:enforce_exec:permissive")
        #expect(ContextLevel(rawValue: 0).text == "inactive")
        // A bit of a newer kernel, and the one that has never had a meaning.
        #expect(ContextLevel(rawValue: 0x10003).text == "active:bit1:bit16")
    }

    @Test(arguments: [("501", 501), ("0x10", 16), ("-1", 4_294_967_295), ("0", 0)] as [(String, UInt32)])
    func updateContexts(_ text: String, _ number: UInt32) throws {
        #expect(try LevelSyntax.updateContext(Array(text.utf8)[...]).number == number)
    }

    @Test(arguments: ["", "x", "12x", "-2", "+1", "4294967296"])
    func badUpdateContexts(_ text: String) {
        #expect(throws: SyntaxError.self) { try LevelSyntax.updateContext(Array(text.utf8)[...]) }
    }
}

@Suite struct ContextEntryTests {
    @Test(
        arguments: [
            ("611 active:enforce_mntro:self_immutable CHOWN|KILL|NET_BIND_SERVICE Pcs", 611, 0x109, 0x421, 0x2c),
            ("612 inactive - -", 612, 0, 0, 0), ("0x258 - KILL cs", 600, 0, 0x20, 0xc),
            ("  612\tinactive   -  -  # jail", 612, 0, 0, 0), ("612 inactive - -\r\n", 612, 0, 0, 0),
        ] as [(String, UInt32, UInt32, UInt64, UInt64)])
    func accepts(_ text: String, _ context: UInt32, _ level: UInt32, _ capabilities: UInt64, _ privileges: UInt64) {
        let (entry, diagnostics) = ContextEntrySyntax.parse(Array(text.utf8), source: [])
        #expect(diagnostics.isEmpty)
        #expect(entry?.context.number == context)
        #expect(entry?.level.rawValue == level)
        #expect(entry?.capabilities.rawValue == capabilities)
        #expect(entry?.privileges.rawValue == privileges)
    }

    @Test(
        arguments: [
            ("611 active CHOWN", DiagnosticCode.tooFewFields, 4, 17),
            ("611 active,self_immutable - c", .badLevel, 2, 5), ("611 :active - c", .badLevel, 2, 5),
            ("611 - ALL c", .badCapability, 3, 7), ("611 0x1 - -", .badLevel, 2, 5), ("abc - - -", .badContext, 1, 1),
            ("-1 active - -", .badContext, 1, 1), ("0xffffffff active - -", .badContext, 1, 1),
            ("5-active - - -", .badContext, 1, 1),
            ("611 active - - x", .tooManyFields, 5, 16), ("", .tooFewFields, 1, 1), ("611 - - cQ", .badLetter, 4, 10),
        ])
    func refuses(_ text: String, _ code: DiagnosticCode, _ field: Int, _ column: Int) {
        let (entry, diagnostics) = ContextEntrySyntax.parse(Array(text.utf8), source: [])
        #expect(entry == nil)
        #expect(diagnostics.map(\.code) == [code])
        #expect(diagnostics.map(\.field) == [field])
        #expect(diagnostics.map(\.column) == [column])
    }

    @Test func printsWhatItRead() {
        let (entry, _) = ContextEntrySyntax.parse(Array("0x258 active:enforce_mntro KILL cs".utf8), source: [])
        #expect(entry?.text == "600 active:enforce_mntro KILL cs")
    }
}
