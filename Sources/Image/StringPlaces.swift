// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// Writes the strings of an image, each of which is followed by a NUL.
///
/// A string that is there twice is stored once: all rules of one file share its name.
/// Of sorted rules, those that have the same path follow each other, so that a path is
/// compared with the last one only.
struct StringPlaces {
    struct Place {
        var offset = 0
        var length = 0
    }

    private let rules: RuleView
    private let sources: [[UInt8]]
    private let areSorted: Bool
    private let room: UnsafeMutableRawBufferPointer
    /// Bytes that are written.
    private(set) var size = 0

    private var last: (number: Int, place: Place)?
    /// The places of the names of files by their numbers.
    private var sourcePlaces: [Place?]
    /// The places of all strings if the rules are not sorted.
    private var offsets: [BytePath: Int] = [:]

    /// `room` has as many bytes as all strings of the rules with their NULs.
    init(_ rules: RuleView, sources: [[UInt8]], areSorted: Bool, room: UnsafeMutableRawBufferPointer) {
        self.rules = rules
        self.sources = sources
        self.areSorted = areSorted
        self.room = room
        sourcePlaces = Array(repeating: nil, count: sources.count)
    }

    /// The place of the path of the next rule.
    mutating func path(of number: Int) -> Place {
        guard let path = rules.path(at: number) else { return Place() }
        guard areSorted else { return add(BytePath(path)) }
        if let last, rules.haveSamePath(last.number, number) { return last.place }
        let place = append(path)
        last = (number, place)
        return place
    }

    /// The place of the name of a file.
    mutating func source(_ number: Int32) -> Place {
        if let place = sourcePlaces[Int(number)] { return place }
        let name = sources[Int(number)]
        let place = name.isEmpty ? Place() : add(BytePath(name))
        sourcePlaces[Int(number)] = place
        return place
    }

    private mutating func add(_ string: BytePath) -> Place {
        if let offset = offsets[string] { return Place(offset: offset, length: string.bytes.count) }
        let place = string.bytes.withUnsafeBufferPointer { append($0) }
        offsets[string] = place.offset
        return place
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) -> Place {
        let place = Place(offset: size, length: bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: room[size..<(size + bytes.count)])
            .copyMemory(from: UnsafeRawBufferPointer(bytes))
        room[size + bytes.count] = 0
        size += bytes.count + 1
        return place
    }
}
