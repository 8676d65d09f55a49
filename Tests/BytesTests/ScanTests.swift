// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Testing

@Suite struct ScanTests {
    @Test func everyDigitAtEveryPlace() {
        let good = Array("0123456789abcdef00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff".utf8)
        #expect(Hex.decode(good)?.prefix(8) == [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef])
        for place in good.indices {
            for byte in UInt8.min...UInt8.max {
                var text = good
                text[place] = byte
                let expected = Hex.lowerValue(byte).map { value in
                    place % 2 == 0
                        ? value << 4 | (Hex.lowerValue(good[place + 1]) ?? 0)
                        : (Hex.lowerValue(good[place - 1]) ?? 0) << 4 | value
                }
                if Hex.decode(text)?[place / 2] != expected { Issue.record("byte \(byte) at \(place)") }
            }
        }
        for count in 0..<20 {
            #expect(Hex.decode(Array(good[..<count]))?.count == (count % 2 == 0 ? count / 2 : nil))
        }
    }

    @Test func firstByteAndEndOfPath() {
        for length in 0..<20 {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                    text[place] = byte
                    let isEnd = byte <= 0x20 || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "\\")
                    text.withUnsafeBufferPointer { text in
                        if ByteScan.endOfPlainPath(text, from: 0) != (isEnd ? place : length) {
                            Issue.record("byte \(byte) at \(place) of \(length)")
                        }
                        let first = ByteScan.first(byte, in: text, from: 0)
                        if first != (byte == UInt8(ascii: "a") ? 0 : place) { Issue.record("byte \(byte)") }
                        if ByteScan.first(1, in: text, from: 0) != (byte == 1 ? place : nil) { Issue.record("no byte") }
                    }
                }
            }
        }
    }

    @Test func partsOfText() {
        #expect(Array("abcabd".utf8).firstPlace(of: Array("abd".utf8)) == 3..<6)
        #expect(Array("aab".utf8).firstPlace(of: Array("ab".utf8)) == 1..<3)
        #expect(Array("ab".utf8).firstPlace(of: Array("abc".utf8)) == nil)
        #expect([UInt8]().firstPlace(of: [1]) == nil && [UInt8]([1]).firstPlace(of: []) == 0..<0)
        #expect("one two".holds("e t") && !"one two".holds("two "))
        #expect("a'b'".substituting("'", by: "\\'") == "a\\'b\\'" && "aaa".substituting("aa", by: "b") == "ba")
        #expect("".substituting("a", by: "b").isEmpty && "a".substituting("", by: "b") == "a")
    }
}
