// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy
import SystemIO
import TestSupport
import Testing

/// `verictl gen --libs`, in a root of the test's own.
@Suite struct GenLibrariesTests {
    private let directory = TemporaryDirectory()
    private let root: BytePath

    init() throws {
        root = try Files.realPath(directory.path)
        put("lib64/ld.so", .linked())
    }

    private func put(_ path: String, _ image: ELFImage, mode: UInt32 = 0o644) {
        let name = BytePath(path.utf8)
        try? Files.makeDirectory(root.appending(name.parent.bytes))
        directory.write(name, image.bytes, mode: mode)
    }

    private func program(_ image: ELFImage) {
        put("usr/bin/tool", image, mode: 0o755)
    }

    private func gen(_ arguments: String...) -> (status: Int32, names: [String], output: Capture) {
        let words = ["gen", "--libs", "--root", root.description] + arguments + ["/usr/bin/tool"]
        let (status, output) = ToolRun().run(bytes: words.map { Array($0.utf8) })
        let rules = RuleParser(source: []).parse(output.result).rules
        return (
            status, rules.map { "\($0.path ?? $0.name ?? "") \(String(decoding: $0.flags.letters, as: UTF8.self))" },
            output
        )
    }

    @Test func closure() {
        program(.linked(["liba.so.1"], loader: "/lib64/ld.so"))
        put("usr/lib/liba.so.1", .linked(["libb.so.2"]))
        put("lib/x86_64-linux-gnu/libb.so.2", .linked(["liba.so.1"]))
        put("usr/lib/libother.so", .linked())
        let (status, names, output) = gen()
        #expect(status == 0, "\(output.messages)")
        #expect(
            names == ["/lib/x86_64-linux-gnu/libb.so.2 l", "/lib64/ld.so l", "/usr/bin/tool e", "/usr/lib/liba.so.1 l"])
        #expect(gen("--allow").names.sorted().first == "/lib/x86_64-linux-gnu/libb.so.2 -")
    }

    @Test func missing() {
        program(.linked(["libgone.so"], loader: "/lib/ld-gone.so"))
        let (status, names, output) = gen()
        #expect(status == 6)
        #expect(names == ["/usr/bin/tool e"])
        #expect(output.messages.contains("/usr/bin/tool: its library libgone.so is missing"))
        #expect(output.messages.contains("/usr/bin/tool: its loader /lib/ld-gone.so is missing"))
    }

    /// DT_RUNPATH is for the needs of its own file, DT_RPATH for those below, too.
    @Test(arguments: [true, false])
    func runPaths(_ inherits: Bool) {
        let path = "$ORIGIN/../private:/nowhere"
        program(inherits ? .linked(["liba.so"], inheritedPath: path) : .linked(["liba.so"], runPath: path))
        put("usr/private/liba.so", .linked(["libb.so"]))
        put("usr/private/libb.so", .linked())
        let (status, names, output) = gen()
        #expect(names.contains("/usr/private/liba.so l"))
        #expect(names.contains("/usr/private/libb.so l") == inherits)
        #expect(status == (inherits ? 0 : 6))
        #expect(output.messages.contains("/usr/private/liba.so: its library libb.so is missing") == !inherits)
    }

    @Test func places() {
        program(.linked(["liba.so", "/opt/plain.so"], runPath: "/opt/${LIB}"))
        put("opt/lib/x86_64-linux-gnu/liba.so", .linked())
        put("opt/plain.so", .linked())
        #expect(gen().names == ["/opt/lib/x86_64-linux-gnu/liba.so l", "/opt/plain.so l", "/usr/bin/tool e"])
    }

    /// The processor decides at run time.
    @Test func variantsOfProcessors() {
        program(.linked(["liba.so"]))
        put("usr/lib/liba.so", .linked())
        put("usr/lib/glibc-hwcaps/x86-64-v3/liba.so", .linked(["libv.so"]))
        put("usr/lib/libv.so", .linked())
        #expect(
            gen().names == [
                "/usr/bin/tool e", "/usr/lib/glibc-hwcaps/x86-64-v3/liba.so l", "/usr/lib/liba.so l",
                "/usr/lib/libv.so l",
            ])
    }

    @Test func classes() {
        program(.linked(["liba.so"]))
        put("lib/x86_64-linux-gnu/liba.so", .linked(isWide: false))
        put("usr/lib/liba.so", .linked())
        #expect(gen().names == ["/usr/bin/tool e", "/usr/lib/liba.so l"])
    }

    @Test func cache() {
        program(.linked(["liba.so", "libnot.so"]))
        put("opt/deep/liba-1.so", .linked())
        let strings = Array("liba.so\0/opt/deep/liba-1.so\0libnot.so\0/opt/gone.so\0".utf8)
        let number = { (value: Int) in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let start = 48 + 2 * 24
        var file =
            Array("glibc-ld.so.cache1.1".utf8) + number(2) + number(strings.count) + [UInt8](repeating: 0, count: 20)
        for (name, path) in [(0, 8), (28, 38)] {
            file += number(0x303) + number(start + name) + number(start + path) + [UInt8](repeating: 0, count: 12)
        }
        try? Files.makeDirectory(root.appending(Array("etc".utf8)))
        directory.write("etc/ld.so.cache", file + strings)
        let (status, names, output) = gen()
        #expect(status == 6)
        #expect(names == ["/opt/deep/liba-1.so l", "/usr/bin/tool e"])
        #expect(output.messages.contains("libnot.so is missing"))
        // Whatever is in it, it is only a list.
        for length in 0..<file.count {
            directory.write("etc/ld.so.cache", file.prefix(length))
            #expect(gen().status == 6)
        }
    }
}
