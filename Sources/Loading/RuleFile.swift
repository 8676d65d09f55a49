// SPDX-License-Identifier: LGPL-2.1-or-later

import Policy
import Synchronization
import SystemIO

extension RuleReader {
    /// Reads a whole file, the parts of a large one at the same time.
    mutating func read(_ file: borrowing Descriptor, into table: inout RuleTable) throws(Errno) {
        let status = try file.status()
        let size = Int(clamping: status.size)
        table.reserve(fileSize: size)
        // The size of anything else is a hint only.
        let count = status.kind == .regular ? min(Process.processorCount, size / RuleFile.leastPart) : 1
        if count > 1 {
            try read(FileParts(file, size: size, count: count), size: size, into: &table)
        } else {
            try file.read(limit: RuleLimits.fileSize) { read($0, into: &table) }
            finish(into: &table)
        }
    }

    private mutating func read(_ file: FileParts, size: Int, into table: inout RuleTable) throws(Errno) {
        let blank = part(advice: table.advice)
        let others = Mutex<[Result<RulePart, Errno>?]>(Array(repeating: nil, count: file.count))
        var failure: Errno?
        Threads.run(
            file.count - 1,
            meanwhile: {
                do throws(Errno) {
                    try file.read(part: 0, limit: RuleLimits.fileSize) { read($0, into: &table) }
                } catch {
                    failure = error
                }
            },
            body: { worker in
                let result = RuleFile.read(worker + 1, of: file, size: size, blank)
                others.withLock { $0[worker + 1] = result }
            })
        if let failure { throw failure }
        finish(into: &table)
        for result in others.withLock({ $0 }) {
            if let result { append(try result.get(), into: &table) }
        }
    }
}

private enum RuleFile {
    /// Bytes for which a thread is worth its start.
    static let leastPart = 1 << 18

    static func read(_ number: Int, of file: FileParts, size: Int, _ blank: RulePart) -> Result<RulePart, Errno> {
        var part = blank
        part.reserve(size: size / file.count)
        do throws(Errno) {
            try file.read(part: number, limit: RuleLimits.fileSize) { part.read($0) }
            part.finish()
            return .success(part)
        } catch {
            return .failure(error)
        }
    }
}
