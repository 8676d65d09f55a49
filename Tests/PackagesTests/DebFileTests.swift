// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Crypto
import Packages
import Policy
import SystemIO
import TestSupport
import Testing

private func sha256(_ text: [UInt8]) throws -> [UInt8] { try Hasher(.sha256).digest(of: text) }

@Suite struct DebFileTests {
    private let directory = TemporaryDirectory()

    private var example: DebianPackage {
        var package = DebianPackage()
        package.files = [
            "usr/bin/tool": "abc", "usr/lib/x/plugin": "\u{7f}ELF and more", "usr/share/x/run": "#!/bin/sh\n",
            "usr/share/x/module.py": "print()", "usr/share/doc/tool/readme": "text", "usr/share/x/empty": "",
        ]
        package.scripts = ["postinst": "#!/bin/sh\nexit 0\n"]
        package.hardLinks = ["usr/bin/zalias": "usr/bin/tool", "usr/share/doc/tool/zcopy": "usr/share/doc/tool/readme"]
        return package
    }

    private func names(_ deb: DebFile) -> [String] { deb.code.map(\.path.description).sorted() }

    @Test(arguments: ["xz", "zstd", "gzip", "none"])
    func members(_ compression: String) throws {
        var package = example
        package.compression = compression
        let path = package.build(in: directory)
        let deb = try DebFile.read(path)
        #expect(
            deb.package
                == PackageIdentity(
                    name: Array("tool".utf8), version: Array("1.0".utf8), architecture: Array("amd64".utf8)))
        #expect(deb.digest == (try sha256(try Files.read(path))))
        #expect(
            names(deb) == [
                "/usr/bin/tool", "/usr/bin/zalias", "/usr/lib/x/plugin", "/usr/share/x/run",
                "/var/lib/dpkg/info/tool.postinst",
            ])
        for file in deb.code where file.path.bytes.starts(with: "/usr/bin/".utf8) {
            #expect(file.digest == (try sha256(Array("abc".utf8))))
            #expect(file.size == 3)
        }
        let script = deb.code.first { $0.path == "/var/lib/dpkg/info/tool.postinst" }
        #expect(script?.digest == (try sha256(Array("#!/bin/sh\nexit 0\n".utf8))))
    }

    @Test func modulesByName() throws {
        let deb = try DebFile.read(example.build(in: directory), modules: true)
        #expect(names(deb).contains("/usr/share/x/module.py"))
    }

    @Test func largeMembersAreStreamed() throws {
        var package = DebianPackage()
        let content = String(repeating: "0123456789abcdef", count: 40_000)
        package.files = ["usr/bin/large": content]
        let deb = try DebFile.read(package.build(in: directory))
        #expect(deb.code.map(\.digest) == [try sha256(Array(content.utf8))])
        #expect(deb.code.map(\.size) == [UInt64(content.utf8.count)])
    }

    @Test func sharedPackagesHaveTheirArchitectureInNames() throws {
        var package = example
        package.fields = ["Multi-Arch: same"]
        #expect(
            names(try DebFile.read(package.build(in: directory))).contains("/var/lib/dpkg/info/tool:amd64.postinst"))
    }

    private func failure(_ bytes: [UInt8]) -> String? {
        let path = directory.write("broken.deb", bytes)
        do throws(DebError) {
            _ = try DebFile.read(path)
            return nil
        } catch {
            return error.description
        }
    }

    /// Every file that ends early is refused, or says what the whole file says.
    @Test func truncated() throws {
        var package = example
        package.compression = "gzip"
        let whole = try Files.read(package.build(in: directory))
        let complete = try DebFile.read(directory.write("whole.deb", whole))
        for length in stride(from: 0, to: whole.count, by: 7) {
            let path = directory.write("broken.deb", whole.prefix(length))
            do throws(DebError) {
                #expect(try DebFile.read(path).code == complete.code)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test func messagesNameTheMember() throws {
        let whole = try Files.read(example.build(in: directory))
        #expect(failure([]) != nil)
        #expect(failure(Array("no archive".utf8)) != nil)
        let half = try #require(failure(Array(whole.prefix(whole.count * 3 / 4))))
        #expect(half.hasPrefix("data.tar"))
        #expect(half.contains("before byte \(whole.count * 3 / 4) of the file"))
        // The first member is no longer the mark of the format.
        var renamed = whole
        renamed[8] = UInt8(ascii: "x")
        #expect(failure(renamed)?.contains("unexpected") == true)
        var version = whole
        version[8 + 60] = UInt8(ascii: "3")
        #expect(failure(version)?.contains("the format is not 2") == true)
    }

    @Test func notARegularFile() {
        #expect(throws: DebError.self) { try DebFile.read(directory.path) }
        #expect(throws: DebError.self) { try DebFile.read("/nonexistent.deb") }
    }

    /// A changed byte changes the digest of the file, wherever it is.
    @Test func everyByteCounts() throws {
        var package = example
        package.compression = "none"
        let path = package.build(in: directory)
        let deb = try DebFile.read(path)
        var bytes = try Files.read(path)
        bytes[bytes.count - 1] ^= 1
        let changed = try? DebFile.read(directory.write("changed.deb", bytes))
        #expect(changed?.digest != deb.digest)
    }
}
