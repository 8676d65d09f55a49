// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Policy
import SystemIO

/// The command lines of the old devctl: `[-u] (-c RULE | -f FILE)`, -h, -v. The
/// exit status is 0 or 1 only. The whole text is read before anything is sent,
/// and one refused rule refuses all.
enum DevctlLegacy {
    private enum Source {
        case rule([UInt8])
        case file(BytePath)
    }

    static func run(_ arguments: [[UInt8]], in surroundings: DevctlSurroundings) -> Int32 {
        let run = DevctlRun(surroundings)
        var source: Source?
        var unload = false
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            // Stray words never meant anything.
            guard argument.count > 1, argument[0] == ASCII.minus else { continue }
            var letters = argument.dropFirst()
            while let letter = letters.popFirst() {
                switch letter {
                case UInt8(ascii: "h"): return print(DevctlTool.help, surroundings)
                case UInt8(ascii: "v"): return print("devctl - Version \(DevctlTool.version)\n", surroundings)
                case UInt8(ascii: "u"): unload = true
                case UInt8(ascii: "c"), UInt8(ascii: "f"):
                    guard source == nil else { return fail(run, "one of -c and -f, once") }
                    // The value is the rest of the word, or the next one.
                    guard let value = letters.isEmpty ? rest.popFirst() : Array(letters) else {
                        return fail(run, "-\(Character(Unicode.Scalar(letter))) needs a value")
                    }
                    letters = []
                    source = letter == UInt8(ascii: "c") ? .rule(value) : .file(BytePath(value))
                default: return fail(run, "unknown option '-\(DisplayText.of([letter]))'")
                }
            }
        }
        guard let source else { return fail(run, "one of -c and -f is needed") }
        return perform(source, unload: unload, run)
    }

    private static func perform(_ source: Source, unload: Bool, _ run: DevctlRun) -> Int32 {
        var sources = DeviceSources(run.surroundings)
        switch source {
        case .rule(let text): sources.add(rule: text)
        case .file(let path): sources.add(path: path)
        }
        do throws(DevctlFailure) {
            let rules = try run.finish(&sources, isAll: false)
            return try run.commit(rules, unload ? .remove : .add, []) == .done ? 0 : 1
        } catch {
            run.error(error.message, hint: error.hint)
            return 1
        }
    }

    private static func fail(_ run: DevctlRun, _ message: String) -> Int32 {
        run.error(message, hint: "devctl -h")
        return 1
    }

    private static func print(_ text: String, _ surroundings: DevctlSurroundings) -> Int32 {
        do throws(Errno) {
            try surroundings.print(Array(text.utf8))
            return 0
        } catch {
            return 1
        }
    }
}
