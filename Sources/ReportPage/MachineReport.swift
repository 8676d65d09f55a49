// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// What is known about a machine, ready to be shown. The caller has looked at the
/// machine; this module only computes.
package struct MachineReport: Sendable {
    package var host = ""
    package var system = ""
    package var kernel = ""
    /// When the machine was looked at.
    package var time = ""
    package var tool = ""
    /// `enforcing`, `permissive`, `inactive`, `empty` or `unknown`.
    package var mode = "unknown"
    package var modeText = "what is in force is not known"
    /// The policy in force and whether the rule files still say the same.
    package var policy: String?
    package var ruleFiles = 0
    package var rules = 0
    package var findings: [Finding] = []
    package var coverage: Coverage?
    /// Whether grants and coverage are about the rules in force, or about the rule
    /// files.
    package var isInForce = false
    package var grants: [Grant] = []
    package var contexts: [Context] = []
    package var mounts: [Mount]?
    package var setuid: [Setuid] = []
    package var refusals = Refusals()
    /// What was not looked at, and why.
    package var notes: [String] = []

    package init() {}

    package enum State: String, Sendable {
        case good = "ok"
        case problem
        case note
    }

    /// A line of doctor.
    package struct Finding: Sendable {
        package var name: String
        package var state: State
        package var text: String
        package var next: String?

        package init(name: String, state: State, text: String, next: String?) {
            (self.name, self.state, self.text, self.next) = (name, state, text, next)
        }
    }

    package var problems: Int { findings.count { $0.state == .problem } }

    // MARK: What may run

    package struct Coverage: Sendable {
        package var packages: [Package] = []
        /// Files that do not have the content of their package, or cannot be read.
        package var doubtful: [DoubtfulFile] = []

        package init() {}

        package var files: Int { packages.reduce(0) { $0 + $1.files } }
        package var missing: Int { packages.reduce(0) { $0 + $1.missing.count } }
        package var allowed: Int { files - missing }
    }

    package struct Package: Sendable {
        package var name: String
        package var version: String
        /// The version that the rule file of the package is for; nil without one.
        package var rulesFor: String?
        /// Files that can be executed.
        package var files: Int
        /// Those that are not allowed.
        package var missing: [BytePath]

        package init(name: String, version: String, rulesFor: String?, files: Int, missing: [BytePath]) {
            (self.name, self.version, self.rulesFor) = (name, version, rulesFor)
            (self.files, self.missing) = (files, missing)
        }
    }

    package struct DoubtfulFile: Sendable {
        package var path: BytePath
        package var problem: String

        package init(path: BytePath, problem: String) {
            (self.path, self.problem) = (path, problem)
        }
    }

    // MARK: Rights

    /// An entry that gives its program something.
    package struct Grant: Sendable {
        package var path: BytePath?
        package var context: String
        package var flags: [String]
        package var capabilities: [String]
        package var privileges: [String]
        /// The rule file and the line.
        package var source: String

        package init(
            path: BytePath?, context: String, flags: [String], capabilities: [String], privileges: [String],
            source: String
        ) {
            (self.path, self.context, self.flags, self.source) = (path, context, flags, source)
            (self.capabilities, self.privileges) = (capabilities, privileges)
        }
    }

    package struct Context: Sendable {
        package var number: UInt32
        package var level: [String]
        package var capabilities: String
        package var privileges: String
        package var entries: UInt64
        package var digests: UInt64

        package init(
            number: UInt32, level: [String], capabilities: String, privileges: String, entries: UInt64, digests: UInt64
        ) {
            (self.number, self.level, self.entries, self.digests) = (number, level, entries, digests)
            (self.capabilities, self.privileges) = (capabilities, privileges)
        }
    }

    // MARK: Ways around

    /// A mount that is both writable and executable.
    package struct Mount: Sendable {
        package var point: BytePath
        package var found: String
        package var hint: String

        package init(point: BytePath, found: String, hint: String) {
            (self.point, self.found, self.hint) = (point, found, hint)
        }
    }

    /// A file with the rights of its owner or group, and without an entry.
    package struct Setuid: Sendable {
        package var path: BytePath
        package var bits: String

        package init(path: BytePath, bits: String) {
            (self.path, self.bits) = (path, bits)
        }
    }

    // MARK: Refusals

    package struct Refusals: Sendable {
        package var reasons: [Reason] = []
        /// Where they were read: the record, or the kernel's log.
        package var source: String?
        package var lost: UInt64 = 0
        /// What the kernel has counted since boot, by reason.
        package var sinceBoot: [(reason: String, count: UInt64)] = []

        package init() {}

        package var total: UInt64 { reasons.reduce(0) { $0 + $1.count } }
    }

    package struct Reason: Sendable {
        package var name: String
        package var meaning: String
        package var events: [Refusal]

        package init(name: String, meaning: String, events: [Refusal]) {
            (self.name, self.meaning, self.events) = (name, meaning, events)
        }

        package var count: UInt64 { events.reduce(0) { $0 + $1.count } }
    }

    package struct Refusal: Sendable {
        package var text: String
        package var program: String?
        package var count: UInt64
        package var last: String?
        package var isEnforced: Bool

        package init(text: String, program: String?, count: UInt64, last: String?, isEnforced: Bool) {
            (self.text, self.program, self.count) = (text, program, count)
            (self.last, self.isEnforced) = (last, isEnforced)
        }
    }
}
