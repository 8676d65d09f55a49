// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// The places of the strings of an image, each of which is followed by a NUL.
///
/// A string that is there twice is stored once: all rules of one file share its name.
/// Of sorted rules, those that have the same path follow each other, so that a path is
/// compared with the last one only. The strings are gone through twice: the first time
/// tells their size, and the second one writes them.
struct StringPlaces {
    typealias Place = (offset: Int, length: Int)
    /// The strings of an entry.
    typealias Entry = (path: Place, source: Place)

    private let rules: RuleTable
    private let order: [Int]?
    private let areSorted: Bool
    /// Whether there is the empty string, at 0: the path of an allow digest.
    private let hasEmpty: Bool

    private var size = 0
    private var last: (number: Int, place: Place)?
    /// The places of the names of files by their numbers, and of all strings if the
    /// rules are not sorted.
    private var sourcePlaces: [Int32: Place] = [:]
    /// The one of the last rule: the name of a file comes with each of its rules.
    private var lastSource: (number: Int32, place: Place) = (-1, (0, 0))
    private var offsets: [BytePath: Int] = [:]

    init(_ rules: RuleTable, order: [Int]?) {
        self.rules = rules
        self.order = order
        areSorted = order != nil || rules.isAscending(strictly: false)
        hasEmpty = rules.indices.contains(where: rules.isAllowDigest)
        reset()
    }

    /// Starts again.
    mutating func reset() {
        size = hasEmpty ? 1 : 0
        last = nil
        sourcePlaces = [:]
        lastSource = (-1, (0, 0))
        offsets = hasEmpty ? [BytePath([]): 0] : [:]
    }

    /// The size of all strings.
    mutating func totalSize() -> Int {
        for entry in 0..<rules.count { _ = next(order?[entry] ?? entry, into: nil) }
        return size
    }

    /// The places of the strings of the next rule. New strings are written to
    /// `strings`, which has the size of all of them.
    mutating func next(_ number: Int, into strings: UnsafeMutableBufferPointer<UInt8>?) -> Entry {
        let path = pathPlace(number, strings)
        let source = rules.sourceNumber(at: number)
        if source != lastSource.number {
            lastSource = (source, sourcePlaces[source] ?? addSource(number, strings))
            sourcePlaces[source] = lastSource.place
        }
        return (path, lastSource.place)
    }

    private mutating func addSource(_ number: Int, _ strings: UnsafeMutableBufferPointer<UInt8>?) -> Place {
        let name = rules.source(at: number)
        return name.isEmpty ? (0, 0) : add(BytePath(name), strings)
    }

    private mutating func pathPlace(_ number: Int, _ strings: UnsafeMutableBufferPointer<UInt8>?) -> Place {
        if rules.isAllowDigest(at: number) { return (0, 0) }
        guard areSorted else {
            return add(rules.withPath(at: number) { BytePath($0.map { Array($0) } ?? []) }, strings)
        }
        if let last, rules.haveSamePath(last.number, number) { return last.place }
        let place = rules.withPath(at: number) { path in append(path ?? .init(start: nil, count: 0), strings, at: size)
        }
        size = place.offset + place.length + 1
        last = (number, place)
        return place
    }

    private mutating func add(_ string: BytePath, _ strings: UnsafeMutableBufferPointer<UInt8>?) -> Place {
        if let offset = offsets[string] { return (offset, string.bytes.count) }
        let place = string.bytes.withUnsafeBufferPointer { append($0, strings, at: size) }
        offsets[string] = place.offset
        size = place.offset + place.length + 1
        return place
    }

    /// The NULs are there already.
    private func append(
        _ bytes: UnsafeBufferPointer<UInt8>, _ strings: UnsafeMutableBufferPointer<UInt8>?, at offset: Int
    ) -> Place {
        if let strings {
            let room = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(strings)[offset..<(offset + bytes.count)])
            room.copyMemory(from: UnsafeRawBufferPointer(bytes))
        }
        return (offset, bytes.count)
    }
}
