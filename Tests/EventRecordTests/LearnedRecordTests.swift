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
        #expect(record.add(LearnedEvent(event, program: LearnedProgram("/bin/x", device: "8:1", inode: 3))) == .new)
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

    /// Adds different refusals until one does not fit. Returns how many did.
    private func fill(_ record: inout LearnedRecord, _ user: UInt32?) -> Int {
        var event = sample()
        event.user = user
        event.path = BytePath([UInt8](repeating: 0x61, count: 4000))
        for number in 0..<20_000 {
            event.found = [UInt8](repeating: 0, count: 30) + [UInt8(number >> 8), UInt8(number & 255)]
            if record.add(LearnedEvent(event)) == .full { return number }
        }
        return 20_000
    }

    @Test func isBounded() {
        var record = LearnedRecord()
        #expect(fill(&record, 0) < 20_000)
        #expect(record.lost == 1)
        #expect(record.text.count <= LearnedRecord.largestSize + 200)
        #expect(record.size > LearnedRecord.largestSize - 10_000)
        // A refusal that is known is still counted.
        #expect(record.add(record.events[0]) == .known)
    }

    @Test func oneUserCannotFillTheRecord() {
        var record = LearnedRecord()
        let fitting = fill(&record, 1000)
        #expect(record.size <= LearnedRecord.shareOfUser)
        #expect(record.size > LearnedRecord.shareOfUser - 10_000)
        #expect((record.lost, record.lostOfRoot, record.lostOfUsers) == (1, 0, 1))
        // Nothing else is refused, and what is known is still counted.
        var event = sample()
        event.user = 1001
        #expect(record.add(LearnedEvent(event)) == .new)
        event.user = 0
        #expect(record.add(LearnedEvent(event)) == .new)
        (event.user, event.path) = (1000, record.events[0].event.path)
        #expect(record.add(LearnedEvent(event)) == .full)
        #expect(record.add(record.events[0]) == .known)
        #expect(record.events.count == fitting + 2)
    }

    @Test func allUsersLeaveRootItsHalf() {
        var record = LearnedRecord()
        for user in 1000..<UInt32(1010) { _ = fill(&record, user) }
        _ = fill(&record, nil)
        #expect(record.size <= LearnedRecord.shareOfUsers)
        let users = record.size
        _ = fill(&record, 0)
        #expect(record.size - users > LearnedRecord.largestSize - LearnedRecord.shareOfUsers - 10_000)
        #expect((record.lost, record.lostOfRoot, record.lostOfUsers) == (12, 1, 11))
        #expect(record.lostText == "1 of root, 11 of other users")
        let (read, bad) = reread(record)
        #expect(bad.isEmpty)
        #expect((read.lost, read.lostOfRoot, read.lostOfUsers) == (12, 1, 11))
        #expect(read.events.count == record.events.count)
    }

    @Test func longPathsAreLost() {
        var record = LearnedRecord()
        var event = sample()
        event.path = BytePath([UInt8](repeating: 0x61, count: 4096))
        #expect(record.add(LearnedEvent(event, program: event.path.map { LearnedProgram($0) })) == .new)
        let long = BytePath([UInt8](repeating: 0x61, count: 4097))
        #expect(record.add(LearnedEvent(event, program: LearnedProgram(long))) == .full)
        event.path = long
        #expect(record.add(LearnedEvent(event)) == .full)
        #expect((record.events.count, record.lost, record.lostOfUsers) == (1, 2, 2))
    }

    /// What one user was refused must not hide that another was.
    @Test func eachUserHasItsOwnLine() {
        var record = LearnedRecord()
        var event = sample()
        #expect(record.add(LearnedEvent(event)) == .new)
        event.user = 0
        #expect(record.add(LearnedEvent(event)) == .new)
        #expect(record.add(LearnedEvent(event)) == .known)
        #expect(record.events.map(\.event.user) == [1000, 0])
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
