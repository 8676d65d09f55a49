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
/// directory is read instead, which says the inode of each name for a fraction of the
/// price. It is believed only if it says yes, about a regular file on which nothing is
/// mounted, and on a file system where it is the inode of stat(2). All other paths are
/// asked for, and the first ones up to one that leads to its file: that shows that this
/// process may look up names there. A policy that refuses single files is not seen.
package final class PathCheck {
    /// For so many paths, a directory is read.
    static let many = 32

    /// A directory is read no further than to so many names for a path: there may be
    /// any number of others.
    private static let namesForPath = 8

    /// nil if they are not known.
    private lazy var mounts: KnownMounts? = (try? KernelMount.all()).map(KnownMounts.init)

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
            let status = try? directory.status(), mounts.know(directory)
        else { return }
        let names = DirectoryNames(
            questions, offset: slash + 1 - first.start, device: status.identity.device, in: UnsafeBufferPointer(text),
            except: mounts)
        names.read(directory, most: Self.namesForPath * questions.count)
    }
}

/// The mounts of this namespace.
private struct KnownMounts {
    /// Those on which directories are believed.
    private let believed: [UInt64]
    /// A bit for each last name of the place of a mount. Other names may have the same.
    private var names: [UInt64]

    private static let bits = 1 << 16

    /// Others may number the entries of a directory otherwise, as EROFS does, or a server
    /// numbers them. It may answer statfs(2) as well, so the type of the mount counts.
    private static let types = ["ext2", "ext3", "ext4", "f2fs", "squashfs", "tmpfs", "xfs"]

    init(_ mounts: [KernelMount]) {
        believed = mounts.filter { Self.types.contains(String(decoding: $0.type, as: UTF8.self)) }.map(\.id)
        names = [UInt64](repeating: 0, count: Self.bits / UInt64.bitWidth)
        for mount in mounts {
            let start = mount.point.lastIndex(of: ASCII.slash).map { $0 + 1 } ?? 0
            let bit = mount.point.withUnsafeBufferPointer { Self.bit(UnsafeBufferPointer(rebasing: $0[start...])) }
            names[bit / UInt64.bitWidth] |= 1 << UInt64(bit % UInt64.bitWidth)
        }
    }

    private static func bit(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        Int(truncatingIfNeeded: ByteScan.hash(name, 0..<name.count)) & (bits - 1)
    }

    /// Whether what is mounted in a directory is known, and its names are believed. Below
    /// a mount of another namespace, to which procfs leads, there may be others. Where case
    /// does not count, a file may be mounted under another spelling of the name.
    func know(_ directory: borrowing Descriptor) -> Bool {
        var id: UInt64 = 0
        return csystem_mount_of(directory.number, &id) == 0 && believed.contains(id)
            && csystem_folds_case(directory.number) == 0
    }

    /// Whether something may be mounted on a file of this name.
    func mayCover(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let bit = Self.bit(name)
        return names[bit / UInt64.bitWidth] >> UInt64(bit % UInt64.bitWidth) & 1 != 0
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
        in text: UnsafeBufferPointer<UInt8>, except mounts: KnownMounts
    ) {
        self.questions = questions
        self.offset = offset
        self.text = text
        table = [Int32](
            repeating: -1, count: 1 << (Int.bitWidth - (2 * questions.count).leadingZeroBitCount))
        for (index, question) in questions.enumerated() {
            // A path that is asked for again has the answer of the first time.
            if question.identity.device != device || isRepeated(index) || mounts.mayCover(name(of: question)) {
                continue
            }
            // What finds no place is asked for.
            let start = start(question.identity.inode)
            for offset in 0..<Self.mostPlaces where table[place(start, offset)] < 0 {
                table[place(start, offset)] = Int32(truncatingIfNeeded: index)
                break
            }
        }
    }

    /// Reads no further after so many names. What cannot be read is no answer.
    func read(_ directory: borrowing Descriptor, most: Int) {
        let number = directory.number
        withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 8) { records in
            var left = most
            while left > 0 {
                let count = csystem_read_names(number, records.baseAddress, UInt(records.count))
                if count <= 0 { return }
                var start = 0
                while start + Self.nameOffset < count, left > 0 {
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
        let start = start(inode)
        for offset in 0..<Self.mostPlaces {
            let index = Int(table[place(start, offset)])
            if index < 0 { return }
            if questions[index].identity.inode == inode, isName(record, of: questions[index]) {
                questions[index].leads = true
                return
            }
        }
    }

    /// An inode may be in so many places of the table. The search for one with many names
    /// would be long otherwise.
    private static let mostPlaces = 16

    private func start(_ inode: UInt64) -> Int {
        Int(truncatingIfNeeded: (inode &* 0x9e37_79b9_7f4a_7c15) >> 32)
    }

    private func place(_ start: Int, _ offset: Int) -> Int { (start + offset) & (table.count - 1) }

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
