// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Device
import Policy

/// The file that a process executes: where it says it is, and which file it is.
/// A path alone is not enough, because a mount of a user can lie over it.
package struct LearnedProgram: Hashable, Sendable {
    package var path: BytePath
    /// `major:minor`, as stat(2) has it.
    package var device: String?
    package var inode: UInt64?

    package init(_ path: BytePath, device: String? = nil, inode: UInt64? = nil) {
        (self.path, self.device, self.inode) = (path, device, inode)
    }
}

/// A refusal that came once or more often: the first event, and what is known
/// about the others.
package struct LearnedEvent: Equatable, Sendable {
    package var event: Event
    /// The file of the program that was refused the act, if it was found; for
    /// events that name no program.
    package var program: LearnedProgram?
    package var count: UInt64
    /// Nanoseconds since 1970.
    package var lastTime: UInt64?

    package init(_ event: Event, program: LearnedProgram? = nil, count: UInt64 = 1, lastTime: UInt64? = nil) {
        self.event = event
        self.program = program
        self.count = count
        self.lastTime = lastTime ?? event.time
    }

    /// Reads a line of a record, or an event as `Event` does.
    package init(text: [UInt8]) throws(EventSyntaxError) {
        self.init(try Event(text: text))
        guard let members = try? EventMembers(json: text) else { return }
        program = members.learnedProgram
        count = members.count ?? 1
        lastTime = members.last.flatMap(EventWords.time) ?? event.time
    }

    /// One object: that of the event, with `program`, `count` and `last`.
    package var json: JSONDocument {
        var members = event.members
        if let program {
            members += JSONValue.members("program", bytes: program.path.bytes)
            if let device = program.device { members.append(("program_device", .string(device))) }
            if let inode = program.inode { members.append(("program_inode", .unsigned(inode))) }
        }
        members.append(("count", .unsigned(count)))
        if let last = lastTime.flatMap(Event.timeText) { members.append(("last", .string(last))) }
        return JSONDocument(members)
    }

    /// A refusal of another user is another one, so that each user has what it
    /// caused in its own share of the record.
    fileprivate struct Key: Hashable {
        var user: UInt32?
        var kind: EventKind
        var reason: UInt32
        var isEnforced: Bool
        var context: UInt32?
        var act: [UInt8]?
        var path: BytePath?
        var found: [UInt8]?
        var program: LearnedProgram?
        var privileges: UInt64?
    }

    fileprivate var key: Key {
        Key(
            user: event.user, kind: event.kind, reason: event.reason.number, isEnforced: event.isEnforced,
            context: event.context?.number, act: event.act, path: event.path, found: event.found, program: program,
            privileges: event.privileges?.rawValue)
    }
}

/// What was refused, each refusal of a user once. It is bounded: what does not
/// fit is counted as lost. A user can cause as many different refusals as it
/// likes, so that each has a share, and root's is out of the reach of others.
package struct LearnedRecord: Equatable, Sendable {
    package private(set) var events: [LearnedEvent] = []
    /// Events that are not in the record, because they came too fast or because
    /// it was full.
    package private(set) var lost: UInt64 = 0
    /// How many of the lost events are known to be those of root.
    package private(set) var lostOfRoot: UInt64 = 0
    /// How many of the lost events are known to be those of other users.
    package private(set) var lostOfUsers: UInt64 = 0
    private var places: [LearnedEvent.Key: Int] = [:]
    /// Bytes of the lines.
    package private(set) var size = 0
    private var sizes: [UInt32?: Int] = [:]

    /// Bytes of the lines of a record.
    package static let largestSize = 16 << 20
    /// Bytes of the lines of all users but root. What is left is root's.
    package static let shareOfUsers = largestSize / 2
    /// Bytes of the lines of one user that is not root.
    package static let shareOfUser = shareOfUsers / 4
    /// Bytes of a path. A longer one is not kept.
    package static let longestPath = 4096

    /// The kind of the line that counts lost events.
    static let lostKind = "lost"

    package init() {}

    package enum Addition: Equatable { case new, known, full }

    @discardableResult
    package mutating func add(_ event: LearnedEvent) -> Addition {
        let key = event.key
        if let place = places[key] {
            events[place].count += event.count
            events[place].lastTime = [events[place].lastTime, event.lastTime].compactMap(\.self).max()
            return .known
        }
        // Counts and times of a line can grow by this much.
        let length = event.json.text.count + 40
        guard Self.hasShortPaths(event), hasRoom(length, for: event.event.user) else {
            lose(event)
            return .full
        }
        size += length
        sizes[event.event.user, default: 0] += length
        places[key] = events.count
        events.append(event)
        return .new
    }

    /// Adds lost events; their users may be unknown.
    package mutating func addLost(_ count: UInt64, ofRoot: UInt64 = 0, ofUsers: UInt64 = 0) {
        lost = Self.sum(lost, count)
        lostOfRoot = Self.sum(lostOfRoot, ofRoot)
        lostOfUsers = Self.sum(lostOfUsers, ofUsers)
    }

    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, isTooLarge) = left.addingReportingOverflow(right)
        return isTooLarge ? .max : sum
    }

    private mutating func lose(_ event: LearnedEvent) {
        let isRoots = event.event.user == 0
        addLost(event.count, ofRoot: isRoots ? event.count : 0, ofUsers: isRoots ? 0 : event.count)
    }

    private static func hasShortPaths(_ event: LearnedEvent) -> Bool {
        [event.event.path, event.program?.path].allSatisfy { ($0?.bytes.count ?? 0) <= longestPath }
    }

    /// An event without a user counts as one of a user of its own.
    private func hasRoom(_ length: Int, for user: UInt32?) -> Bool {
        guard size + length <= Self.largestSize else { return false }
        if user == 0 { return true }
        return size - sizes[0, default: 0] + length <= Self.shareOfUsers
            && sizes[user, default: 0] + length <= Self.shareOfUser
    }

    /// Whose the lost events were, as far as it is known; nil if it is not.
    package var lostText: String? {
        guard lostOfRoot > 0 || lostOfUsers > 0 else { return nil }
        return "\(lostOfRoot) of root, \(lostOfUsers) of other users"
    }

    // MARK: Text

    /// The lines of the record, with that of the lost events at the end.
    package var text: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(size + 100)
        for event in events { text += event.json.text + [ASCII.newline] }
        return lost == 0 ? text : text + lostLine
    }

    private var lostLine: [UInt8] {
        JSONDocument([
            ("kind", .string(Self.lostKind)), ("count", .unsigned(lost)), ("root", .unsigned(lostOfRoot)),
            ("users", .unsigned(lostOfUsers)),
        ]).text + [ASCII.newline]
    }

    /// Reads lines of a record, or those of `verictl events --json`. Returns the
    /// numbers of the lines that are no event; the last line may be cut off,
    /// because the machine stopped.
    package init(_ text: [UInt8], badLines: inout [Int]) {
        for (index, line) in text.split(separator: ASCII.newline, omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            guard let members = try? EventMembers(json: Array(line)) else {
                badLines.append(index + 1)
                continue
            }
            if members.kind == Self.lostKind {
                addLost(members.count ?? 0, ofRoot: members.root ?? 0, ofUsers: members.users ?? 0)
                continue
            }
            guard let event = try? members.event() else {
                badLines.append(index + 1)
                continue
            }
            addLost(members.count == nil ? event.dropped : 0)
            guard Self.isLearned(event) else { continue }
            add(
                LearnedEvent(
                    event, program: members.learnedProgram, count: members.count ?? 1,
                    lastTime: members.last.flatMap(EventWords.time)))
        }
    }

    /// Whether a rule could make a difference to what the event reports.
    package static func isLearned(_ event: Event) -> Bool {
        event.kind == .ungranted || event.isRefusal && event.kind != .admin
    }
}
