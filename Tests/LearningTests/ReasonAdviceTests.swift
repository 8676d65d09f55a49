// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import EventRecord
import Policy
import Testing

@testable import Learning

func refusal(_ reason: Reason, kind: EventKind = .exec) -> Event {
    var event = Event()
    event.time = 1_000_000_000
    event.kind = kind
    event.reason = reason
    event.error = 13
    event.context = ContextID(0)
    event.process = 7
    event.path = "/opt/a b"
    event.algorithm = 3
    event.found = [UInt8](repeating: 0xab, count: 32)
    return event
}

@Suite struct ReasonAdviceTests {
    @Test(arguments: Reason.all)
    func everyReasonHasASentenceAndANextStep(_ reason: Reason) throws {
        let advice = try #require(ReasonAdvice.of(reason))
        #expect(advice.meaning.contains(" ") && !advice.meaning.hasSuffix("."))
        #expect(advice.step.contains(" ") && !advice.step.hasSuffix("."))
    }

    @Test(arguments: Reason.all)
    func noWordIsLeftOpen(_ reason: Reason) throws {
        var event = refusal(reason)
        event.privileges = .networkClient
        let step = try #require(EventExplanation(event, program: "/bin/p").nextStep)
        for word in ["FILE ", "PROGRAM", "CONTEXT", "ALGORITHM", "PRIVILEGES", "PID/"] {
            #expect(!step.contains(word), "\(reason): \(step)")
        }
    }

    @Test func anUnknownReason() {
        let explanation = EventExplanation(refusal(Reason(4711)))
        #expect(explanation.nextStep == nil)
        #expect(explanation.meaning.contains("does not know"))
    }

    @Test func wordsOfARefusal() {
        var event = refusal(.digestMismatch)
        event.wanted = [UInt8](repeating: 1, count: 32)
        event.source = Array("/etc/verictl.d/foo".utf8)
        event.line = 3
        let text = String(decoding: EventExplanation(event).text, as: UTF8.self)
        #expect(text.hasPrefix("refused to run /opt/a b\n"))
        #expect(text.contains("  rule     /etc/verictl.d/foo:3\n"))
        #expect(text.contains("the content of the file does not match the rule (digest-mismatch)"))
        #expect(text.contains("verictl gen --algo sha256 --context 0 '/opt/a b', with"))
        event.isEnforced = false
        #expect(EventExplanation(event).headline == "would be refused to run /opt/a b")
    }

    @Test func namesBesideDigests() {
        var rule = Rule.allow(.sha256, [UInt8](repeating: 0xab, count: 32), context: ContextID(0))
        rule.origin = RuleOrigin(source: Array("/var/lib/verictl.d/pkg-x".utf8), line: 2)
        rule.name = "/usr/bin/a b"
        let rules = SystemRules([rule])
        let text = String(
            decoding: EventExplanation(refusal(.notAllowed), rules: rules.rules(of: refusal(.notAllowed))).text,
            as: UTF8.self)
        #expect(text.contains("# /usr/bin/a b"))
        #expect(text.contains("/var/lib/verictl.d/pkg-x:2 has this digest now"))
        #expect(text.contains("next     verictl load --all"))
    }

    @Test func wordsForAShell() {
        #expect(ShellText.quoted(Array("/bin/ls".utf8)) == "/bin/ls")
        #expect(ShellText.quoted(Array("/a'b".utf8)) == "'/a'\\''b'")
        #expect(ShellText.quoted([0x2f, 0x0a]) == "\"$(printf '/\\012')\"")
    }
}
