// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Loading
import Policy
import SystemIO
import Tool

/// `boot.conf`, and the copy of its last version without errors.
struct BootFile {
    private(set) var settings = BootSettings()
    /// False if there is neither the file nor a copy.
    private(set) var exists = false
    private(set) var diagnostics: [Diagnostic] = []
    /// The status that the state of the file calls for; nil if it is good.
    private(set) var fault: ExitStatus?
    private(set) var usesCopy = false
    private let path: BytePath
    private let copy: BytePath
    private var text: [UInt8] = []

    private static let limit = 1 << 20

    init(_ surroundings: Surroundings) {
        path = surroundings.bootConfiguration
        copy = surroundings.stateDirectory.appending(Array("boot.conf".utf8))
        do throws(Errno) {
            text = try Files.read(path, limit: Self.limit)
            let parser = BootParser(text, source: path.bytes)
            exists = true
            settings = parser.settings
            diagnostics = parser.diagnostics
            if parser.hasErrors { fault = .syntax }
        } catch {
            guard error != .noEntry && error != .notDirectory else { return }
            diagnostics = [Diagnostic(.error, .unreadable, source: path.bytes, message: "cannot be read: \(error)")]
            fault = .io
        }
        guard fault != nil, let old = try? Files.read(copy, limit: Self.limit) else { return }
        let parser = BootParser(old, source: copy.bytes)
        guard !parser.hasErrors else { return }
        settings = parser.settings
        usesCopy = true
    }

    /// Keeps a copy of a file without errors, where that is possible.
    func keep() {
        guard exists, fault == nil, (try? Files.read(copy, limit: Self.limit)) != text else { return }
        do throws(Errno) {
            try Files.makeDirectory(copy.parent)
            try Files.write(text, to: copy)
        } catch {
            // Early at boot the disk may be read-only; "boot lock" comes later.
        }
    }

    /// Reports what is wrong with the file.
    func report(_ reporter: Reporter) {
        reporter.diagnostics(diagnostics)
        guard fault != nil else { return }
        reporter.error(
            usesCopy
                ? "\(path) has errors; \(copy), its last good version, counts instead"
                : "\(path) has errors, and there is no last good version of it")
    }

    /// Changes values in the file and keeps everything else; returns whether
    /// there was something to change.
    static func set(_ values: [(key: String, value: String)], in surroundings: Surroundings) throws(Failure) -> Bool {
        let path = surroundings.bootConfiguration
        do throws(Errno) {
            var old: [UInt8]?
            do throws(Errno) {
                old = try Files.read(path, limit: limit)
            } catch {
                if error != .noEntry { throw error }
                try Files.makeDirectory(path.parent)
            }
            let text = values.reduce(old ?? BootEditor.template) { text, change in
                BootEditor.setting(change.key, to: change.value, in: text)
            }
            if text == old { return false }
            try Files.write(text, to: path)
            return true
        } catch {
            throw Failure(status: .io, message: "\(path): \(error)")
        }
    }
}
