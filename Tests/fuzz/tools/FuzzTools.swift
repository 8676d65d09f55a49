// SPDX-License-Identifier: LGPL-2.1-or-later

// The readers of the tools as a program of libFuzzer, which has the main function.
// FUZZ_TARGET names the reader.

import FuzzTargets
import Glibc

private let target: @Sendable ([UInt8]) -> Void = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let found = fuzzTargets[name] else { fatalError("FUZZ_TARGET is one of \(fuzzTargets.keys.sorted())") }
    return found
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
}
