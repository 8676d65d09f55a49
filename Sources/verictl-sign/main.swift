// SPDX-License-Identifier: LGPL-2.1-or-later

import SignatureExchange
import Signatures
import SystemIO

// The program that signs, and checks signatures, for verictl. It reads a request from one
// descriptor, and writes the answer to another, both of which verictl gives it.
do throws(Errno) {
    guard let request = SignatureRequest(encoded: try Process.readRequest()) else { throw .invalid }
    try Process.writeAnswer(request.answer().encoded)
} catch {
    try? Descriptor.write(Array("verictl-sign: \(error); verictl executes this program\n".utf8), to: 2)
    // As verictl says that a command line is wrong.
    Process.exit(2)
}
