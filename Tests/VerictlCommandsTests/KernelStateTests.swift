// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
import Loading
import Policy
import SystemIO
import TestSupport
import Testing

@testable import Device
@testable import VerictlCommands

@Suite struct KernelStateTests {
    private let directory = TemporaryDirectory()

    private static let status = """
        abi_version 1
        image_version 2
        features 0x3
        algorithms 0x8
        flags_known 0x3f1f
        flags_enforced 0x1
        privileges_known 0xfffff
        privileges_enforced 0x0
        capabilities 0x8000000000000001
        generation 3
        entries 2
        entry_bytes 256
        table_bytes 100
        name_bytes 44
        verified 1
        cached 2
        hashed_bytes 3
        granted 4
        ungranted 6
        unlogged 8
        refused 5
        permitted 7
        refused.digest-mismatch 5
        context.0.entries 2

        """

    private var tool: ToolRun {
        var tool = ToolRun()
        tool.securityfs = directory.path
        return tool
    }

    private func entry(_ path: String, _ context: Int = 0) -> String {
        "context=\(context) dev=8:1 inode=7 generation=1 flags=0x5 effective=0x0 permitted=0x0 inheritable=0x0 "
            + "privileges=0x4 algorithm=3 digest=\(digest) path=\(path) source=/etc/verictl.d/a line=2\n"
    }

    // MARK: status

    @Test func statusAsJSON() {
        directory.write("status", Self.status)
        let (status, output) = tool.run("status", "--json")
        #expect(status == 0)
        #expect(
            output.resultText
                == #"{"schema":1,"active":true,"mode":"enforcing","abi_version":1,"generation":3,"entries":2,"digests":0,"#
                + #""update_context":null,"memory":{"entries":256,"#
                + #""tables":100,"names":44,"digests":0,"bytes_per_entry":178},"verified":1,"cached":2,"hashed_bytes":3,"granted":4,"#
                + #""ungranted":6,"refused":{"total":5,"digest-mismatch":5},"permitted":7,"unlogged":8,"contexts":[{"context":0,"entries":2}]}"#
                + "\n")
    }

    /// A kernel without events has no such counters.
    @Test func statusWithEvents() {
        directory.write("status", Self.status + "events 10\nevents_dropped 11\n")
        let json = tool.run("status", "--json").output.resultText
        #expect(json.contains(#""unlogged":8,"events":10,"events_dropped":11,"contexts""#))
        let text = tool.run("status").output.resultText
        #expect(text.contains("events             10, dropped 11\n"))
    }

    @Test func statusForPeople() {
        directory.write("status", Self.status)
        let output = tool.run("status").output
        #expect(output.resultText.hasPrefix("mode               enforcing\n"))
        #expect(output.resultText.contains("  digest-mismatch  5\n"))
        #expect(output.resultText.contains("ungranted          6\n"))
        #expect(output.resultText.contains("permitted          7\n"))
        #expect(output.resultText.contains("unlogged           8\n"))
        #expect(output.resultText.contains("context 0          2 entries\n"))
    }

    /// With few entries the size of an empty table would pass for theirs.
    @Test(
        arguments: [
            (99, 6336, "entries 12800, tables 2100, names 6336 bytes"),
            (100, 6400, "149 bytes an entry (+64 for names): entries 12800, tables 2100, names 6400 bytes"),
            (100, 0, "149 bytes an entry: entries 12800, tables 2100, names 0 bytes"),
        ])
    func memory(_ entries: Int, _ names: Int, _ expected: String) {
        directory.write(
            "status",
            "abi_version 1\nentries \(entries)\nentry_bytes 12800\ntable_bytes 2100\nname_bytes \(names)\n")
        #expect(tool.run("status").output.resultText.contains("memory      \(expected)\n"))
    }

    private static let contexts = """
        context.0.level 0x401
        context.0.cap_bound 0x800001ffffffffff
        context.0.priv_bound 0x3fffffff
        context.0.serial 1
        context.0.digests 3
        context.501.entries 0
        context.501.level 0x2001
        context.501.cap_bound 0x20
        context.501.priv_bound 0xc
        context.501.serial 2
        context.501.digests 0
        digests 3
        digest_bytes 240
        update_context 502

        """

    @Test func statusOfContexts() {
        directory.write("status", Self.status + Self.contexts)
        let (status, output) = tool.run("status")
        #expect(status == 0)
        #expect(
            output.resultText.hasSuffix(
                """
                update context     502
                context 0          active:enforce_exec, 2 entries, 3 allow digests
                  capabilities     all
                  privileges       all
                context 501        active:permissive, 0 entries, 0 allow digests
                  capabilities     KILL
                  privileges       cs

                """))
        #expect(output.resultText.contains("digests            3, 240 bytes\n"))
        let json = tool.run("status", "--json").output.resultText
        #expect(json.contains(#""digests":3,"update_context":502,"#))
        #expect(
            json.contains(
                #"{"context":501,"entries":0,"digests":0,"level":["active","permissive"],"capabilities":["KILL"],"#
                    + #""privileges":"cs","privilege_names":["NETCLIENT","NETSERVER"],"serial":2}]}"#))
    }

    /// Rules of a context that is not active do nothing.
    @Test func rulesThatDoNotCountAnswerNo() {
        let text = Self.status + Self.contexts.replacing("level 0x401", with: "level 0x400")
        directory.write("status", text)
        let (status, output) = tool.run("status")
        #expect(status == 1)
        #expect(output.resultText.hasPrefix("mode               inactive: rules are loaded, "))
        #expect(tool.run("status", "--json").output.resultText.contains(#""active":false"#))
        // Allow digests alone are rules too.
        let allowed = Self.status.replacing("entries 2\n", with: "entries 0\n") + Self.contexts
        directory.write("status", allowed)
        #expect(tool.run("status").status == 0)
    }

    @Test func noEntriesAnswerNo() {
        directory.write("status", Self.status.replacing("entries 2\n", with: "entries 0\n"))
        #expect(tool.run("status").status == 1)
        #expect(tool.run("status", "--json").status == 1)
    }

    @Test func withoutClip() {
        for command in ["status", "show", "features"] {
            let run = tool.run(command)
            #expect(run.status == 5)
            #expect(run.output.result.isEmpty)
            #expect(run.output.messages.contains("; hint: "))
        }
        directory.write("status", "nonsense")
        #expect(tool.run("status").status == 5)
    }

    // MARK: show

    @Test func showPrintsLoadableLines() {
        directory.write("entries", entry("/b\\040c", 5) + entry("/a", 5) + entry("/a"))
        let (status, output) = tool.run("show")
        #expect(status == 0)
        let tail = "er - - - c sha256 \(digest)\n"
        #expect(output.resultText == "/a 0 \(tail)/a 5 \(tail)/b\\040c 5 \(tail)")
        #expect(RuleParser(source: []).parse(output.result).rules.count == 3)
        #expect(tool.run("show", "--context", "5").output.resultText == "/a 5 \(tail)/b\\040c 5 \(tail)")
    }

    /// The kernel keeps no names of allow digests; the rule files have them.
    @Test func showPrintsNamesBesideDigests() {
        let other = String(repeating: "cd", count: 32)
        directory.write("entries", "")
        directory.write(
            "digests",
            "context=0 algorithm=3 digest=\(digest)\ncontext=0 algorithm=3 digest=\(other)\n")
        directory.makeDirectory("rules")
        directory.write("rules/pkg-a", "* 0 - - - - - sha256 \(digest) # /usr/bin/a\\040b\n")
        var tool = tool
        tool.ruleDirectories = [directory.path.appending(Array("rules".utf8))]
        let output = tool.run("show")
        #expect(
            output.output.resultText
                == "* 0 - - - - - sha256 \(digest) # /usr/bin/a\\040b\n* 0 - - - - - sha256 \(other)\n")
        #expect(tool.run("show", "--json").output.resultText.contains(#""digest":"\#(digest)","name":"/usr/bin/a b"}"#))
    }

    /// The kernel may list an entry twice while its table grows.
    @Test func showPrintsAnEntryOnce() {
        directory.write("entries", entry("/a") + entry("/b") + entry("/a"))
        #expect(tool.run("show").output.resultText.split(separator: "\n").count == 2)
    }

    @Test func showWithoutNames() {
        directory.write("entries", entry("-") + entry("/a"))
        let output = tool.run("show").output
        let lines = output.resultText.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].hasPrefix("# inode 8:1/7 0 er "))
        #expect(RuleParser(source: []).parse(output.result).rules.count == 1)
    }

    /// Fault 26, show: another file, or none, has the name, and its line would
    /// list that file.
    @Test func showMarksNamesThatAreNoLongerTheFiles() {
        directory.write("entries", entry("/a") + entry("/b"))
        var tool = tool
        tool.presentName = { $0.path == "/a" ? .notFound : .asListed }
        let output = tool.run("show").output
        #expect(output.resultText.hasPrefix("# no longer the name of the file: /a 0 er "))
        #expect(RuleParser(source: []).parse(output.result).rules.map(\.path) == ["/b"])
        #expect(output.messages.contains("the present name of 1 listed file was not found; hint: search by inode"))
        #expect(tool.run("show", "--long").output.resultText.hasPrefix("entry          /a (no longer the name"))
        let json = tool.run("show", "--json").output.resultText
        #expect(json.contains(#""generation":1,"path_is_current":false},{"path":"/b""#))
        #expect(json.contains(#""generation":1}],"digests""#))
        #expect(self.tool.run("show").output.messages.isEmpty)
    }

    /// Fault 26, show: what it prints lists the same file again.
    @Test func showPrintsPresentNames() {
        directory.write("entries", entry("/tool.dpkg-new") + entry("/u"))
        var tool = tool
        tool.presentName = { $0.path == "/u" ? .asListed : .renamed("/z") }
        let output = tool.run("show").output
        #expect(RuleParser(source: []).parse(output.result).rules.map(\.path) == ["/u", "/z"])
        #expect(output.messages.isEmpty)
        #expect(
            tool.run("show", "--long").output.resultText.contains("entry          /z\n  listed as    /tool.dpkg-new\n"))
        let json = tool.run("show", "--json").output.resultText
        #expect(json.contains(#"{"path":"/z","context":0,"#))
        #expect(json.contains(#""generation":1,"listed_as":"/tool.dpkg-new"}],"digests""#))
        #expect(json.contains(#""generation":1},{"path":"/z""#))
    }

    private func listed(_ path: BytePath, as name: BytePath) throws -> LiveEntry {
        let identity = try Files.status(path, followLinks: false).identity
        var entry = LiveEntry()
        entry.device = identity.deviceText
        entry.inode = identity.inode
        entry.path = name
        return entry
    }

    @Test func namesAreComparedWithTheFile() throws {
        let file = directory.write("tool", "x")
        var entry = try listed(file, as: file)
        #expect(entry.isNamed(by: file))
        #expect(!entry.isNamed(by: directory.write("other", "x")))
        #expect(!entry.isNamed(by: "/nonexistent"))
        #expect(NameFinder().find(entry) == .asListed)
        entry.device = "0:0"
        #expect(!entry.isNamed(by: file))
        #expect(NameFinder().find(entry) == .notFound)
        entry.path = nil
        #expect(NameFinder().find(entry) == .asListed)
    }

    @Test func aFileIsFoundUnderItsPresentName() throws {
        let file = directory.write("tool", "x")
        let other = directory.write("other", "x")
        let gone = directory.path.appending(Array("tool.new".utf8))
        #expect(NameFinder().find(try listed(file, as: gone)) == .renamed(file))
        #expect(NameFinder().find(try listed(file, as: other)) == .renamed(file))
        // The first of several names, whatever was found before.
        let names = NameFinder()
        #expect(names.find(try listed(other, as: gone)) == .renamed(other))
        directory.makeHardLink("another", to: "tool")
        #expect(names.find(try listed(file, as: gone)) == .renamed(file))
        #expect(
            NameFinder().find(try listed(file, as: gone)) == .renamed(directory.path.appending(Array("another".utf8))))
        // A link that was listed leads to its file.
        let link = directory.makeLink("link", to: file)
        #expect(NameFinder().find(try listed(file, as: link)) == .asListed)
        let below = directory.makeDirectory("below")
        #expect(NameFinder().find(try listed(file, as: below.appending(Array("tool".utf8)))) == .notFound)
        #expect(NameFinder().find(try listed(file, as: "/nonexistent/tool")) == .notFound)
    }

    @Test func showAsJSON() {
        directory.write("entries", entry("/a") + entry("-"))
        let text = tool.run("show", "--json").output.resultText
        #expect(
            text.hasPrefix(
                #"{"schema":1,"entries":[{"path":"/a","context":0,"flags":"er","effective":[],"permitted":[],"#
                    + #""inheritable":[],"privileges":"c","privilege_names":["NETCLIENT"],"algorithm":"sha256","digest":"\#(digest)","#
                    + #""source":"/etc/verictl.d/a","line":2,"device":"8:1","inode":7,"generation":1},{"path":null,"#))
    }

    @Test func showWithNames() {
        directory.write("entries", entry("/a") + entry("-"))
        let (status, output) = tool.run("show", "--long")
        #expect(status == 0)
        #expect(
            output.resultText.hasPrefix(
                """
                entry          /a
                  file         8:1/7, generation 1
                  context      0
                  flags        e (EXE) r (NEEDROOT)
                  effective    -
                  permitted    -
                  inheritable  -
                  privileges   c (NETCLIENT)
                  digest       sha256 \(digest)
                entry          -
                """))
        #expect(tool.run("show", "--long", "--json").status == 2)
    }

    @Test func showOfAnEmptyStore() {
        directory.write("entries", "")
        #expect(tool.run("show").status == 0)
        #expect(tool.run("show", "--json").output.resultText == #"{"schema":1,"entries":[],"digests":[]}"# + "\n")
    }

    /// By digest in the kernel's list, as rules whose path is a star.
    @Test func showPrintsAllowDigests() throws {
        let other = String(repeating: "0f", count: 64)
        directory.write("entries", entry("/a"))
        directory.write(
            "digests",
            """
            context=501 algorithm=3 digest=\(digest)
            context=0 algorithm=7 digest=\(other)
            context=0 algorithm=3 digest=\(digest) size=14328
            context=501 algorithm=3 digest=\(digest)
            context=501 algorithm=99 digest=ab

            """)
        let (status, output) = tool.run("show")
        #expect(status == 0)
        #expect(
            output.resultText == """
                * 0 - - - - - sha256 \(digest):14328
                * 0 - - - - - fsverity-sha512 \(other)
                * 501 - - - - - sha256 \(digest)
                # * 501 - - - - - algorithm-99 ab
                /a 0 er - - - c sha256 \(digest)

                """)
        #expect(RuleParser(source: []).parse(output.result).rules.count == 4)
        #expect(tool.run("show", "--context", "0").output.resultText.split(separator: "\n").count == 3)
        #expect(
            tool.run("show", "--context", "501", "--json").output.resultText
                == #"{"schema":1,"entries":[],"digests":[{"context":501,"algorithm":"sha256","digest":"\#(digest)"},"#
                + #"{"context":501,"algorithm":"99","digest":"ab"}]}"# + "\n")
        #expect(tool.run("show", "--context", "0", "--json").output.resultText.contains("\"size\":14328"))
        directory.write("digests", "context=0 algorithm=x digest=ab\n")
        #expect(tool.run("show").status == 5)
        directory.write("digests", "")
        #expect(tool.run("show").output.resultText.hasPrefix("/a 0 "))
    }

    /// While a file is being written over, it has two entries.
    @Test func showPrintsBothEntriesOfAFile() {
        let other = entry("/a").replacing(digest, with: String(repeating: "0f", count: 32))
        directory.write("entries", entry("/a") + other + entry("/a") + other)
        let lines = tool.run("show").output.resultText.split(separator: "\n")
        #expect(lines.map { $0.suffix(4) } == ["0f0f", "abab"])
        let nameless = entry("-") + other.replacing("path=/a", with: "path=-")
        directory.write("entries", nameless + nameless)
        #expect(tool.run("show").output.resultText.split(separator: "\n").count == 2)
    }

    // MARK: features

    @Test func featuresForPeople() {
        directory.write("status", Self.status)
        let text = tool.run("features").output.resultText
        #expect(text.contains("features         exec caps\n"))
        #expect(text.contains("algorithms       sha256\n"))
        #expect(text.contains("flags            e (EXE)\n"))
        #expect(text.contains("  recorded only  I (INHERIT) l (LIB)"))
        #expect(text.contains("privileges       -\n"))
        #expect(text.contains("capabilities     CHOWN CONTEXT\n"))
    }

    @Test func featuresAsJSON() {
        directory.write("status", Self.status)
        let text = tool.run("features", "--json").output.resultText
        #expect(text.hasPrefix(#"{"schema":1,"abi_version":1,"image_version":2,"features":["exec","caps"],"#))
        #expect(text.contains(#"{"letter":"e","name":"EXE","accepted":true,"enforced":true}"#))
        #expect(
            text.contains(
                #""capabilities":["CHOWN","CONTEXT"],"levels":[{"word":"active","enforced":false},{"word":"lvl_"#))
    }

    @Test func featuresTellWhatLatchesAskFor() {
        directory.write("status", Self.status + "privileges_required 0x30000004\n")
        #expect(tool.run("features").output.resultText.contains("  required       c (NETCLIENT) w (RAW) T (NFT)\n"))
        let json = tool.run("features", "--json").output.resultText
        #expect(json.contains(#","privileges_required":["NETCLIENT","RAW","NFT"],"capabilities""#))
        directory.write("status", Self.status)
        #expect(!tool.run("features").output.resultText.contains("required"))
        #expect(tool.run("features", "--json").output.resultText.contains(#""privileges_required":null"#))
    }

    @Test func featuresNameTheLevels() {
        directory.write("status", Self.status + "levels_enforced 0x401\n")
        let text = tool.run("features").output.resultText
        #expect(text.contains("levels           active enforce_exec\n"))
        #expect(text.contains("  not enforced   lvl_immutable self_immutable "))
        let json = tool.run("features", "--json").output.resultText
        #expect(json.contains(#"{"word":"enforce_exec","enforced":true},{"word":"enforce_lib","enforced":false}"#))
    }

    @Test func featuresFromTheDeviceWithoutSecurityfs() {
        var tool = tool
        tool.device = RecordingDevice()
        let run = tool.run("features")
        #expect(run.status == 0)
        #expect(run.output.resultText.contains("sha256 sha384 sha512"))
    }

    @Test func pathsAreTheHeaders() {
        #expect(Surroundings.standardSecurityfs == BytePath(CLIP_SECURITYFS_PATH.utf8))
    }
}
