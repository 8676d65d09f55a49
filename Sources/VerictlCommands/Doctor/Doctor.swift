// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Loading
import SystemIO
import Tool

/// What `doctor` has looked at, one line each.
struct Doctor {
    enum State: String {
        case good = "ok"
        case problem
        /// Worth knowing, or not looked at.
        case note

        var mark: String {
            switch self {
            case .good: "[ok]"
            case .problem: "[!!]"
            case .note: "[--]"
            }
        }
    }

    struct Check {
        var name: String
        var state: State
        var text: String
        /// The next step.
        var step: String?
    }

    let surroundings: Surroundings
    /// `/`, or the root directory of another machine. Nothing of this machine's
    /// kernel is looked at then.
    let root: BytePath
    private(set) var checks: [Check] = []
    /// Files with the rights of their owner or group that have no entry, with
    /// those bits in words.
    var setuidWithoutEntry: [(path: BytePath, bits: String)] = []

    var isOffline: Bool { root != "/" }

    /// The directories of `surroundings` are those below `root` already.
    init(_ surroundings: Surroundings, root: BytePath) {
        self.surroundings = surroundings
        self.root = root
    }

    mutating func good(_ name: String, _ text: String) { add(name, .good, text, nil) }

    mutating func problem(_ name: String, _ text: String, _ step: String) { add(name, .problem, text, step) }

    mutating func note(_ name: String, _ text: String, _ step: String? = nil) { add(name, .note, text, step) }

    private mutating func add(_ name: String, _ state: State, _ text: String, _ step: String?) {
        checks.append(Check(name: name, state: state, text: text, step: step))
    }

    func path(_ text: String) -> BytePath { BytePath((root == "/" ? [] : root.bytes) + Array(text.utf8)) }

    func text(_ path: String) -> String? {
        (try? Files.read(self.path(path), limit: 16 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }

    func exists(_ path: String) -> Bool { (try? Files.status(self.path(path), followLinks: false)) != nil }

    /// The first of many names, and how many more there are.
    static func some(_ names: [String], _ count: Int = 3) -> String {
        names.prefix(count).joined(separator: ", ")
            + (names.count > count ? " and \(names.count - count) more" : "")
    }
}
