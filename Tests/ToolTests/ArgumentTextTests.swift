// SPDX-License-Identifier: LGPL-2.1-or-later

import TestSupport
import Testing
import Tool

@Suite struct ArgumentTextTests {
    @Test(arguments: UInt8(0)...255)
    func everyByteComesBack(_ byte: UInt8) {
        for bytes in [[byte], [0x41, byte, 0x42], [byte, byte], [0xc3, byte], [0xf4, 0x8f, 0xba, byte]] {
            #expect(ArgumentText.decode(ArgumentText.encode(bytes)) == bytes)
        }
    }

    @Test func randomBytesComeBack() {
        var random = SeededRandom(seed: 6)
        for _ in 0..<500 {
            let bytes = (0..<20).map { _ in UInt8.random(in: 0x70...255, using: &random) }
            #expect(ArgumentText.decode(ArgumentText.encode(bytes)) == bytes)
        }
    }

    @Test func textStaysText() {
        #expect(ArgumentText.encode(Array("/usr/bin/é😀".utf8)) == "/usr/bin/é😀")
    }
}
