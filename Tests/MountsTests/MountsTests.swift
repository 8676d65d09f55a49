// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
import Device
import DevicePolicy
import Mounts
import SystemIO
import TestSupport
import Testing
import Tool

private func number(_ major: UInt32, _ minor: UInt32) -> DeviceNumber { DeviceNumber(major: major, minor: minor) }

private func parse(_ text: String) throws -> [Mount] { try Mount.parse(Array(text.utf8)) }

/// A mount of a filesystem on 8:1, or on another.
private func mounted(
    _ options: String, _ type: String = "ext4", at point: String = "/srv", device: String = "8:1",
    filesystem: String = "rw", source: String = "/dev/sda1"
) throws -> Mount {
    let line = "40 1 \(device) / \(point) \(options) shared:7 - \(type) \(source) \(filesystem)\n"
    return try #require(try parse(line).first)
}

@Suite struct MountinfoTests {
    @Test func fields() throws {
        let found = try mounted("ro,nosuid,nodev,noexec,relatime")
        #expect(found.device == number(8, 1))
        #expect(found.point == "/srv")
        #expect(found.root == "/")
        #expect(found.type == Array("ext4".utf8))
        #expect(found.source == Array("/dev/sda1".utf8))
        #expect(found.attributes == [.readOnly, .noSuid, .noDev, .noExec])
        #expect(!found.isReadOnlyFilesystem)
        let other = try mounted("rw", filesystem: "ro,errors=remount-ro")
        #expect(other.attributes == [])
        #expect(other.isReadOnlyFilesystem)
    }

    @Test func optionalFields() throws {
        for optional in ["", "shared:1 ", "shared:1 master:2 ", "master:2 propagate_from:1 unbindable "] {
            let found = try parse("1 0 0:2 / /x rw \(optional)- tmpfs none rw\n")
            #expect(found.map(\.point) == ["/x"])
        }
    }

    @Test func escapesAndOtherBytes() throws {
        let found = try parse("1 0 0:2 /a\\134b /x\\040y\\011z\\012\\043 rw - tmpfs none rw")
        #expect(found.map(\.point.bytes) == [Array("/x y\tz\n#".utf8)])
        #expect(found.map(\.root.bytes) == [Array("/a\\b".utf8)])
        let latin = Array("1 0 0:2 / /caf".utf8) + [0xe9] + Array(" rw - tmpfs none rw\n".utf8)
        #expect(try Mount.parse(latin).map(\.point.bytes) == [Array("/caf".utf8) + [0xe9]])
        // A dash as a name, and a source that is empty.
        #expect(try parse("1 0 0:2 / - rw - tmpfs  rw").map(\.source) == [[]])
    }

    @Test func overlay() throws {
        let found = try mounted(
            "rw", "overlay", device: "0:40", filesystem: "rw,lowerdir=/a:/b,upperdir=/data/u\\040x,workdir=/w")
        #expect(found.upper == "/data/u x")
        #expect(try mounted("rw", "ext4", filesystem: "rw,upperdir=/x").upper == nil)
    }

    @Test(arguments: [
        "junk", "1 0 8:1 / /x rw", "1 0 8:1 / /x rw ext4 /dev/sda1 rw", "1 0 8 / /x rw - ext4 /dev/sda1 rw",
        "1 0 8:1 / /x rw - ext4 /dev/sda1", "1 0 8:1 / /x rw - ext4 /dev/sda1 rw more",
        "1 0 8:1 / /x\\000 rw - ext4 /dev/sda1 rw", "1 0 8:1 / /x\\777 rw - ext4 /dev/sda1 rw",
    ])
    func malformed(_ line: String) {
        let fault = #expect(throws: MountinfoFault.self) { try parse("1 0 0:2 / / rw - tmpfs none rw\n\(line)\n") }
        #expect(fault?.line == 2)
    }

    @Test func ofThisProcess() throws {
        let mounts = try MountSources().mounts()
        #expect(mounts.contains { $0.point == "/" })
        #expect(mounts.contains { $0.type == Array("proc".utf8) })
    }
}

@Suite struct MountJudgeTests {
    private func judge(_ lock: MountJudge.Lock, _ rules: String..., strict: Bool = false) -> MountJudge {
        var parser = DeviceParser(source: [])
        for rule in rules { parser.parse(Array(rule.utf8)) }
        var judge = MountJudge()
        judge.table = DeviceTable(
            parser.lines.compactMap { line in
                guard case .numbers(let first, let range) = line.selector else { return nil }
                return DeviceRule(first, range: range, priority: line.priority, permissions: line.permissions)
            })
        judge.lock = lock
        judge.isStrict = strict
        return judge
    }

    private func verdict(_ judge: MountJudge, _ mount: Mount) throws -> MountVerdict {
        try #require(judge.judge([mount]).first)
    }

    @Test func flags() throws {
        let judge = judge(.open)
        for (options, filesystem, isWritable, execution) in [
            ("rw", "rw", true, MountVerdict.Answer.yes), ("ro", "rw", false, .yes), ("rw", "ro", false, .yes),
            ("rw,noexec", "rw", true, .no), ("ro,noexec", "ro", false, .no),
        ] {
            let verdict = try verdict(judge, mounted(options, filesystem: filesystem))
            #expect(verdict.isWritable == isWritable)
            #expect(verdict.execution == execution)
        }
    }

    @Test func theTableCountsFromTheLockOn() throws {
        let mount = try mounted("rw")
        // Unlisted, it has no x; nor has it one by a rule without.
        for rules in ["", "8 0 15 1 rw"] {
            #expect(try verdict(judge(.open, rules), mount).execution == .yes)
            #expect(try verdict(judge(.locked, rules), mount).execution == .ifOlder)
            #expect(try verdict(judge(.assumed, rules), mount).execution == .no)
        }
        #expect(try verdict(judge(.locked, "8 0 15 1 rwx"), mount).execution == .yes)
        #expect(try verdict(judge(.assumed, "8 0 15 1 rwx"), mount).execution == .yes)
        #expect(try verdict(judge(.assumed, "8 0 15 1 rwx", "8 1 0 2 rw"), mount).execution == .no)
    }

    @Test func aLockThatCannotBeSeen() throws {
        #expect(try verdict(judge(.unknown), mounted("rw")).execution == .yes)
        let report = MountReport([], judge(.unknown), MountReport.Question())
        #expect(report.note?.contains("as if they were not locked") == true)
        #expect(report.json.text.starts(with: #"{"schema":1,"locked":null"#.utf8))
    }

    /// What was mounted writable before the lock is written to ever after.
    @Test func aRuleWithoutW() throws {
        let mount = try mounted("rw")
        #expect(try verdict(judge(.locked, "8 0 15 1 rdxs"), mount).isWritable)
        #expect(try !verdict(judge(.assumed, "8 0 15 1 rdxs"), mount).isWritable)
        #expect(try verdict(judge(.assumed), mount).isWritable)
        #expect(try !verdict(judge(.assumed, strict: true), mount).isWritable)
    }

    @Test func otherPermissions() throws {
        let mount = try mounted("rw")
        for lock in [MountJudge.Lock.open, .assumed] {
            let verdict = try verdict(judge(lock, "8 1 0 1 rwd"), mount)
            #expect(verdict.deviceNodes == .yes)
            #expect(verdict.setUserID == (lock == .open ? .yes : .no))
        }
        let flagged = try mounted("rw,nosuid,nodev")
        #expect(try verdict(judge(.open), flagged).setUserID == .no)
        #expect(try verdict(judge(.open), flagged).deviceNodes == .no)
        let devices = try verdict(judge(.open), mounted("rw,nosuid", "devtmpfs", device: "0:5"))
        #expect(devices.deviceNodes == .no)
        #expect(devices.execution == .yes)
    }

    @Test func noDevice() throws {
        for type in ["tmpfs", "overlay", "nfs4", "fuse.sshfs", "ramfs", "rootfs", "hugetlbfs", "configfs"] {
            let verdict = try verdict(judge(.assumed, strict: true), mounted("rw", type, device: "0:9"))
            #expect(verdict.isWritable)
            #expect(verdict.execution == .yes)
            #expect(verdict.device == nil)
        }
        for type in ["proc", "sysfs", "cgroup2", "devpts", "mqueue", "securityfs"] {
            #expect(try verdict(judge(.open), mounted("rw", type, device: "0:9")).execution == .no)
        }
    }

    @Test func severalDevices() throws {
        var judge = judge(.assumed, "8 1 0 1 rwx")
        let mount = try mounted("rw", "btrfs", device: "0:31")
        #expect(try verdict(judge, mount).device == nil)
        judge.blockDevice = { $0 == "/dev/sda1" ? number(8, 1) : nil }
        #expect(try verdict(judge, mount).device == number(8, 1))
        #expect(try verdict(judge, mount).permissions?.text == "rwx")
    }

    @Test func anOverlayIsJudgedByItsUpperLayer() throws {
        let root = try mounted("ro", at: "/", device: "8:2")
        let data = try mounted("rw", at: "/data")
        let overlay = try mounted(
            "rw", "overlay", at: "/etc", device: "0:50",
            filesystem: "rw,lowerdir=/etc,upperdir=/data/up,workdir=/data/w"
        )
        let judge = judge(.assumed, "8 1 0 1 rw", "8 2 0 1 rx")
        var verdicts = judge.judge([root, data, overlay])
        #expect(verdicts[2].device == number(8, 1))
        #expect(verdicts[2].execution == .no)
        // Another filesystem on top of the first.
        let above = try mounted("rw", "tmpfs", at: "/data", device: "0:51")
        verdicts = judge.judge([root, data, above, overlay])
        #expect(verdicts[3].device == nil)
        #expect(verdicts[3].execution == .yes)
        // /database is not below /data.
        let other = try mounted(
            "rw", "overlay", device: "0:52", filesystem: "rw,lowerdir=/etc,upperdir=/database")
        #expect(judge.judge([root, data, other])[2].device == number(8, 2))
        // Without a mount that holds it, nothing is known of it.
        verdicts = judge.judge([other])
        #expect(verdicts[0].isUpperUnknown)
        #expect(verdicts[0].execution == .yes)
    }

    @Test func overlaysInACircle() throws {
        let one = try mounted("rw", "overlay", at: "/a", device: "0:50", filesystem: "rw,upperdir=/b/x")
        let two = try mounted("rw", "overlay", at: "/b", device: "0:51", filesystem: "rw,upperdir=/a/x")
        #expect(judge(.open).judge([one, two]).map(\.isUpperUnknown) == [true, true])
    }
}

@Suite struct MountReportTests {
    private let directory = TemporaryDirectory()
    private let mountinfo: String
    private let devices: String

    init() {
        mountinfo =
            directory.write(
                "mountinfo",
                """
                21 1 8:2 / / rw,relatime - ext4 /dev/sda2 rw
                22 21 0:20 / /proc rw,nosuid,nodev,noexec - proc proc rw
                23 21 0:21 / /sys rw - sysfs sysfs rw
                24 21 8:1 /x\\040y /srv/a\\040b rw,nosuid shared:1 - ext4 /dev/sda1 rw
                25 21 0:22 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw
                26 21 7:0 / /ro ro - squashfs /dev/loop0 ro
                27 21 8:3 / /home rw,nosuid,nodev,noexec - ext4 /dev/sda3 rw

                """
            ).description
        devices = directory.write("devices", "8 1 0 2 rw\n8 0 15 1 rdxs\n").description
    }

    private func run(_ options: String...) -> (status: Int32, output: Capture) {
        ToolRun().run(
            bytes: (["mounts", "--mountinfo", mountinfo] + options).map { Array($0.utf8) })
    }

    @Test func withoutATable() {
        let (status, output) = run()
        #expect(status == 1)
        #expect(
            output.resultText == """
                / (ext4 on 8:2): writable and executable; hint: mount with ro; the device is not listed and has \
                no x, which applies to filesystems mounted after the lock
                /srv/a b (ext4 on 8:1): writable and executable; hint: mount with noexec; the device is not listed \
                and has no x, which applies to filesystems mounted after the lock
                /tmp (tmpfs): writable and executable; hint: mount with noexec; the filesystem has no \
                device, so no device rule applies

                """)
    }

    @Test func withATable() {
        let (status, output) = run("--devices", devices)
        #expect(status == 1)
        let lines = output.resultText.split(separator: "\n")
        #expect(
            lines[0].hasSuffix("mount with ro, or the device rule '8 0 15 1 rdxs' without x, or without w"))
        #expect(lines[1].contains("the device rule '8 1 0 2 rw' has no x"))
        #expect(lines.count == 3)
    }

    @Test func afterTheLock() {
        // The root cannot be writable, /srv not executable: a tmpfs is left.
        let (status, output) = run("--devices", devices, "--locked")
        #expect(status == 1)
        #expect(output.resultText.split(separator: "\n").map { $0.prefix(4) } == ["/tmp"])
        #expect(run("--locked", "--strict").output.resultText.split(separator: "\n").count == 1)
    }

    @Test func clean() {
        let good = directory.write("good", "27 21 8:3 / /home rw,noexec - ext4 /dev/sda3 rw\n").description
        let (status, output) = ToolRun().run("mounts", "--mountinfo", good)
        #expect(status == 0)
        #expect(output.result.isEmpty)
        #expect(ToolRun().run("mounts", "--mountinfo", good, "--suid").status == 1)
        #expect(ToolRun().run("mounts", "--mountinfo", good, "--dev").status == 1)
        #expect(
            ToolRun().run("mounts", "--mountinfo", good, "--suid", "--dev").output.resultText.hasPrefix(
                "/home (ext4 on 8:3): writable and with set-user-id programs and with device nodes; hint: mount with "
                    + "nosuid,nodev"))
    }

    @Test func allTellsTheReason() {
        let (status, output) = run("--all", "--devices", devices, "--locked")
        #expect(status == 1)
        let lines = output.resultText.split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines[0] == "/ (ext4 on 8:2): read-only by the device rule '8 0 15 1 rdxs'")
        #expect(lines[1] == "/proc (proc): writable and noexec")
        #expect(lines[2] == "/sys (sysfs): writable, and holds no programs")
        #expect(lines[3] == "/srv/a b (ext4 on 8:1): writable, and not executable by the device rule '8 1 0 2 rw'")
        #expect(lines[5] == "/ro (squashfs on 7:0): read-only")
    }

    @Test func json() {
        let good = directory.write("one", "24 21 8:1 /x /a\\040b rw - ext4 /dev/sda1 rw\n").description
        let (status, output) = ToolRun().run("mounts", "--json", "--mountinfo", good, "--devices", devices)
        #expect(status == 1)
        #expect(
            output.resultText
                == #"{"schema":1,"locked":false,"assumed":false,"strict":false,"mounts":[{"mount_point":"/a b","#
                + #""root":"/x","type":"ext4","source":"/dev/sda1","device":"8:1","rule":"8 1 0 2 rw","#
                + #""permissions":"rw","writable":true,"executable":true,"set_user_id":true,"device_nodes":true,"#
                + #""good":false,"hint":"mount with noexec; the device rule '8 1 0 2 rw' has no x, which applies to "#
                + #"filesystems mounted after the lock"}]}"# + "\n")
    }

    @Test func failures() {
        #expect(ToolRun().run("mounts", "--mountinfo", "/nonexistent").status == 6)
        let bad = directory.write("bad", "junk\n").description
        let (status, output) = ToolRun().run("mounts", "--mountinfo", bad)
        #expect(status == 3)
        #expect(output.messages == "verictl: error: \(bad):1: the line does not describe a mount\n")
        #expect(run("--devices", bad).status == 3)
        #expect(run("--devices", directory.write("selector", "boot 1 r\n").description).status == 3)
    }
}

/// The kernel's own state, from the places where it is told.
@Suite struct MountSourcesTests {
    private final class Twin: DevctlDevice {
        var live = LiveDeviceTable()

        func commit(_ rules: [DeviceRule], mode: CommitMode, options: CommitOptions) throws(Errno) -> CommitOutcome {
            throw .notPermitted
        }

        func table() throws(Errno) -> LiveDeviceTable { live }
    }

    private let directory = TemporaryDirectory()

    private func sources(_ device: Twin? = nil, error: Errno = .noEntry) -> MountSources {
        var sources = MountSources()
        sources.latches = directory.path
        sources.devices = directory.path.appending(Array("devices".utf8))
        sources.openDevice = { () throws(Errno) in
            guard let device else { throw error }
            return device
        }
        return sources
    }

    @Test func files() throws {
        directory.write("mount", "0\n")
        directory.write("devices_strict", "1\n")
        directory.write("devices", "8 0 15 1 rx\n")
        let live = try #require(try sources().liveTable())
        #expect(live.isLockKnown)
        #expect(live.table.isLocked)
        #expect(live.table.isStrict)
        #expect(live.table.rules.map(\.text) == ["8 0 15 1 rx"])
        directory.write("mount", "1\n")
        directory.write("devices_strict", "0\n")
        #expect(try sources().liveTable()?.table.isLocked == false)
        #expect(try sources().liveTable()?.table.isStrict == false)
    }

    @Test func theDevice() throws {
        let twin = Twin()
        twin.live.isLocked = true
        #expect(try sources(twin).liveTable()?.table.isLocked == true)
        #expect(try sources().liveTable()?.table.generation == nil)
        // Not to know is no answer.
        #expect(throws: Failure.self) { try sources(error: .accessDenied).liveTable() }
        // The table is for all to read; whether it counts is not.
        directory.write("devices", "8 1 0 1 rw\n")
        let known = try #require(try sources(error: .accessDenied).liveTable())
        #expect(!known.isLockKnown)
        #expect(known.table.rules.count == 1)
    }

    @Test func theListWithoutProc() throws {
        var sources = sources()
        sources.mountinfo = "/nonexistent/mountinfo"
        sources.listMounts = { () throws(Errno) in throw .notPermitted }
        #expect(throws: Failure.self) { try sources.mounts() }
        sources.listMounts = { () throws(Errno) in [] }
        #expect(try sources.mounts() == [])
    }

    @Test func thePathIsThatOfTheHeader() {
        #expect(MountSources().devices.bytes == Array("\(CLIP_SECURITYFS_PATH)/devices".utf8))
    }

    /// What the kernel lists is what it writes to /proc, where it can list.
    @Test func bothListsAgree() throws {
        let listed: [Mount]
        do throws(Errno) {
            listed = try KernelMount.all().map { Mount($0) }
        } catch {
            #expect(error.name == "ENOSYS" || error == .notPermitted)
            return
        }
        let parsed = try MountSources().mounts().map { mount in
            var mount = mount
            mount.source = []
            return mount
        }
        let order = { (left: Mount, right: Mount) in left.point < right.point }
        #expect(listed.sorted(by: order).map(\.point) == parsed.sorted(by: order).map(\.point))
        for mount in listed where mount.upper == nil { #expect(parsed.contains(mount)) }
    }
}
