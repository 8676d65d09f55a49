// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Containers
import SystemIO
import TestSupport
import Testing
import Tool

@testable import VsctlCommands

@Suite struct CommandTests {
    static func words(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }

    @Test(arguments: [
        ("web start", "start web"), ("-d web start", "start web"),
        ("-t web enter -- /bin/sh", "enter --terminal web -- /bin/sh"),
        ("-e A=b%C=d web enter", "enter --env A=b --env C=d web"), ("-c/view web enter", "enter --view /view web"),
        ("-u web -g www rm_h stop", "stop --user web --group www rm_h"),
        ("-a 192.0.2.1/24 web setup", "setup --address 192.0.2.1/24 web"),
        ("start start", "start start"), ("check web", "check web"), ("--json web start", "--json web start"),
        ("-x web start", "-x web start"), ("web plan", "web plan"), ("help start", "help start"),
    ]) func theOldOrder(old: String, wanted: String) {
        let arguments = Self.words(old)
        let now = OldOrder.isMeant(by: arguments) ? OldOrder.translated(arguments) : arguments
        #expect(now == Self.words(wanted))
    }

    @Test func signals() {
        #expect(SignalName.number("TERM") == 15)
        #expect(SignalName.number("SIGKILL") == 9)
        #expect(SignalName.number("1") == 1)
        #expect(SignalName.number("0") == nil)
        #expect(SignalName.number("65") == nil)
        #expect(SignalName.number("TRM") == nil)
    }

    @Test func commandsWithoutAKernel() {
        let directory = TemporaryDirectory()
        let surroundings = VsctlSurroundings(
            Environment(program: "vsctl", output: Capture(), readStandardInput: { () throws(Errno) in [] }),
            files: JailFiles(directory.path), places: RunPlaces(directory.path))
        #expect(VsctlTool.run(Self.words("list"), in: surroundings) == 0)
        #expect(VsctlTool.run(Self.words("plan web"), in: surroundings) == 6)
        #expect(VsctlTool.run(Self.words("start ../web"), in: surroundings) == 2)
        #expect(VsctlTool.run(Self.words("strat web"), in: surroundings) == 2)
        #expect(VsctlTool.run(Self.words("exec web -- true"), in: surroundings) == 2)
        #expect(VsctlTool.run(Self.words("kill web --signal TRM"), in: surroundings) == 2)
    }
}
