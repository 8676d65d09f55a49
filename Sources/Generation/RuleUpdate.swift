// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Crypto
package import Policy
import SystemIO

/// Brings the digests of a rule file up to date with the files, and leaves
/// everything else of it as it is: order, comments, blanks.
package struct RuleUpdate {
    /// The canonical path of the root directory.
    private let root: BytePath
    package var workers = Process.processorCount

    package init(root: BytePath) {
        self.root = root
    }

    package struct Change: Equatable {
        package var path: BytePath
        package var line: UInt32
        package var old: [UInt8]
        package var new: [UInt8]
    }

    package struct Outcome {
        package var text: [UInt8]
        package var changes: [Change] = []
        /// Files whose lines stay as they are.
        package var problems: [FileProblem] = []
    }

    /// `rules` are those of `text`. An allow digest belongs to the file that is named
    /// behind it; without a name it stays.
    package func run(_ text: [UInt8], _ rules: [Rule]) -> Outcome {
        var outcome = Outcome(text: text)
        var lines = text.split(separator: ASCII.newline, omittingEmptySubsequences: false).map(Array.init)
        var files: [(rule: Rule, path: BytePath, file: BytePath, size: UInt64)] = []
        for rule in rules {
            guard let path = rule.path ?? rule.name else { continue }
            do throws(Errno) {
                let file = root == "/" ? try Files.realPath(path) : try Files.realPath(path, inRoot: root)
                files.append((rule, path, file, try Files.status(file).size))
            } catch {
                outcome.problems.append(FileProblem(path, "\(error)"))
            }
        }
        // One algorithm at a time, as a batch has one.
        for algorithm in Set(files.map(\.rule.algorithm)).sorted(by: { $0.rawValue < $1.rawValue }) {
            let batch = files.filter { $0.rule.algorithm == algorithm }
            let jobs = batch.map { HashJob(path: $0.file, size: $0.size) }
            let results = BatchHasher.hash(jobs, algorithm: algorithm, workers: workers) { try? $0.status().size }
            for (item, result) in zip(batch, results) {
                do throws(DigestError) {
                    let (new, size) = try result.get()
                    let index = Int(item.rule.origin.line) - 1
                    // A size stays with its digest.
                    var changed = item.rule
                    changed.digest = new
                    if changed.fileSize != nil { changed.fileSize = size.flatMap { FileSize($0) } }
                    guard changed != item.rule, lines.indices.contains(index) else { continue }
                    lines[index] = Self.replacing(item.rule, by: changed, in: lines[index])
                    outcome.changes.append(
                        Change(path: item.path, line: item.rule.origin.line, old: item.rule.digest, new: new))
                } catch {
                    outcome.problems.append(FileProblem(item.path, "\(error)"))
                }
            }
        }
        outcome.changes.sort { $0.line < $1.line }
        if !outcome.changes.isEmpty { outcome.text = Array(lines.joined(separator: [ASCII.newline])) }
        return outcome
    }

    /// The digest is the last field, with its size: a path may have the same digits.
    private static func replacing(_ old: Rule, by new: Rule, in line: [UInt8]) -> [UInt8] {
        let digits = old.fingerprint
        let end = line.firstIndex(of: ASCII.hash) ?? line.endIndex
        var start = end - digits.count
        while start > 0, !line[start..<(start + digits.count)].elementsEqual(digits) { start -= 1 }
        guard start > 0 else { return line }
        return line[..<start] + new.fingerprint + line[(start + digits.count)...]
    }
}
