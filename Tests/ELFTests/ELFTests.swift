// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import ELF
import SystemIO
import TestSupport
import Testing

private typealias Segment = ELFImage.Segment

/// What is found in a file of these bytes.
private func read(_ bytes: [UInt8]) throws -> ELFFile? {
    let directory = TemporaryDirectory()
    return try ELFFile.read(directory.write("file", bytes))
}

/// Code, data, and a stack that is not executable.
private let ordinary: [Segment] = [.load(5), .load(6, memorySize: 64), .stack(6)]

@Suite struct ELFFileTests {
    @Test(arguments: [true, false], [true, false])
    func headers(_ isWide: Bool, _ isBigEndian: Bool) throws {
        var image = ELFImage(
            2, isWide: isWide, isBigEndian: isBigEndian, [.interpreter("/lib/ld.so")] + ordinary)
        image.dynamic = [(5, 1), (22, 0)]
        let file = try #require(try read(image.bytes))
        #expect(file.kind == .fixed)
        #expect(file.isWide == isWide)
        #expect(file.interpreter == "/lib/ld.so")
        #expect(file.hasTextRelocations)
        #expect(file.segments.count == 5)
        #expect(file.segments.filter { $0.kind == .load }.map(\.isExecutable) == [true, false])
        #expect(file.segments.filter { $0.kind == .load }.map(\.isWritable) == [false, true])
        #expect(file.segments[2].memorySize == 64)
    }

    @Test func kinds() throws {
        #expect(try read(ELFImage(1).bytes)?.kind == .other)
        #expect(try read(ELFImage(3).bytes)?.kind == .shared)
        #expect(try read(ELFImage(3).bytes)?.isLibrary == true)
        #expect(try read(ELFImage(3, [.interpreter("/l")]).bytes)?.isLibrary == false)
        var program = ELFImage(3)
        program.dynamic = [(0x6fff_fffb, 0x0800_0000)]
        #expect(try read(program.bytes)?.isLibrary == false)
    }

    @Test func noELFFile() throws {
        #expect(try read([]) == nil)
        #expect(try read(Array("#!/bin/sh\n".utf8)) == nil)
        #expect(try read(Array("!<arch>\n".utf8)) == nil)
        #expect(throws: Errno.noEntry) { try ELFFile.read("/nonexistent") }
        #expect(try ELFFile.read("/dev/null") == nil)
        #expect(try ELFFile.read("/") == nil)
    }

    @Test func theTestItself() throws {
        let own = try #require(try ELFFile.read("/proc/self/exe"))
        #expect(own.memoryFindings.isEmpty)
        #expect(own.interpreter?.isAbsolute == true)
    }
}

@Suite struct MemoryFindingTests {
    private func findings(
        _ segments: [Segment], _ type: UInt16 = 2, isWide: Bool = true, dynamic: [(tag: UInt64, value: UInt64)] = []
    ) throws -> [MemoryFinding] {
        var image = ELFImage(type, isWide: isWide, segments)
        image.dynamic = dynamic
        let file = try #require(try read(image.bytes))
        return file.memoryFindings
    }

    @Test func nothing() throws {
        #expect(try findings(ordinary) == [])
        #expect(try findings(ordinary, 3) == [])
        #expect(try findings(ordinary, isWide: false) == [])
        #expect(try findings(ordinary, dynamic: [(30, 8), (0x6fff_fffb, 1)]) == [])
        // What follows the end of the list is not part of it.
        #expect(try findings(ordinary, dynamic: [(0, 0), (22, 0)]) == [])
    }

    @Test func writableCode() throws {
        let address = UInt64(64 + 56)
        #expect(try findings([.load(7), .stack(6)]).contains(.writableCode(address: address + 56)))
        #expect(try findings([.load(7), .stack(6)]).count == 1)
        #expect(try findings([.load(3), .stack(6)]).count == 1)
    }

    @Test func codeWithoutContent() throws {
        let address = UInt64(64 + 2 * 56)
        #expect(try findings([.load(5, memorySize: 3), .stack(6)]) == [.codeWithoutContent(address: address)])
        #expect(
            try findings([.load(7, memorySize: 3), .stack(6)]) == [
                .writableCode(address: address), .codeWithoutContent(address: address),
            ])
    }

    @Test func stacks() throws {
        #expect(try findings([.load(5), .stack(7)]) == [.executableStack])
        #expect(try findings([.load(5), .stack(7)], 3) == [.executableStack])
        // The last one counts.
        #expect(try findings([.load(5), .stack(7), .stack(6)]) == [])
        #expect(try findings([.load(5), .stack(6), .stack(7)]) == [.executableStack])
        // Without one: a program of 64 bits has none.
        #expect(try findings([.load(5)]) == [])
        #expect(try findings([.load(5)], isWide: false) == [.unmarkedStack])
        #expect(try findings([.load(5)], 3) == [.unmarkedStack])
        #expect(try findings([.interpreter("/l"), .load(5)], 3) == [])
        #expect(try findings([.load(5)], 3, dynamic: [(0x6fff_fffb, 0x0800_0000)]) == [])
    }

    @Test func textRelocations() throws {
        #expect(try findings(ordinary, dynamic: [(22, 0)]) == [.textRelocations])
        #expect(try findings(ordinary, dynamic: [(30, 4)]) == [.textRelocations])
        #expect(try findings(ordinary, isWide: false, dynamic: [(30, 12)]) == [.textRelocations])
    }

    @Test func objectFilesAreNotLoaded() throws {
        #expect(try findings([.load(7)], 1) == [])
    }
}

/// A file that somebody made to break its reader.
@Suite struct MalformedELFTests {
    private let image: [UInt8] = {
        var image = ELFImage(3, [.interpreter("/lib/ld.so"), .load(7, memorySize: 99), .stack(7)])
        image.dynamic = [(22, 0), (30, 4)]
        return image.bytes
    }()

    @Test func everyLength() throws {
        let whole = try #require(try read(image))
        for length in 0..<image.count {
            guard let file = try read(Array(image[..<length])) else { continue }
            // Less of the same, and nothing that is not in the file.
            #expect(file.segments == whole.segments)
            #expect(file.interpreter == nil || file.interpreter == whole.interpreter)
        }
    }

    @Test func everyByteOfTheHeaders() throws {
        for index in 0..<(64 + 4 * 56) {
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var bytes = image
                bytes[index] = value
                _ = try read(bytes)?.memoryFindings
            }
        }
    }

    @Test func randomBytes() throws {
        var random = SeededRandom(seed: 20)
        for round in 0..<3000 {
            var bytes = round % 3 == 0 ? ELFImage(2, isWide: false, ordinary).bytes : image
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                bytes[Int.random(in: 4..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if round % 5 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            _ = try read(bytes)?.memoryFindings
        }
    }

    @Test func hugeNumbers() throws {
        // Counts and sizes beyond the end: of segments, and of what they hold.
        for (offset, count) in [(56, 2), (32, 8), (40, 8), (60, 2), (64 + 8, 8), (64 + 32, 8), (64 + 3 * 56 + 32, 8)] {
            var bytes = image
            for index in offset..<(offset + count) { bytes[index] = 0xff }
            _ = try read(bytes)
        }
        // A table of sections said to be as large as can be.
        var bytes = image
        bytes.storeLittleEndian(UInt64(bytes.count), at: 40)
        bytes += [UInt8](repeating: 0, count: 32) + [UInt8](repeating: 0xff, count: 4)
        bytes += [UInt8](repeating: 0, count: 28)
        #expect(try read(bytes)?.segments.count == 4)
    }

    @Test func anInterpreterWithoutEnd() throws {
        let long = ELFImage(2, [.interpreter(String(repeating: "x", count: 5000))])
        #expect(try read(long.bytes)?.interpreter == nil)
        var bytes = ELFImage(2, [.interpreter("/lib/ld.so")]).bytes
        bytes[bytes.count - 1] = UInt8(ascii: "x")
        #expect(try read(bytes)?.interpreter == "/lib/ld.sox")
    }
}
