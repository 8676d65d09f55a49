// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
import Device
import EventRecord
import Policy
import TestSupport
import Testing

@testable import Events

private func event(_ bytes: [UInt8]) throws -> Event {
    let messages = try NetlinkMessage.list(in: bytes)
    return try Event(#require(messages.first))
}

/// One attribute, padded, in the byte order of the machine.
private func attribute(_ type: clip_event_attr, _ payload: [UInt8]) -> [UInt8] {
    let head = [UInt16(payload.count + 4), UInt16(type.rawValue)].flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    return head + payload + [UInt8](repeating: 0, count: (4 - payload.count % 4) % 4)
}

/// An event of the given attributes.
private func message(_ attributes: [UInt8]...) -> [UInt8] {
    var bytes: [UInt8] = []
    let payload = attributes.flatMap { $0 }
    bytes.appendLittleEndian(UInt32(20 + payload.count))
    bytes.appendLittleEndian(UInt16(21))
    return bytes + [UInt8](repeating: 0, count: 10) + [1, 1, 0, 0] + payload
}

private func number(_ type: clip_event_attr, _ value: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(value)
    return attribute(type, bytes)
}

@Suite struct GoldenMessageTests {
    private let good = Array("b9451923ed1460f60c8c6a31c86662b68a4c83d16733411abf354033f4daed15".utf8)
    private let bad = Array("b7588fb87c8ec46d60ab3c387f0311769fe7f4b106cbeed4069113a60c1cd9e2".utf8)

    @Test func family() throws {
        let answer = try #require(NetlinkMessage.list(in: Golden.family).first)
        #expect(answer.error == nil)
        let family = try Family(answer)
        #expect(family.id == 21)
        #expect(family.version == UInt32(CLIP_GENL_VERSION))
        #expect(family.groups == [CLIP_GENL_GROUP_EVENTS: 5, CLIP_GENL_GROUP_GRANTS: 6])
    }

    @Test func refusedExec() throws {
        var wanted = Event()
        wanted.sequence = 2
        wanted.time = 1_795_513_367_125_363_135
        wanted.kind = .exec
        wanted.reason = .digestMismatch
        wanted.error = 13
        wanted.context = ContextID(0)
        wanted.serial = 1
        wanted.process = 45
        wanted.thread = 45
        wanted.user = 1000
        wanted.effectiveUser = 1000
        wanted.command = Array("dump".utf8)
        wanted.deviceMajor = 0
        wanted.deviceMinor = 23
        wanted.inode = 2
        wanted.path = "/tmp/golden/a"
        wanted.algorithm = 3
        wanted.wanted = Hex.decode(good)
        wanted.found = Hex.decode(bad)
        let got = try event(Golden.refusedExec)
        #expect(got == wanted)
        #expect(got.isRefusal)
        #expect(
            got.text == "2026-11-24T09:42:47.125Z refused exec: reason=2 (digest-mismatch) errno=13 (EACCES) context=0 "
                + "pid=45 uid=1000 comm=\"dump\" dev=0:23 inode=2 algorithm=sha256 "
                + "wanted=\(String(decoding: good, as: UTF8.self)) found=\(String(decoding: bad, as: UTF8.self)) "
                + "path=\"/tmp/golden/a\"")
        #expect(
            String(decoding: got.json.text, as: UTF8.self)
                == #"{"schema":1,"time":"2026-11-24T09:42:47.125Z","sequence":2,"dropped":0,"kind":"exec","refused":true,"#
                + #""enforced":true,"reason":"digest-mismatch","error":"EACCES","context":0,"serial":1,"pid":45,"tid":45,"#
                + #""uid":1000,"euid":1000,"comm":"dump","device":"0:23","inode":2,"path":"/tmp/golden/a","#
                + #""algorithm":"sha256","wanted":""# + String(decoding: good, as: UTF8.self) + #"","found":""#
                + String(decoding: bad, as: UTF8.self) + #""}"#)
    }

    @Test func grants() throws {
        let verified = try event(Golden.verified)
        #expect(verified.kind == .exec)
        #expect(!verified.isRefusal)
        #expect(verified.reason == .none)
        #expect(verified.headline == "verified at exec")
        #expect(verified.effective == nil)
        let granted = try event(Golden.granted)
        #expect(granted.kind == .grant)
        #expect(granted.headline == "granted at exec")
        #expect(granted.effective == CapabilitySet(bit: 10))
        #expect(granted.permitted == CapabilitySet(bit: 10))
        #expect(granted.inheritable == [])
        #expect(granted.privileges == .networkClient)
        #expect(granted.text.contains(" effective=NET_BIND_SERVICE permitted=NET_BIND_SERVICE inheritable=- "))
        #expect(granted.text.contains(" privileges=NETCLIENT path="))
    }

    @Test func changes() throws {
        let done = try event(Golden.changed)
        #expect(done.kind == .admin)
        #expect(done.headline == "done commit")
        #expect(done.generation == 3)
        let refused = try event(Golden.refusedCommit)
        #expect(refused.headline == "refused commit")
        #expect("\(refused.reason)" == "bad-flags")
        #expect(refused.generation == nil)
    }

    @Test func severalInOneDatagram() throws {
        let both = try NetlinkMessage.list(in: Golden.verified + Golden.refusedExec)
        #expect(both.count == 2)
        #expect(try Event(both[1]) == event(Golden.refusedExec))
    }
}

@Suite struct MessageTests {
    private let exec = number(CLIP_EVENT_A_KIND, CLIP_EVENT_EXEC.rawValue)

    @Test(arguments: 1..<276)
    func aMessageThatIsCutOffIsRefused(_ length: Int) {
        #expect(throws: MalformedMessage.self) {
            try NetlinkMessage.list(in: Array(Golden.refusedExec.prefix(length)))
        }
    }

    @Test func aLengthThatLooksNegativeIsRefused() {
        var bytes = Golden.refusedExec
        bytes.replaceSubrange(0..<4, with: [0, 0, 0xfe, 0xff])
        #expect(throws: MalformedMessage.self) { try NetlinkMessage.list(in: bytes) }
    }

    /// As above, but with a header that says so: the attributes are cut off.
    @Test(arguments: 20..<276)
    func attributesThatAreCutOff(_ length: Int) throws {
        var bytes = Array(Golden.refusedExec.prefix(length))
        bytes.storeLittleEndian(UInt32(length), at: 0)
        do throws(MalformedMessage) {
            // Between two attributes, and behind the one that says the kind.
            let got = try Event(NetlinkMessage.list(in: bytes)[0])
            #expect(got.kind == .exec)
        } catch {
            #expect(error.problem.isEmpty == false)
        }
    }

    @Test func randomBytesDoNoHarm() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<20_000 {
            var bytes = Golden.granted
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 16..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let got = try? event(bytes) else { continue }
            #expect(!got.text.utf8.contains(ASCII.newline))
            #expect(!got.json.text.contains(ASCII.newline))
        }
    }

    @Test func numbersMustHaveTheirSize() {
        #expect(throws: MalformedMessage.self) { try event(message(exec, attribute(CLIP_EVENT_A_PID, [1, 2]))) }
        #expect(throws: MalformedMessage.self) { try event(message(exec, number(CLIP_EVENT_A_INODE, 1))) }
        #expect(throws: MalformedMessage.self) { try event(message(exec, attribute(CLIP_EVENT_A_ENFORCED, []))) }
    }

    @Test func aKindIsNeeded() {
        #expect(throws: MalformedMessage.self) { try event(message(number(CLIP_EVENT_A_PID, 1))) }
        #expect(throws: MalformedMessage.self) { try event(message()) }
    }

    @Test func anotherCommandIsNoEvent() {
        var bytes = message(exec)
        bytes[16] = 9
        #expect(throws: MalformedMessage.self) { try event(bytes) }
    }

    @Test func whatIsNewerIsLeftOutOrANumber() throws {
        let newer = clip_event_attr(rawValue: __CLIP_EVENT_A_MAX.rawValue + 5)
        let got = try event(
            message(
                number(CLIP_EVENT_A_KIND, 77), number(CLIP_EVENT_A_REASON, 999), attribute(newer, [1, 2, 3]),
                number(CLIP_EVENT_A_ALGORITHM, 70_000)))
        #expect(got.text == "refused kind-77: reason=999 (reason-999) algorithm=number70000")
    }

    @Test func errorsOfNetlink() throws {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt32(36))
        bytes.appendLittleEndian(UInt16(2))
        bytes += [UInt8](repeating: 0, count: 10)
        bytes.appendLittleEndian(UInt32(bitPattern: -2))
        bytes += [UInt8](repeating: 0, count: 16)
        #expect(try NetlinkMessage.list(in: bytes).map(\.error) == [2])
    }
}

@Suite struct EventTextTests {
    private func sample() -> Event {
        var event = Event()
        event.kind = .exec
        event.error = 13
        event.reason = .digestMismatch
        return event
    }

    /// The user who makes a file chooses its name.
    @Test func namesCannotForgeAnything() {
        var event = sample()
        event.path = "/a\" uid=0\n\\x\u{1b}[2J"
        event.command = [0xff, 0x22]
        #expect(event.text.hasSuffix(#" comm="\377\042" path="/a\042 uid=0\012\134x\033[2J""#))
        let json = String(decoding: event.json.text, as: UTF8.self)
        #expect(json.contains(#""path":"/a\" uid=0\n\\x\u001b[2J""#))
        #expect(json.contains(#""comm_hex":"ff22""#))
    }

    @Test func whatIsOnlyToldSaysSo() {
        var event = sample()
        event.isEnforced = false
        #expect(event.headline == "would refuse exec")
        #expect(String(decoding: event.json.text, as: UTF8.self).contains(#""refused":true,"enforced":false"#))
    }

    @Test func whoIsWho() {
        var event = sample()
        event.kind = .task
        event.act = Array("signal".utf8)
        event.process = 10
        event.thread = 11
        event.user = 1000
        event.effectiveUser = 0
        event.target = 12
        event.context = .own
        event.dropped = 4
        #expect(
            event.text == "refused signal: reason=2 (digest-mismatch) errno=13 (EACCES) context=-1 pid=10 tid=11 "
                + "uid=1000 euid=0 target=12 dropped=4")
    }

    @Test(arguments: [
        (EventKind.ungranted, "no grant at exec"), (.grant, "granted at exec"), (.map, "refused map"),
        (.create, "created by something"), (.replaced, "listed file: replaced"),
    ])
    func headlines(_ kind: EventKind, _ headline: String) {
        var event = sample()
        event.kind = kind
        #expect(event.headline == headline)
    }

    @Test func everyKindHasAName() {
        for number in 0..<__CLIP_EVENT_MAX.rawValue {
            #expect(!EventKind(number).description.hasPrefix("kind-"))
        }
        #expect(EventKind(__CLIP_EVENT_MAX.rawValue).description == "kind-\(__CLIP_EVENT_MAX.rawValue)")
    }
}
