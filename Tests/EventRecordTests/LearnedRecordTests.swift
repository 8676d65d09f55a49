// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Testing

@testable import EventRecord

@Suite struct LearnedRecordTests {
    private func reread(_ record: LearnedRecord) -> (LearnedRecord, [Int]) {
        var bad: [Int] = []
        return (LearnedRecord(record.text, badLines: &bad), bad)
    }

    @Test func oneLineForEachRefusal() {
        var record = LearnedRecord()
        var event = sample()
        #expect(record.add(LearnedEvent(event)) == .new)
        event.time = event.time.map { $0 + 5_000_000_000 }
        event.process = 99
        #expect(record.add(LearnedEvent(event)) == .known)
        event.found = [UInt8](repeating: 1, count: 32)
        #expect(record.add(LearnedEvent(event)) == .new)
        event.act = Array("read".utf8)
        #expect(record.add(LearnedEvent(event, program: "/bin/x")) == .new)
        record.addLost(3)
        #expect(record.events.map(\.count) == [2, 1, 1])
        #expect(record.events[0].lastTime == sample().time.map { $0 + 5_000_000_000 })
        #expect(record.text.split(separator: 0x0a).count == 4)
        let (read, bad) = reread(record)
        #expect(bad.isEmpty)
        #expect(read == record)
    }

    @Test func aLineThatWasCutOff() {
        var record = LearnedRecord()
        record.add(LearnedEvent(sample()))
        var bad: [Int] = []
        let read = LearnedRecord(record.text + record.text.dropLast(9), badLines: &bad)
        #expect(bad == [2])
        #expect(read == record)
    }

    @Test func linesOfEvents() {
        var event = sample()
        event.dropped = 4
        var bad: [Int] = []
        let read = LearnedRecord(event.json.text + [0x0a] + event.json.text + [0x0a], badLines: &bad)
        #expect(read.events.map(\.count) == [2])
        #expect(read.lost == 8)
    }

    @Test func isBounded() {
        var record = LearnedRecord()
        var event = sample()
        var number = 0
        event.path = BytePath([UInt8](repeating: 0x61, count: 4000))
        while number < 20_000 {
            event.inode = UInt64(number)
            event.found = [UInt8](repeating: UInt8(number & 255), count: 30) + [UInt8(number >> 8), 0]
            number += 1
            if record.add(LearnedEvent(event)) == .full { break }
        }
        #expect(number < 20_000)
        #expect(record.lost == 1)
        #expect(record.text.count <= LearnedRecord.largestSize + 200)
        // A refusal that is known is still counted.
        #expect(record.add(record.events[0]) == .known)
    }

    @Test func onlyRefusals() {
        var event = sample()
        #expect(LearnedRecord.isLearned(event))
        event.error = 0
        #expect(!LearnedRecord.isLearned(event))
        event.kind = .ungranted
        #expect(LearnedRecord.isLearned(event))
        (event.kind, event.error) = (.admin, 1)
        #expect(!LearnedRecord.isLearned(event))
    }
}
