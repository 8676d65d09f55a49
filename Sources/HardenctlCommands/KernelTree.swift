// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Hardening
import SystemIO
import Tool

/// The source tree of a kernel, whose make turns a seed into a configuration.
struct KernelTree {
    let path: BytePath
    /// Where make puts its own programs; a directory of the moment if nil.
    let build: BytePath?
    /// Words such as CC=clang.
    let words: [[UInt8]]
    let surroundings: HardenctlSurroundings

    /// Variables that would lead make elsewhere.
    private static let dropped = [
        "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "KBUILD_OUTPUT", "ARCH", "CROSS_COMPILE",
        "KCONFIG_CONFIG", "KCONFIG_ALLCONFIG", "KCONFIG_DEFCONFIG_LIST", "O",
    ]

    /// allnoconfig that begins with the seed. Nothing outside a directory of
    /// the moment changes, except that make builds its programs in `build`.
    func configuration(seed: [UInt8]) throws(Failure) -> [UInt8] {
        guard (try? Files.status(path.appending(Array("Kconfig".utf8)))) != nil else {
            throw Failure(status: .io, message: "\(path) is no source tree of a kernel: it has no file Kconfig")
        }
        let result: (status: Int32, bytes: [UInt8])
        do throws(Errno) {
            result = try run(seed)
        } catch {
            throw Failure(status: .io, message: "make allnoconfig in \(path): \(error)")
        }
        guard result.status == 0 else {
            for line in result.bytes.split(separator: ASCII.newline).suffix(10) {
                surroundings.reporter.line("  | \(DisplayText.of(line))")
            }
            throw Failure(status: .io, message: "make allnoconfig in \(path): status \(result.status)")
        }
        return result.bytes
    }

    /// The configuration, or what make printed if its status is not 0.
    private func run(_ seed: [UInt8]) throws(Errno) -> (status: Int32, bytes: [UInt8]) {
        let scratch = try ScratchDirectory()
        let file: (String) -> BytePath = { scratch.path.appending(Array($0.utf8)) }
        try Files.write(seed, to: file("seed"))
        var output = scratch.path
        if let build { output = try Files.realPath(build) }
        let status = try surroundings.runProgram(
            [
                Array("make".utf8), Array("-C".utf8), path.bytes, Array("O=".utf8) + output.bytes,
                Array("KCONFIG_CONFIG=".utf8) + file("result").bytes,
                Array("KCONFIG_ALLCONFIG=".utf8) + file("seed").bytes,
            ] + words + [Array("allnoconfig".utf8)],
            Self.dropped, file("log")
        ).get()
        return (status, try Files.read(file(status == 0 ? "result" : "log")))
    }

    /// The Kconfig files, to explain what is wrong.
    func kconfig() -> KconfigTree {
        let path = path
        let architecture = words.compactMap { word in
            word.starts(with: "ARCH=".utf8) ? String(decoding: word.dropFirst(5), as: UTF8.self) : nil
        }.last
        let folder = architecture.map { ["x86_64", "i386"].contains($0) ? "x86" : $0 } ?? "x86"
        return KconfigTree(variables: ["SRCARCH": folder]) { name in
            try? Files.read(path.appending(Array(name.utf8)), limit: 16 << 20)
        }
    }
}
