// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CSystem
import Glibc

/// A path of a text, and the file to which it may lead.
package struct PathQuestion {
    package var start: Int
    package var count: Int
    package var identity: FileIdentity
    /// The answer.
    package var leads = false

    package init(start: Int, count: Int, identity: FileIdentity) {
        self.start = start
        self.count = count
        self.identity = identity
    }
}

/// Finds out which paths of one directory lead to their files.
///
/// The answer is that of stat(2). Where many files of a directory are asked for, the
/// directory is read instead, which says the inode of each name for a tenth of the
/// price. It is believed only if it says yes, about a regular file on which nothing is
/// mounted, and on a file system where it is the inode of stat(2). All other paths, and
/// the first one, which shows that this process may look up names there, are asked for.
package final class PathCheck {
    /// For so many paths, a directory is read.
    static let many = 32

    /// A directory is read no further than to so many names for a path: there may be
    /// any number of others.
    private static let namesForPath = 8

    /// Types of statfs(2), from linux/magic.h. Others may number the entries of a
    /// directory otherwise, as EROFS does.
    private static let believed: Set<UInt32> = [
        0xef53,  // ext2, ext3, ext4
        0x0102_1994,  // tmpfs
        0x5846_5342,  // XFS
        0x7371_7368,  // SquashFS
        0xf2f5_2010,  // F2FS
    ]

    /// nil if the mounts are not known.
    private lazy var mounts: MountNames? = (try? KernelMount.all()).map(MountNames.init)

    package init() {}

    /// Answers questions about paths of one directory. The bytes of the text are changed
    /// meanwhile, and there must be one behind each path.
    package func answer(_ questions: inout [PathQuestion], in text: UnsafeMutableBufferPointer<UInt8>) {
        questions.withUnsafeMutableBufferPointer { questions in
            var next = 0
            if questions.count >= Self.many {
                while next < questions.count {
                    Self.ask(&questions[next], in: text)
                    next += 1
                    if questions[next - 1].leads { break }
                }
                readDirectory(UnsafeMutableBufferPointer(rebasing: questions[next...]), in: text)
            }
            for index in next..<questions.count where !questions[index].leads {
                Self.ask(&questions[index], in: text)
            }
        }
    }

    private static func ask(_ question: inout PathQuestion, in text: UnsafeMutableBufferPointer<UInt8>) {
        let end = question.start + question.count
        let behind = text[end]
        text[end] = 0
        question.leads = Files.leads(
            UnsafeBufferPointer(rebasing: text[question.start..<end]), to: question.identity)
        text[end] = behind
    }

    /// Says yes to some of the questions.
    private func readDirectory(
        _ questions: UnsafeMutableBufferPointer<PathQuestion>, in text: UnsafeMutableBufferPointer<UInt8>
    ) {
        guard let first = questions.first, let mounts else { return }
        let path = text[first.start..<(first.start + first.count)]
        guard let slash = path.lastIndex(of: ASCII.slash),
            let directory = try? Descriptor(readingFound: BytePath(path[...slash])),
            let status = try? directory.status(), status.kind == .directory,
            let type = try? directory.filesystem(), Self.believed.contains(type)
        else { return }
        let names = DirectoryNames(
            questions, offset: slash + 1 - first.start, device: status.identity.device, in: UnsafeBufferPointer(text),
            except: mounts)
        names.read(directory, most: Self.namesForPath * questions.count)
    }
}

/// The last names of the places of all mounts.
private struct MountNames {
    private let names: [[UInt8]]
    /// The bits of the lengths that names have.
    private let lengths: UInt64

    init(_ mounts: [KernelMount]) {
        let last = mounts.map { mount in
            Array(mount.point[(mount.point.lastIndex(of: ASCII.slash).map { $0 + 1 } ?? 0)...])
        }
        names = Array(Set(last))
        lengths = last.reduce(0) { $0 | Self.bit($1.count) }
    }

    private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(length % UInt64.bitWidth) }

    func contain(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        lengths & Self.bit(name.count) != 0 && names.contains { $0.elementsEqual(name) }
    }
}

/// Names that are searched for in a directory.
private struct DirectoryNames {
    private let questions: UnsafeMutableBufferPointer<PathQuestion>
    /// Where the name begins in each path.
    private let offset: Int
    private let text: UnsafeBufferPointer<UInt8>
    /// Numbers of questions by their inodes; an empty place is -1.
    private var table: [Int32]

    /// struct linux_dirent64 of getdents64(2); the inode is its first member.
    private static let lengthOffset = 16
    private static let typeOffset = 18
    private static let nameOffset = 19

    private static let bufferSize = 32 << 10

    init(
        _ questions: UnsafeMutableBufferPointer<PathQuestion>, offset: Int, device: UInt64,
        in text: UnsafeBufferPointer<UInt8>, except mounts: MountNames
    ) {
        self.questions = questions
        self.offset = offset
        self.text = text
        table = [Int32](
            repeating: -1, count: 1 << (Int.bitWidth - (2 * questions.count).leadingZeroBitCount))
        for (index, question) in questions.enumerated() {
            // A path that is asked for again has the answer of the first time.
            if question.identity.device != device || isRepeated(index) || mounts.contain(name(of: question)) {
                continue
            }
            var place = place(question.identity.inode)
            while table[place] >= 0 { place = next(place) }
            table[place] = Int32(truncatingIfNeeded: index)
        }
    }

    /// Reads at most so many names. What cannot be read is no answer.
    func read(_ directory: borrowing Descriptor, most: Int) {
        let number = directory.number
        withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 8) { records in
            var left = most
            while left > 0 {
                let count = csystem_read_names(number, records.baseAddress, UInt(records.count))
                if count <= 0 { return }
                var start = 0
                while start + Self.nameOffset < count {
                    let length = records.loadUnaligned(fromByteOffset: start + Self.lengthOffset, as: UInt16.self)
                    let end = start + Int(length)
                    guard end > start + Self.nameOffset, end <= count else { return }
                    if records[start + Self.typeOffset] == DT_REG {
                        find(UnsafeRawBufferPointer(rebasing: records[start..<end]))
                    }
                    start = end
                    left -= 1
                }
            }
        }
        for index in questions.indices.dropFirst() where isRepeated(index) {
            questions[index].leads = questions[index - 1].leads
        }
    }

    private func find(_ record: UnsafeRawBufferPointer) {
        let inode = record.loadUnaligned(as: UInt64.self)
        var place = place(inode)
        while table[place] >= 0 {
            let index = Int(table[place])
            if questions[index].identity.inode == inode, isName(record, of: questions[index]) {
                questions[index].leads = true
                return
            }
            place = next(place)
        }
    }

    private func place(_ inode: UInt64) -> Int {
        Int(truncatingIfNeeded: inode &* 0x9e37_79b9_7f4a_7c15 >> 32) & (table.count - 1)
    }

    private func next(_ place: Int) -> Int { (place + 1) & (table.count - 1) }

    private func name(of question: PathQuestion) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: text[(question.start + offset)..<(question.start + question.count)])
    }

    /// Behind the name of a record are zeros.
    private func isName(_ record: UnsafeRawBufferPointer, of question: PathQuestion) -> Bool {
        let name = name(of: question)
        let end = Self.nameOffset + name.count
        guard let start = name.baseAddress, let first = record.baseAddress, end < record.count, record[end] == 0
        else { return false }
        return memcmp(first + Self.nameOffset, start, name.count) == 0
    }

    /// Whether the question before this one is the same, as it is for a file that is
    /// listed in several contexts.
    private func isRepeated(_ index: Int) -> Bool {
        guard index > 0 else { return false }
        let (one, other) = (questions[index - 1], questions[index])
        return one.identity == other.identity && one.count == other.count
            && ByteScan.areEqual(text, at: one.start, text, at: other.start, count: one.count)
    }
}
