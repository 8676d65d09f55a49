// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
@testable import Device
import Policy
import SystemIO
import TestSupport
import Testing

private let statusText = """
    abi_version 1
    image_version 2
    features 0x7
    algorithms 0x38
    flags_known 0xff1f
    flags_enforced 0x1005
    privileges_known 0xfffff
    privileges_enforced 0x4
    capabilities 0x800001ffffffffff
    generation 12
    entries 3
    entry_bytes 384
    table_bytes 4096
    name_bytes 100
    verified 7
    cached 90
    hashed_bytes 123456
    granted 5
    ungranted 8
    unlogged 9
    events 10
    events_dropped 11
    refused 4
    permitted 6
    some_new_key 17
    refused.digest-mismatch 3
    refused.no-entry 1
    context.0.entries 2
    context.501.entries 1
    context.0.level 0x401
    context.0.cap_bound 0x800001ffffffffff
    context.0.priv_bound 0xfffff
    context.0.serial 1
    context.0.digests 6
    context.501.level 0x0
    context.501.cap_bound 0x20
    context.501.priv_bound 0xc
    context.501.serial 9
    context.501.digests 0
    context.501.newer 5
    context.502.newer 5
    contexts 3
    digests 6
    digest_bytes 480
    levels_enforced 0xfffd
    update_context 502

    """

@Suite struct StatusFileTests {
    @Test func readsEveryKey() throws {
        let status = try #require(KernelStatus(Array(statusText.utf8)))
        #expect(status.info.abiVersion == 1)
        #expect(status.info.featureNames == ["exec", "caps", "names"])
        #expect(status.info.algorithmNames == ["sha256", "sha384", "sha512"])
        #expect(status.info.flagsKnown == .all)
        #expect(status.info.flagsEnforced == [.executable, .needRoot, .unsafe])
        #expect(status.info.privilegesEnforced == .networkClient)
        #expect(status.info.capabilities == .all)
        #expect(status.info.generation == 12)
        #expect(status.info.entries == 3)
        #expect([status.info.entryBytes, status.info.tableBytes, status.info.nameBytes] == [384, 4096, 100])
        #expect([status.verified, status.cached, status.hashedBytes, status.granted] == [7, 90, 123456, 5])
        #expect([status.refused, status.permitted, status.ungranted, status.unlogged] == [4, 6, 8, 9])
        #expect([status.events, status.eventsDropped] == [10, 11])
        #expect(status.refusedByReason.map(\.name) == ["digest-mismatch", "no-entry"])
        #expect(status.refusedByReason.map(\.count) == [3, 1])
        #expect(status.contexts.map(\.context) == [0, 501])
        #expect(status.contexts.map(\.entries) == [2, 1])
    }

    @Test func readsTheKeysOfContexts() throws {
        let status = try #require(KernelStatus(Array(statusText.utf8)))
        #expect(status.contexts.map(\.level) == [[.active, .enforceExec], []])
        #expect(status.contexts.map(\.capabilities) == [.all, CapabilitySet(bit: 5)])
        #expect(status.contexts.map(\.privileges?.rawValue) == [0xfffff, 0xc])
        #expect(status.contexts.map(\.serial) == [1, 9])
        #expect(status.contexts.map(\.digests) == [6, 0])
        #expect(status.info.contexts == 3)
        #expect([status.info.digests, status.info.digestBytes] == [6, 480])
        #expect(status.info.levelsEnforced == .all)
        #expect(status.info.updateContext == ContextID(502))
        let old = try #require(KernelStatus(Array("abi_version 1\nupdate_context 0\ncontext.0.entries 2\n".utf8)))
        #expect(old.info.updateContext == nil)
        #expect(old.contexts.map(\.level) == [nil])
    }

    @Test(arguments: ["", "nonsense\n", "entries 5\n", "abi_version x\n"])
    func refusesWhatIsNoStatus(_ text: String) {
        #expect(KernelStatus(Array(text.utf8)) == nil)
    }
}

@Suite struct EntriesFileTests {
    private let line =
        "context=0 dev=8:1 inode=77120 generation=4 flags=0x5 effective=0x400 permitted=0x400 inheritable=0x0 "
        + "privileges=0xc algorithm=3 digest=\(String(repeating: "ab", count: 32)) path=/usr/bin/a\\040b\\134c "
        + "source=/etc/verictl.d/x line=3 later=1"

    @Test func readsALine() throws {
        let entries = try EntriesFile.parse(Array((line + "\n").utf8))
        let entry = try #require(entries.first)
        #expect(entry.device == "8:1")
        #expect(entry.inode == 77120)
        #expect(entry.path == "/usr/bin/a b\\c")
        let rule = try #require(entry.rule)
        #expect(rule.context == ContextID(0))
        #expect(rule.flags == [.executable, .needRoot])
        #expect(rule.effective.text == "NET_BIND_SERVICE")
        #expect(String(decoding: rule.privileges.letters, as: UTF8.self) == "cs")
        #expect(rule.origin == RuleOrigin(source: Array("/etc/verictl.d/x".utf8), line: 3))
    }

    @Test func withoutNamesThereIsNoRule() throws {
        let text = line.replacing("path=/usr/bin/a\\040b\\134c", with: "path=-").replacing(
            "/etc/verictl.d/x", with: "-")
        let entry = try #require(try EntriesFile.parse(Array(text.utf8)).first)
        #expect(entry.path == nil)
        #expect(entry.rule == nil)
        #expect(entry.origin.source.isEmpty)
    }

    /// Each form of a number, and lines that share what they say with the one before.
    @Test func numbersAndRepetitions() throws {
        let text =
            "inode=+7 generation=0xFF line=007 dev=8:1 source=/a path=-\n\n dev=8:1  source=/a inode=1\n"
            + "source=- dev=8:2 inode=18446744073709551615\nsource=/a\\040 line=0x10\nsource=/a\\040 x y=\n"
        #expect(throws: EntriesError(line: 5, key: "")) { try EntriesFile.parse(Array(text.utf8)) }
        let good = text.replacing(" x y=", with: " y=")
        let entries = try EntriesFile.parse(Array(good.utf8))
        #expect(entries.map(\.inode) == [7, 1, .max, 0, 0])
        #expect(entries.map(\.generation) == [255, 0, 0, 0, 0])
        #expect(entries.map(\.origin.line) == [7, 0, 0, 16, 0])
        #expect(entries.map(\.device) == ["8:1", "8:1", "8:2", "", ""])
        #expect(entries.map { String(decoding: $0.origin.source, as: UTF8.self) } == ["/a", "/a", "", "/a ", "/a "])
    }

    @Test(
        arguments: [
            "context=x", "junk", "digest=zz", "path=\\400", "flags=0xzz", "inode=", "inode=0x", "line=-1",
            "inode=18446744073709551616",
        ])
    func refusesBadLines(_ text: String) {
        #expect(throws: EntriesError.self) { try EntriesFile.parse(Array("context=0\n\(text)\n".utf8)) }
    }

    @Test func searchesByInode() throws {
        let longer = line.replacing("inode=77120", with: "inode=177120").replacing("context=0", with: "context=1")
        let text = Array((longer + "\njunk\n" + line + "\n" + line.replacing("dev=8:1", with: "dev=0:9")).utf8)
        #expect(try EntriesFile.entries(inode: 77120, in: text).map(\.device) == ["8:1", "0:9"])
        #expect(try EntriesFile.entries(inode: 7712, in: text).isEmpty)
        #expect(try EntriesFile.entries(inode: 1, in: []).isEmpty)
    }

    @Test func empty() throws {
        #expect(try EntriesFile.parse([]).isEmpty)
    }
}

@Suite struct DigestsFileTests {
    @Test func readsSortsAndDropsRepetitions() throws {
        let text = """
            context=7 algorithm=3 digest=ff
            context=7 algorithm=3 digest=00 later=1
            context=0 algorithm=5 digest=01
            context=7 algorithm=3 digest=ff

            """
        let digests = try DigestsFile.parse(Array(text.utf8))
        #expect(digests.map(\.context.number) == [0, 7, 7])
        #expect(digests.map(\.digest) == [[1], [0], [0xff]])
        // A digest that does not fit its algorithm is no rule.
        #expect(digests.map(\.rule) == [nil, nil, nil])
        #expect(try DigestsFile.parse([]).isEmpty)
        #expect(throws: EntriesError.self) { try DigestsFile.parse(Array("context=0 digest=f\n".utf8)) }
    }
}

@Suite struct HeaderAgreementTests {
    @Test func commitConstants() {
        #expect(CommitMode.add.rawValue == UInt32(CLIP_COMMIT_ADD))
        #expect(CommitMode.replace.rawValue == UInt32(CLIP_COMMIT_REPLACE))
        #expect(CommitMode.remove.rawValue == UInt32(CLIP_COMMIT_REMOVE))
        #expect(KernelInfo.supportedABI == UInt32(CLIP_ABI_VERSION))
        #expect(CommitOptions.beside.rawValue == CLIP_COMMIT_BESIDE)
    }

    /// _IOWR(0xc1, n, struct): direction 3 in bits 30-31, size in 16-29; see
    /// asm-generic/ioctl.h.
    @Test func requestNumbers() {
        #expect(cclip_ioc_info == 3 << 30 | 144 << 16 | 0xc1 << 8)
        #expect(cclip_ioc_commit == 3 << 30 | 96 << 16 | 0xc1 << 8 | 1)
        #expect(cclip_ioc_query == 3 << 30 | 216 << 16 | 0xc1 << 8 | 2)
        let contexts = [
            cclip_ioc_context_create, cclip_ioc_context_open, cclip_ioc_context_get, cclip_ioc_context_narrow,
            cclip_ioc_context_delete, cclip_ioc_set_level, cclip_ioc_set_update,
        ]
        for (index, number) in contexts.enumerated() {
            #expect(number == UInt(3) << 30 | 56 << 16 | 0xc1 << 8 | UInt(index + 3))
        }
        // _IO: no argument.
        #expect(cclip_ioc_enter == 0xc1 << 8 | 10)
    }

    @Test func everyReasonHasAName() {
        for number in 0..<cclip_reason_count { #expect(!Reason(number).description.hasPrefix("reason-")) }
        #expect(Reason.digestMismatch.description == "digest-mismatch")
        #expect(Reason(9999).description == "reason-9999")
    }

    @Test func reasonsOfContexts() {
        let reasons: [Reason] = [
            .notAllowed, .otherContext, .immutable, .readOnly, .overBound, .badLevel, .noPrivilege, .notAlone,
            .openFile, .noExecPermission,
        ]
        #expect(reasons.map(\.number) == Array(34...43))
    }

    @Test func contextsBecomeValues() {
        var raw = clip_context_args()
        raw.xid = 501
        raw.level = CLIP_LEVEL_ACTIVE | CLIP_LEVEL_SEAL
        raw.cap_bound = 1 << UInt64(CLIP_CAP_CONTEXT)
        raw.priv_bound = CLIP_PRIV_NETCLIENT
        raw.serial = 7
        raw.entries = 8
        raw.digests = 9
        var state = ContextState(context: ContextID(501))
        state.level = [.active, .seal]
        state.capabilities = CapabilitySet(bit: 63)
        state.privileges = .networkClient
        state.serial = 7
        state.entries = 8
        state.digests = 9
        #expect(ContextState(raw) == state)
        var info = clip_info()
        info.levels_enforced = CLIP_LEVEL_SEAL
        info.contexts = 3
        info.digests = 4
        info.digest_bytes = 5
        #expect(KernelInfo(info).updateContext == nil)
        info.update_context = 502
        let known = KernelInfo(info)
        #expect(known.levelsEnforced == .seal)
        #expect([UInt64(known.contexts), known.digests, known.digestBytes] == [3, 4, 5])
        #expect(known.updateContext == ContextID(502))
    }

    @Test func refusalsAreWords() {
        #expect(ContextRefusal(error: .exists).description == "File exists")
        #expect(
            ContextRefusal(error: .notPermitted, reason: .overBound).description
                == "Operation not permitted (over-bound)")
    }

    @Test func structuresBecomeValues() {
        var raw = clip_commit()
        raw.generation = 9
        raw.results_count = 2
        raw.added = 1
        raw.reason = CLIP_REASON_NO_FILE.rawValue
        let outcome = CommitOutcome(
            raw, results: [clip_result(index: 4, error: 2, reason: 15, flags: CLIP_RESULT_SKIPPED), clip_result()],
            error: .noEntry)
        #expect(outcome.error == .noEntry)
        #expect(outcome.reason == .noFile)
        #expect(outcome.results[0] == CommitResult(index: 4, error: .noEntry, reason: .noFile, isSkipped: true))
        #expect(outcome.results.count == 2)
    }

    @Test func verdictsBecomeValues() {
        var raw = clip_query()
        raw.state = UInt32(CLIP_STATE_REFUSED)
        raw.reason = CLIP_REASON_DIGEST_MISMATCH.rawValue
        raw.error = 13
        raw.entry_flags = CLIP_ENTRY_EXE
        raw.privileges = CLIP_PRIV_NETCLIENT
        raw.algorithm = UInt32(CLIP_ALGO_SHA256)
        raw.digest_size = 32
        raw.wanted.0 = 0xaa
        raw.level = CLIP_LEVEL_ACTIVE | CLIP_LEVEL_PERMISSIVE
        let verdict = FileVerdict(raw)
        #expect(verdict.level == [.active, .permissive])
        #expect(verdict.effect == .reported)
        raw.level = CLIP_LEVEL_ACTIVE
        #expect(FileVerdict(raw).effect == .enforced)
        raw.level = CLIP_LEVEL_PERMISSIVE
        #expect(FileVerdict(raw).effect == .none)
        #expect(verdict.state == .refused)
        #expect(verdict.reason == .digestMismatch)
        #expect(verdict.error == .accessDenied)
        #expect(verdict.flags == .executable)
        #expect(verdict.privileges == .networkClient)
        #expect(verdict.wanted == [0xaa] + [UInt8](repeating: 0, count: 31))
        #expect(verdict.found == nil)
        var info = clip_info()
        info.context = 501
        #expect(KernelInfo(info).context == ContextID(501))
        // Without an entry there is a size all the same: that of the file's digest.
        var nameless = raw
        nameless.wanted.0 = 0
        nameless.found.31 = 5
        #expect(FileVerdict(nameless).wanted.isEmpty)
        #expect(FileVerdict(nameless).found?.count == 32)
        // A size from a broken kernel must not read past the field.
        raw.digest_size = 1000
        raw.found.63 = 1
        #expect(FileVerdict(raw).found?.count == 64)
        #expect(
            [FileVerdict.State.unlisted, .listed, .verified, .refused, .allowed].map(\.rawValue).map(Int32.init)
                == [
                    CLIP_STATE_UNLISTED, CLIP_STATE_LISTED, CLIP_STATE_VERIFIED, CLIP_STATE_REFUSED,
                    CLIP_STATE_ALLOWED,
                ])
    }

    /// The tests run on a kernel without clip, or without the right to it.
    @Test func openingTheDeviceAnswersAnErrno() {
        let error = #expect(throws: Errno.self) { _ = try KernelDevice() }
        #expect([.noEntry, .accessDenied, .notPermitted].contains(error))
    }
}
