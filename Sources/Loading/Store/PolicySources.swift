// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO
package import Tool

/// The state of the rule files, without their content.
package struct PolicySources: Sendable {
    package let digest: [UInt8]

    /// Files that changed a moment ago are waited for: the clock of a file
    /// system is so coarse that another change might have the same time.
    package init(_ surroundings: Surroundings) throws(Failure) {
        var (text, newest) = try Self.list(surroundings.ruleDirectories)
        if FileState.wait(after: newest) { (text, newest) = try Self.list(surroundings.ruleDirectories) }
        digest = try PolicyRecord.sha256(text)
    }

    private static func names(in directory: BytePath) throws(Failure) -> [DirectoryEntry] {
        do throws(Errno) {
            return try Files.list(directory)
        } catch {
            if error == .noEntry { return [] }
            throw Failure(status: .io, message: "\(directory): \(error)")
        }
    }

    private static func list(_ directories: [BytePath]) throws(Failure) -> (text: [UInt8], newest: FileTime) {
        var text = Array("policy sources 2\n".utf8)
        var newest = FileTime.zero
        for directory in directories {
            // A NUL is in no name.
            text += directory.bytes + [0]
            for entry in try names(in: directory) {
                guard let status = try? Files.status(directory.appending(entry.name)) else { continue }
                newest = max(newest, status.modified, status.changed)
                text += entry.name + [0] + FileState(status).text + [ASCII.newline]
            }
        }
        return (text, newest)
    }
}
